/* Operations on elements, windows and pairs of activations, 16 values at a time; array.c comes
   before this, network.c after it. Up to 15 bytes past an activation's end may be read. */

enum {
    ARRAY, DEPTHWISE, PAD, ADD, MUL, AFFINE, MAX_POOL, AVERAGE_POOL, LUT, SUM_LUT, MAC, BLEND,
    CONCAT, SLICE, ZERO_INSERT, PERMUTE, SOFTMAX, MATMUL
};

typedef struct {
    const u8 *constant;   /* or null: at `offset` times the block's samples in the arena */
    i64 offset;
    i32 w, h, c, size, zero, low, high, unused;
} Tensor;

typedef struct {
    const i32 *in;
    const void *data, *more;
    double ratio;
    i32 kind, inputs, out, relu, p[12];
} Op;

typedef struct { const u8 *at; i64 step; const Tensor *t; } From;

INLINE i64 floored(i64 a, i64 b) { return a / b - (a % b < 0); }

/* v = shift(v, n): left, or right half up. */
#define SHIFT(V, N) do {                                                                           \
        i32 right_ = (N) < 0 ? -(N) : 0;                                                           \
        V = ((V << ((N) > 0 ? (N) : 0)) + (right_ ? 1 << (right_ - 1) : 0)) >> right_;             \
    } while (0)

/* ADD, MUL, AFFINE, MAC, BLEND. p: shifts, then for BLEND `ones` and whether it is mirrored. */
INLINE void elements_body(const Op *op, const From *x, const u8 *const *at, u8 *out,
                          const Tensor *to) {
#define IN(K) (__builtin_convertvector(*(const b16 *)(at[K] + i), v16) - x[K].t->zero)
    const i32 *p = op->p;
    const i16 *factor = op->data;
    const i32 *offset = op->more;
    Finish end = {op->relu ? 0 : -128, to->zero};
    int by_channel = op->kind == AFFINE || (op->kind == MUL && x[1].t->size != to->size);
    i32 columns = by_channel ? to->c : to->size;
    for (i32 row = 0; row < to->size; row += columns)
        for (i32 c = 0; c < columns; c += 16) {
            i32 i = row + c;
            v16 v = IN(0), w;
            switch (op->kind) {
            case ADD: v += IN(1); SHIFT(v, p[0]); break;
            case MUL:
                i = by_channel ? c : i;
                v *= IN(1);
                i = row + c;
                SHIFT(v, p[0]);
                break;
            case AFFINE:
                for (i32 k = 0; k < 16; k++) w[k] = factor[c + k];
                v = v * w + *(const v16 *)(offset + c);
                SHIFT(v, -p[0]);
                break;
            case MAC:
                v *= IN(1); SHIFT(v, p[0]);
                w = IN(2) * IN(3); SHIFT(w, p[1]);
                v += w; SHIFT(v, p[2]);
                break;
            default:  /* BLEND */
                w = v * IN(2);
                v = (p[4] ? v - p[3] : p[3] - v) * IN(1);
                SHIFT(v, p[0]); SHIFT(w, p[1]);
                v = p[4] ? v - w : v + w;
                SHIFT(v, p[2]);
                if (p[4]) v = -CLIP(v, -127);
            }
            write_16(out + i, &v, columns - c, end);
        }
#undef IN
}

/* p: kernel W, H, strides W, H, before W, H, count_pads, shift. */
INLINE void pool_body(const Op *op, const u8 *x, const Tensor *a, u8 *out, const Tensor *to) {
    const i32 *p = op->p;
    const i64 line = (i64)a->h * a->c;
    for (i32 w = 0; w < to->w; w++)
        for (i32 h = 0; h < to->h; h++, out += to->c) {
            i32 left = w * p[2] - p[4], top = h * p[3] - p[5];
            i32 right = left + p[0] < a->w ? left + p[0] : a->w;
            i32 bottom = top + p[1] < a->h ? top + p[1] : a->h;
            left = left < 0 ? 0 : left;
            top = top < 0 ? 0 : top;
            i32 inside = (right - left) * (bottom - top), n = p[6] ? p[0] * p[1] : inside;
            for (i32 c = 0; c < to->c; c += 16) {
                i32 count = to->c - c < 16 ? to->c - c : 16;
                const u8 *from = x + left * line + (i64)top * a->c + c;
                b16 most = {0};
                v16 sum = (v16){0} - inside * a->zero;
                for (i32 i = left; i < right; i++, from += line)
                    for (i32 j = 0; j < bottom - top; j++) {
                        b16 own = *(const b16 *)(from + (i64)j * a->c);
                        if (op->kind == MAX_POOL) most = __builtin_elementwise_max(most, own);
                        else sum += __builtin_convertvector(own, v16);
                    }
                if (op->kind == MAX_POOL) {
                    if (count == 16) *(b16 *)(out + c) = most;
                    else for (i32 k = 0; k < count; k++) out[c + k] = most[k];
                    continue;
                }
                for (i32 k = 0; k < count; k++) {
                    i64 v;
                    if (op->ratio != 1) {
                        double real = (double)sum[k] / n;
                        real = real * op->ratio;
                        v = (i64)real;
                        v -= (double)v > real;
                    } else v = p[7] >= 0 ? floored((i64)sum[k] << p[7], n)
                                         : floored(sum[k], (i64)n << -p[7]);
                    out[c + k] = (u8)((v < -128 ? -128 : v > 127 ? 127 : v) + to->zero);
                }
            }
        }
}

