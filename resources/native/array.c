/* Matrices of small integers times windows of bytes, rounded as the array does.

   An activation is stored as bytes value + zero, zero being 128 where negative values occur. A
   window is a list of runs: bytes in a row at an offset from the window's first byte. Weights are
   packed panel by panel (64 columns, the last one fewer), in a panel group by group, a group being
   4 inputs as int8 ("bytes") or 2 as int16 ("words") for each of its columns. Which instructions
   do the work is found out at run time; the integers are the same with all of them. */

typedef signed char i8; typedef unsigned char u8; typedef short i16; typedef int i32;
typedef unsigned int u32; typedef long long i64;
typedef i32 v16 __attribute__((vector_size(64), aligned(4)));
typedef u8 b16 __attribute__((vector_size(16), aligned(1)));
typedef i32 loose __attribute__((aligned(1), may_alias));

typedef struct { i32 offset, groups, table; } Run;

typedef struct {
    const Run *runs;
    const u8 *weights;
    const i32 *bias;     /* [columns up to a multiple of 16], with what the zeros of inputs add */
    i32 count, groups;   /* runs, and groups of all of them */
} Tile;

typedef struct {
    const Tile *tiles;
    const i16 *tables;   /* words: [2][256] what a stored byte means, by Run.table; or none */
    i32 count, columns, first_column, shift, words;  /* gain = 4 << shift */
} Matrix;

enum { PLAIN, AVX2, AVX_VNNI, AVX512_VNNI };
enum { MOST_ROWS = 16, PANEL = 64 };

typedef void Micro(const u8 *const *rows, const Run *runs, i32 count, const u8 *w, i32 vecs, i32 *sums);

/* Sums of products of R rows and a panel of V times 16 columns, by any instruction set: its
   registers hold LANES sums; DOT multiplies a group of one row by those of LANES columns. */
#define MICRO(NAME, TARGET, REGISTER, LANES, R, V, DOT)                                            \
    TARGET static void NAME(const u8 *const *rows, const Run *runs, i32 count, const u8 *w,        \
                            i32 vecs, i32 *sums) {                                                 \
        enum { PARTS = 16 / LANES * V };                                                           \
        for (i32 panel = 0; panel < vecs; panel += V) {                                            \
            REGISTER acc[R][PARTS] = {0};                                                          \
            const u8 *at = w + panel * 64;                                                         \
            for (i32 run = 0; run < count; run++) {                                                \
                i64 offset = runs[run].offset;                                                     \
                for (i32 g = 0; g < runs[run].groups; g++, offset += 4, at += vecs * 64) {         \
                    _Pragma("clang loop unroll(full)") for (i32 r = 0; r < R; r++) {               \
                        i32 group = *(const loose *)(rows[r] + offset);                            \
                        _Pragma("clang loop unroll(full)") for (i32 p = 0; p < PARTS; p++)         \
                            DOT(acc[r][p], group, at + p * LANES * 4);                             \
                    }                                                                              \
                }                                                                                  \
            }                                                                                      \
            _Pragma("clang loop unroll(full)") for (i32 r = 0; r < R; r++)                         \
                _Pragma("clang loop unroll(full)") for (i32 p = 0; p < PARTS; p++)                 \
                    __builtin_memcpy(sums + r * vecs * 16 + panel * 16 + p * LANES, &acc[r][p],    \
                                     LANES * 4);                                                   \
        }                                                                                          \
    }

/* The words of 16 columns with shifts and 32-bit products, for any machine. */
#define DOT_PLAIN(ACC, GROUP, AT) do {                                                             \
        v16 pair_ = *(const v16 *)(AT);                                                            \
        ACC += (pair_ << 16 >> 16) * (GROUP << 16 >> 16) + (pair_ >> 16) * (GROUP >> 16);          \
    } while (0)
MICRO(plain_4, , v16, 16, 4, 1, DOT_PLAIN)
MICRO(plain_1, , v16, 16, 1, 1, DOT_PLAIN)

