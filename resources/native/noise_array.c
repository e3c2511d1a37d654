/* Noisy weights as whole steps of their grid, multiplied by array.c and rounded by noise.c, both of
   which come before this. */

/* Weights [rows][columns], `per` steps of the grid in one of theirs, to the words of array.c: `to`
   has rows up to a multiple of 2 times columns up to a multiple of 16. Returns the largest sum of
   a column's absolute steps, or -1 where one is no whole number within 16 bits. */
INLINE i64 pack_body(i16 *restrict to, const float *restrict weights, i64 rows, i64 columns,
                     float per) {
    i32 most = 0, wrong = 0;
    for (i64 panel = 0; panel < columns; panel += PANEL) {
        i32 width = columns - panel < PANEL ? (i32)(columns - panel) : PANEL;
        i32 stored = (width + 15) & ~15;
        i32 sums[PANEL] = {0};
        for (i64 r = 0; r < rows; r += 2, to += 2 * stored) {
            const float *a = weights + r * columns + panel, *b = r + 1 < rows ? a + columns : a;
            float second = r + 1 < rows ? per : 0.0f;
            for (i32 c = 0; c < width; c++) {
                float x = a[c] * per, y = b[c] * second;
                float low = x < y ? x : y, high = x < y ? y : x;
                wrong |= !(low >= -32767.0f) | !(high <= 32767.0f);
                x = x < -32767.0f ? -32767.0f : x > 32767.0f ? 32767.0f : x;
                y = y < -32767.0f ? -32767.0f : y > 32767.0f ? 32767.0f : y;
                i32 i = (i32)x, j = (i32)y;
                wrong |= ((float)i != x) | ((float)j != y);
                sums[c] += (i < 0 ? -i : i) + (j < 0 ? -j : j);
                to[2 * c] = (i16)i;
                to[2 * c + 1] = (i16)j;
            }
            for (i32 c = 2 * width; c < 2 * stored; c++) to[c] = 0;
        }
        for (i32 c = 0; c < width; c++) most = sums[c] > most ? sums[c] : most;
    }
    return wrong ? -1 : most;
}

typedef struct {
    i16 *out;                           /* [rows][columns] */
    const i16 *inputs;                  /* [rows][length], length even */
    const u8 *weights;                  /* of pack_steps */
    const float *scale, *bias, *sigma;  /* [columns]; scale also turns steps into weights */
    const float *table;
    u64 *state;
    float *scratch;                     /* MOST_ROWS times columns up to a multiple of 16 */
    i64 rows, skip;                     /* skip: 64-bit numbers that rows before these take */
    i32 length, columns, low, level;
} Rounds;

INLINE void noisy_body(const Rounds *q) {
    i32 sums[384], columns = q->columns, stored = (columns + 15) & ~15;
    i32 most = columns > PANEL - 16 ? 4 : stored / 16;
    i32 step = q->rows == 1 ? 1 : rows_at_a_time(q->level, most);
    Run whole = {0, q->length / 2, 0};
    u64 state[4] = {q->state[0], q->state[1], q->state[2], q->state[3]};
    for (i64 i = 0; i < q->skip; i++) next(state);
    for (i64 i = 0; i < q->rows; i += step) {
        const u8 *from[MOST_ROWS];
        i32 real = q->rows - i < step ? (i32)(q->rows - i) : step, size = real == 1 ? 1 : step;
        for (i32 r = 0; r < size; r++)
            from[r] = (const u8 *)(q->inputs + (i + (r < real ? r : 0)) * q->length);
        for (i32 panel = 0; panel < columns; panel += PANEL) {
            i32 left = columns - panel, vecs = left >= PANEL ? 4 : (left + 15) / 16;
            const u8 *w = q->weights + (i64)panel * whole.groups * 4;
            micro(q->level, 1, size, vecs)(from, &whole, 1, w, vecs, sums);
            for (i32 r = 0; r < real; r++)
                for (i32 c = 0; c < 16 * vecs; c++)
                    q->scratch[r * stored + panel + c] = (float)sums[r * vecs * 16 + c];
        }
        for (i32 r = 0; r < real; r++)
            rounded_row(q->out + (i + r) * columns, q->scratch + r * stored, q->scale, q->bias,
                        q->sigma, columns, q->low, q->table, state);
    }
    for (int k = 0; k < 4; k++) q->state[k] = state[k];
}

#define NOISY_LEVEL(LEVEL, TARGET)                                                                 \
    TARGET static i64 pack_##LEVEL(i16 *to, const float *weights, i64 rows, i64 columns,           \
                                   float per) {                                                    \
        return pack_body(to, weights, rows, columns, per);                                         \
    }                                                                                              \
    TARGET static void noisy_##LEVEL(const Rounds *q) { noisy_body(q); }
NOISY_LEVEL(plain, )
#if defined(__x86_64__)
NOISY_LEVEL(avx2, T256)
NOISY_LEVEL(avx512, T512)
#endif

EXPORT i64 pack_steps(i16 *to, const float *weights, i64 rows, i64 columns, float per, i32 level) {
    return BY_LEVEL(pack, level)(to, weights, rows, columns, per);
}

/* Rows of inputs times the packed weights, each rounded with its noise. */
EXPORT void noisy_rounds(const Rounds *q) { BY_LEVEL(noisy, q->level)(q); }