/* p: factor, shift, transposed. (M, H, K) by (K, H, N) or (N, H, K), K below 32768. */
INLINE void matmul_body(const Op *op, const u8 *x, const Tensor *a, const u8 *y, const Tensor *b,
                        u8 *out, const Tensor *to) {
    const i64 factor = op->p[0], half = op->p[1] ? 1LL << (op->p[1] - 1) : 0;
    for (i32 m = 0; m < to->w; m++)
        for (i32 h = 0; h < to->h; h++, x += a->c, out += to->c)
            for (i32 n = 0; n < to->c; n += 16) {
                i32 count = to->c - n < 16 ? to->c - n : 16;
                v16 sums = {0};
                if (op->p[2]) {
                    for (i32 j = 0; j < count; j++) {
                        const u8 *row = y + ((i64)(n + j) * b->h + h) * b->c;
                        i32 sum = 0;
                        for (i32 k = 0; k < a->c; k++) sum += (x[k] - a->zero) * (row[k] - b->zero);
                        sums[j] = sum;
                    }
                } else {
                    const u8 *row = y + (i64)h * b->c + n;
                    for (i32 k = 0; k < a->c; k++, row += (i64)b->h * b->c) {
                        v16 own = __builtin_convertvector(*(const b16 *)row, v16) - b->zero;
                        sums += own * (x[k] - a->zero);
                    }
                }
                for (i32 j = 0; j < count; j++) {
                    i64 v = (sums[j] * factor + half) >> op->p[1];
                    out[n + j] = (u8)((v < -128 ? -128 : v > 127 ? 127 : v) + to->zero);
                }
            }
}

/* Samples of int16 as stored bytes; whether one is outside its range. */
INLINE i32 store_body(u8 *to, const i16 *values, i64 n, i16 low, i16 high, i16 zero) {
    i16 outside = 0;
    for (i64 i = 0; i < n; i++) {
        outside |= (i16)((values[i] < low) | (values[i] > high));
        to[i] = (u8)(values[i] + zero);
    }
    return outside;
}

INLINE void read_body(i16 *to, const u8 *stored, i64 n, i16 zero) {
    for (i64 i = 0; i < n; i++) to[i] = (i16)(stored[i] - zero);
}

/* The same code for each instruction set. */
#define FOR_LEVEL_ELEMENTS(LEVEL, TARGET)                                                          \
    TARGET static void elements_##LEVEL(const Op *op, const From *x, const u8 *const *at, u8 *out, \
                                        const Tensor *to) {                                        \
        elements_body(op, x, at, out, to);                                                         \
    }                                                                                              \
    TARGET static void pool_##LEVEL(const Op *op, const u8 *x, const Tensor *a, u8 *out,           \
                                    const Tensor *to) {                                            \
        pool_body(op, x, a, out, to);                                                              \
    }                                                                                              \
    TARGET static void matmul_##LEVEL(const Op *op, const u8 *x, const Tensor *a, const u8 *y,     \
                                      const Tensor *b, u8 *out, const Tensor *to) {                \
        matmul_body(op, x, a, y, b, out, to);                                                      \
    }                                                                                              \
    TARGET static i32 store_##LEVEL(u8 *to, const i16 *values, i64 n, i32 low, i32 high, i32 zero) {\
        return store_body(to, values, n, (i16)low, (i16)high, (i16)zero);                          \
    }                                                                                              \
    TARGET static void read_##LEVEL(i16 *to, const u8 *stored, i64 n, i32 zero) {                  \
        read_body(to, stored, n, (i16)zero);                                                       \
    }
FOR_LEVEL_ELEMENTS(plain, )
#if defined(__x86_64__)
FOR_LEVEL_ELEMENTS(avx2, T256)
FOR_LEVEL_ELEMENTS(avx512, T512)
#endif