#if defined(__x86_64__)
#include <immintrin.h>
#define T256 __attribute__((target("avx2")))
#define T256V __attribute__((target("avx2,avxvnni")))
#define T512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni,evex512")))
#define LOAD256(AT) _mm256_loadu_si256((const void *)(AT))
#define LOAD512(AT) _mm512_loadu_si512(AT)
#define DOT_AVX2(ACC, GROUP, AT) \
    ACC = _mm256_add_epi32(ACC, _mm256_madd_epi16(_mm256_set1_epi32(GROUP), LOAD256(AT)))
#define DOT_VNNI(ACC, GROUP, AT) \
    ACC = _mm256_dpbusd_avx_epi32(ACC, _mm256_set1_epi32(GROUP), LOAD256(AT))
#define DOT_BYTES(ACC, GROUP, AT) \
    ACC = _mm512_dpbusd_epi32(ACC, _mm512_set1_epi32(GROUP), LOAD512(AT))
#define DOT_WORDS(ACC, GROUP, AT) \
    ACC = _mm512_dpwssd_epi32(ACC, _mm512_set1_epi32(GROUP), LOAD512(AT))
MICRO(avx2_6, T256, __m256i, 8, 6, 1, DOT_AVX2)
MICRO(avx2_1, T256, __m256i, 8, 1, 1, DOT_AVX2)
MICRO(vnni_6, T256V, __m256i, 8, 6, 1, DOT_VNNI)
MICRO(vnni_1, T256V, __m256i, 8, 1, 1, DOT_VNNI)
#define MICRO512(NAME, R, V)                                                                       \
    MICRO(bytes_##NAME, T512, __m512i, 16, R, V, DOT_BYTES)                                        \
    MICRO(words_##NAME, T512, __m512i, 16, R, V, DOT_WORDS)
MICRO512(6_4, 6, 4) MICRO512(6_3, 6, 3) MICRO512(6_2, 6, 2) MICRO512(6_1, 6, 1)
MICRO512(8_3, 8, 3) MICRO512(12_2, 12, 2) MICRO512(16_1, 16, 1)
MICRO512(1_4, 1, 4) MICRO512(1_3, 1, 3) MICRO512(1_2, 1, 2) MICRO512(1_1, 1, 1)

static void cpuid(u32 leaf, u32 sub, u32 *r) {
    __asm__ volatile("cpuid" : "=a"(r[0]), "=b"(r[1]), "=c"(r[2]), "=d"(r[3]) : "a"(leaf), "c"(sub));
}

/* The best instruction set that processor and operating system both have. */
EXPORT i32 best_level(void) {
    u32 r[4], low, high;
    cpuid(0, 0, r);
    if (r[0] < 7) return PLAIN;
    cpuid(1, 0, r);
    if (!(r[2] >> 27 & 1)) return PLAIN;  /* OSXSAVE */
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    cpuid(7, 0, r);
    u32 leaves = r[0], ebx = r[1], ecx = r[2];
    if ((low & 6) != 6 || !(ebx >> 5 & 1)) return PLAIN;
    u32 needed = 1u << 16 | 1u << 30 | 1u << 31;  /* AVX512F, BW, VL */
    if ((low & 0xe0) == 0xe0 && (ebx & needed) == needed && ecx >> 11 & 1) return AVX512_VNNI;
    if (!leaves) return AVX2;
    cpuid(7, 1, r);
    return r[0] >> 4 & 1 ? AVX_VNNI : AVX2;
}
#else
EXPORT i32 best_level(void) { return PLAIN; }
#endif

/* Rows at a time for matrices whose first panel has so many times 16 columns. */
static i32 rows_at_a_time(i32 level, i32 vecs) {
    static const u8 rows[] = {16, 12, 8, 6};
    return level == PLAIN ? 4 : level == AVX512_VNNI ? rows[vecs - 1] : 6;
}

static Micro *micro(i32 level, i32 words, i32 rows, i32 vecs) {
#if defined(__x86_64__)
    if (level == AVX512_VNNI) {
        static Micro *const of_6[2][4] = {{bytes_6_1, bytes_6_2, bytes_6_3, bytes_6_4},
                                          {words_6_1, words_6_2, words_6_3, words_6_4}};
        static Micro *const of_1[2][4] = {{bytes_1_1, bytes_1_2, bytes_1_3, bytes_1_4},
                                          {words_1_1, words_1_2, words_1_3, words_1_4}};
        if (rows == 1) return of_1[words][vecs - 1];
        if (rows == 8) return words ? words_8_3 : bytes_8_3;
        if (rows == 12) return words ? words_12_2 : bytes_12_2;
        if (rows == 16) return words ? words_16_1 : bytes_16_1;
        return of_6[words][vecs - 1];
    }
    if (level == AVX_VNNI && !words) return rows == 1 ? vnni_1 : vnni_6;
    if (level >= AVX2) return rows == 1 ? avx2_1 : avx2_6;
#endif
    (void)level; (void)words; (void)vecs;
    return rows == 1 ? plain_1 : plain_4;
}

#define APART static __attribute__((noinline))  /* small frames: no stack probes */
#define INLINE static inline __attribute__((always_inline))
#define LEAST(A, B) __builtin_elementwise_min((v16)(A), (v16)(B))
#define MOST(A, B) __builtin_elementwise_max((v16)(A), (v16)(B))
#define CLIP(V, LOW) LEAST(MOST(V, (v16){0} + (LOW)), (v16){0} + 127)

/* R(v / gain) in place: (trunc(4 v / gain) + 2) >> 2. */
#define ROUND(V, SHIFT, MASK) do {                                                                 \
        V += (V >> 31) & (MASK);                                                                   \
        V = ((V >> (SHIFT)) + 2) >> 2;                                                             \
    } while (0)

typedef struct { i32 low, zero; } Finish;  /* low: 0 with Relu, else -128 */

INLINE void write_16(u8 *to, const v16 *values, i32 columns, Finish end) {
    v16 v = CLIP(*values, end.low) + end.zero;
    b16 bytes = __builtin_convertvector(v, b16);
    if (columns >= 16) *(b16 *)to = bytes;
    else for (i32 j = 0; j < columns; j++) to[j] = bytes[j];
}

/* Round the sums of one tile, add them to those of the tiles before, write after the last one. */
INLINE void finish_body(const i32 *sums, i32 *total, const Matrix *m, i32 tile, i32 panel, i32 rows,
                        i32 vecs, u8 *const *out, Finish end) {
    const i32 *bias = m->tiles[tile].bias + panel;
    i32 shift = m->shift, mask = (1 << shift) - 1, first = m->first_column + panel;
    i32 columns = m->columns - panel, only = m->count == 1, last = tile + 1 == m->count;
    for (i32 r = 0; r < rows; r++)
        for (i32 k = 0; k < vecs; k++, sums += 16, total += 16) {
            v16 v = *(const v16 *)sums + *(const v16 *)(bias + k * 16);
            ROUND(v, shift, mask);
            if (!only) {
                v = CLIP(v, -128);
                if (tile) { v += *(const v16 *)total; v = CLIP(v, -128); }
                if (!last) { *(v16 *)total = v; continue; }
            }
            write_16(out[r] + first + k * 16, &v, columns - k * 16, end);
        }
}

/* One channel a matrix: products channel by channel, taps in turn. */
typedef struct {
    const i32 *offsets;  /* [taps] */
    const i16 *weights;  /* [taps][channels up to a multiple of 16] */
    const i32 *bias, *shifts;
    i32 taps, channels;
} Depthwise;

INLINE void depthwise_body(const Depthwise *d, const u8 *row, u8 *out, Finish end) {
    typedef i16 h16 __attribute__((vector_size(32), aligned(2)));
    i32 stride = (d->channels + 15) & ~15;
    for (i32 c = 0; c < d->channels; c += 16) {
        v16 v = *(const v16 *)(d->bias + c), shift = *(const v16 *)(d->shifts + c);
        for (i32 t = 0; t < d->taps; t++) {
            v16 x = __builtin_convertvector(*(const b16 *)(row + d->offsets[t] + c), v16);
            v += x * __builtin_convertvector(*(const h16 *)(d->weights + t * stride + c), v16);
        }
        v16 mask = ((v16){0} + 1 << shift) - 1;
        ROUND(v, shift, mask);
        write_16(out + c, &v, d->channels - c, end);
    }
}

/* The same code for each instruction set. */
#define FOR_LEVEL(LEVEL, TARGET)                                                                   \
    TARGET static void finish_##LEVEL(const i32 *sums, i32 *total, const Matrix *m, i32 tile,      \
                                      i32 panel, i32 rows, i32 vecs, u8 *const *out, Finish end) { \
        finish_body(sums, total, m, tile, panel, rows, vecs, out, end);                            \
    }                                                                                              \
    TARGET static void depthwise_##LEVEL(const Depthwise *d, const u8 *const *rows, u8 *const *out,\
                                         i32 n, Finish end) {                                      \
        for (i32 i = 0; i < n; i++) depthwise_body(d, rows[i], out[i], end);                       \
    }
FOR_LEVEL(plain, )
#if defined(__x86_64__)
FOR_LEVEL(avx2, T256)
FOR_LEVEL(avx512, T512)
#define BY_LEVEL(NAME, LEVEL) \
    ((LEVEL) == AVX512_VNNI ? NAME##_avx512 : (LEVEL) >= AVX2 ? NAME##_avx2 : NAME##_plain)
#else
#define BY_LEVEL(NAME, LEVEL) ((void)(LEVEL), NAME##_plain)
#endif

/* Bytes of a window as int16, by a table where the matrix has one; all tiles one after another. */
static void words_of(const Matrix *m, const u8 *row, i32 zero, i16 *to) {
    for (i32 t = 0; t < m->count; t++)
        for (i32 k = 0; k < m->tiles[t].count; k++) {
            Run run = m->tiles[t].runs[k];
            const u8 *from = row + run.offset;
            const i16 *table = m->tables ? m->tables + 256 * run.table : 0;
            if (table) for (i32 i = 0; i < 2 * run.groups; i++) *to++ = table[from[i]];
            else for (i32 i = 0; i < 2 * run.groups; i++) *to++ = (i16)(from[i] - zero);
        }
}

/* `n` windows at `rows` times a matrix. scratch: MOST_ROWS windows in words. */
APART void product(i32 level, const Matrix *m, const u8 *const *rows, u8 *const *out, i32 n,
                    i32 zero, Finish end, i16 *scratch) {
    i32 sums[384], total[384];
    i32 most = m->columns > PANEL - 16 ? 4 : (m->columns + 15) / 16, length = 0;
    i32 step = n == 1 ? 1 : rows_at_a_time(level, most);
    for (i32 t = 0; t < m->count; t++) length += 2 * m->tiles[t].groups;
    for (i32 i = 0; i < n; i += step) {
        const u8 *from[MOST_ROWS];
        i32 real = n - i < step ? n - i : step, size = real == 1 ? 1 : step;
        for (i32 r = 0; r < size; r++) {
            from[r] = rows[i + (r < real ? r : 0)];
            if (!m->words) continue;
            if (r < real) words_of(m, from[r], zero, scratch + (i64)r * length);
            from[r] = (const u8 *)(scratch + (i64)(r < real ? r : 0) * length);
        }
        for (i32 panel = 0; panel < m->columns; panel += PANEL) {
            i32 left = m->columns - panel, vecs = left >= PANEL ? 4 : (left + 15) / 16, at = 0;
            Micro *multiply = micro(level, m->words, size, vecs);
            for (i32 t = 0; t < m->count; t++) {
                const Tile *tile = m->tiles + t;
                const u8 *w = tile->weights + (i64)panel * tile->groups * 4;
                Run whole = {4 * at, tile->groups, 0};
                if (m->words) multiply(from, &whole, 1, w, vecs, sums);
                else multiply(from, tile->runs, tile->count, w, vecs, sums);
                BY_LEVEL(finish, level)(sums, total, m, t, panel, real, vecs, out + i, end);
                at += tile->groups;
            }
        }
    }
}
