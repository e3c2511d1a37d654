/* The operations the CPU does itself, to the last bit as the simulator.
 *
 * A tensor is W * H * C bytes, C fastest: uint8_t where its range passes 127, else int8_t. It may
 * lie in any memory, at any address. Operands whose sign matters come with a flag, 1 for uint8_t.
 * "In place" means that ``out`` may be any of the inputs. Counts are of elements, steps and runs of
 * bytes. sat8 clips to -128..127; with ``relu`` to 0..127. Nothing is allocated and nothing fails:
 * the generator checks what must hold (studio/firmware/checks.py) and says so here.
 *
 * For example, of two int8_t tensors of 64 bytes the mean, rounded half up:
 *
 *     kernel_add(a, 0, b, 0, out, 64u, -1, 0);
 *
 * Right shifts of negative numbers are arithmetic, as with every compiler for RISC-V. */

#ifndef KERNELS_H
#define KERNELS_H

#include <stdint.h>

static inline int32_t element(const void *tensor, uint32_t index, int is_unsigned)
{
    return is_unsigned ? (int32_t)((const uint8_t *)tensor)[index]
                       : (int32_t)((const int8_t *)tensor)[index];
}

static inline int32_t saturate(int32_t value)
{
    return value > 127 ? 127 : value < -128 ? -128 : value;
}

static inline int8_t rectified(int32_t value, int relu)
{
    return (int8_t)(relu && value < 0 ? 0 : value);
}

/* ---- Element by element. shift > 0: left; shift < 0: right, rounding half up. ---- */

/* out = sat8(shifted(a + b)); -30 <= shift <= 8. In place. */
void kernel_add(const void *a, int a_unsigned, const void *b, int b_unsigned, void *out,
                uint32_t count, int32_t shift, int relu);

/* out = sat8(shifted(a * b)); b has b_count elements and repeats, count is a multiple of b_count.
 * -30 <= shift <= 8. In place (where b repeats, not over b). */
void kernel_mul(const void *a, int a_unsigned, const void *b, int b_unsigned, void *out,
                uint32_t count, uint32_t b_count, int32_t shift, int relu);

/* out = sat8((x * factor[c] + offset[c]) >> shift); 0 <= shift <= 31, the sum within 32 bits.
 * offset holds the half that rounds. In place. */
void kernel_affine(const void *x, int x_unsigned, const int16_t *factor, const int32_t *offset,
                   void *out, uint32_t positions, uint32_t channels, uint32_t shift, int relu);

/* out = table[byte]. In place. */
void kernel_lut(const void *x, const uint8_t *table, void *out, uint32_t count);

/* out = table[256 * c + byte], a table for each channel c. In place. */
void kernel_lut_channels(const void *x, const uint8_t *table, void *out, uint32_t positions,
                         uint32_t channels);

/* out = (x * factor[c] + offset[c]) >> shift, clipped to low..high: what kernel_lut_channels does
 * with a table that is a line. Sums within 32 bits. In place. */
void kernel_line(const void *x, int x_unsigned, const int32_t *factor, const int32_t *offset,
                 void *out, uint32_t positions, uint32_t channels, uint32_t shift, int32_t low,
                 int32_t high);

/* out = table[(a + b) & 511]. In place. */
void kernel_sum_lut(const void *a, int a_unsigned, const void *b, int b_unsigned,
                    const uint8_t *table, void *out, uint32_t count);

/* An operand of kernel_mac and kernel_blend. */
struct operand {
    const void *data;
    int is_unsigned;
};

/* out = sat8(shifted(shifted(a * b, s[0]) + shifted(c * d, s[1]), s[2])), x being a, b, c, d:
 * the new state of an LSTM's cell. All sums within 32 bits, shifts >= -31. In place. */
void kernel_mac(const struct operand x[4], void *out, uint32_t count, const int32_t s[3]);

/* out = sat8(shifted(shifted((ones - z) * n, s[0]) + shifted(z * h, s[1]), s[2])), x being z, n, h:
 * the new state of a GRU. Sums and shifts as in kernel_mac. In place. */
void kernel_blend(const struct operand x[3], void *out, uint32_t count, int32_t ones,
                  const int32_t s[3]);

/* out = -max(sat8(shifted(shifted((z - ones) * n, s[0]) - shifted(z * h, s[1]), s[2])), -127):
 * the same with ties going down. In place. */
void kernel_blend_mirrored(const struct operand x[3], void *out, uint32_t count, int32_t ones,
                           const int32_t s[3]);

/* ---- Windows ---- */

struct pool_window {
    uint32_t width, height, channels; /* of the input */
    uint32_t out_width, out_height;
    uint32_t kernel_width, kernel_height;
    uint32_t stride_width, stride_height;
    uint32_t pad_width, pad_height; /* before the first element */
};

/* Pools write position by position in ascending order, and read nothing before the window of the
 * position they are at: the output may overwrite the input behind that (slides.py relies on it). */

/* Padding takes no part; every window must touch the input. Output bytes as the input's. */
void kernel_pool_max(const void *x, int x_unsigned, void *out, const struct pool_window *window);

/* out = sat8(floor((sum << shift) / n)), for shift < 0 sat8(floor(sum / (n << -shift))); n is the
 * window's size with count_pads, else how many elements lie inside the input, at least one.
 * Below 2**31: 256 * size, 255 * size + (size << -shift), and 130 * size + (1 << shift). */
void kernel_pool_average(const void *x, int x_unsigned, void *out,
                         const struct pool_window *window, int count_pads, int32_t shift);

/* out = sat8(floor(sum / n * ratio)) in double. */
void kernel_pool_scaled(const void *x, int x_unsigned, void *out,
                        const struct pool_window *window, int count_pads, double ratio);

/* ---- Over the channels ---- */

/* floor((255 * e + total / 2) / total), e = table[max - x], total the sum of e, 255 * e + total / 2
 * below 2**31. The output is uint8_t. In place. */
void kernel_softmax(const void *x, int x_unsigned, const uint16_t table[256], void *out,
                    uint32_t positions, uint32_t channels);

/* One output a position: floor(sum * factor + 0.5) in double, clipped to low..high. */
void kernel_mean(const void *x, int x_unsigned, void *out, uint32_t positions, uint32_t channels,
                 double factor, int32_t low, int32_t high);

/* x / (total * scale_out) with total the sum of x, 0 where that is 0; floor(. + 0.5) in double,
 * clipped to low..high. In place. */
void kernel_norm_sum(const void *x, int x_unsigned, void *out, uint32_t positions,
                     uint32_t channels, double scale_out, int32_t low, int32_t high);

/* What kernel_norm normalizes together: each of ``groups`` equal groups of the channels over all
 * ``positions`` of each of ``blocks`` blocks of positions. Nearly all results come from numbers of
 * fixed point, which are at most ``band`` steps of 2**-16 off; where that leaves the floor open,
 * double decides. */
struct norm {
    uint32_t blocks, positions, channels, groups;
    int32_t low, high;   /* of the output */
    double scale;        /* real value of an input step */
    double scale_square; /* its square */
    double epsilon;      /* times the square of the number n of elements normalized together */
    const double *gain, *offset; /* of each channel */
    const int32_t *fixed_gain;   /* floor(gain * 2**(45 - points + right)) */
    const int32_t *fixed_offset; /* floor(offset * 2**16) */
    uint32_t count_bits;         /* n < 2**count_bits */
    int32_t points;              /* binary places of normalized values, sqrt(n) << points <= 2**27 */
    uint32_t right, band;
};

/* floor((n * x - S) * (scale / sqrt((n * Q - S * S) * scale_square + epsilon) * gain[c])
 * + offset[c]) in double, S the sum of n elements x, Q of their squares; a quotient by 0 is 0.
 * Clipped to low..high. n <= 2**20, channels <= 2**16. In place. */
void kernel_norm(const void *x, int x_unsigned, void *out, const struct norm *norm);

/* ---- Products of two activations ---- */

struct matmul {
    uint32_t rows, heads, inner, columns;
    int32_t factor;
    uint32_t shift;
    int32_t half;  /* 1 << (shift - 1), 0 for shift 0 */
    int32_t limit; /* of sums: beyond it the result saturates */
    int transposed;
};

/* (rows, heads, inner) by (inner, heads, columns), or (columns, heads, inner) where transposed:
 * sat8((sum * factor + half) >> shift) with the sum clipped to -limit..limit, all within 32 bits. */
void kernel_matmul(const void *a, int a_unsigned, const void *b, int b_unsigned, void *out,
                   const struct matmul *matmul);

/* The same in 64 bits from the product by the factor on, without a limit; shift <= 62, and half is
 * not read. */
void kernel_matmul_wide(const void *a, int a_unsigned, const void *b, int b_unsigned, void *out,
                        const struct matmul *matmul);

/* ---- Moving bytes ---- */

/* Four loops, one in another, of ``count`` turns and with a step each in input and output. */
struct move {
    uint32_t count[4];
    int32_t from[4], to[4];
};

/* out[sum of i[k] * to[k]] = x[sum of i[k] * from[k]] for all i: slices, concatenations, exchanged
 * axes, elements spread apart. What is not written stays. */
void kernel_move(const void *x, void *out, const struct move *move);

/* out[i] = x[order[i]] */
void kernel_permute(const void *x, const uint16_t *order, void *out, uint32_t count);
void kernel_permute_large(const void *x, const uint32_t *order, void *out, uint32_t count);

/* ``count`` bytes of zero. */
void kernel_zero(void *out, uint32_t count);

/* ---- Earlier frames ---- */

struct history {
    uint32_t steps, channels; /* of the input */
    uint32_t depth;           /* the largest lag: frames that are kept */
    uint32_t lag_count;
    const uint16_t *lags;
};

/* For each step the frames lags[0], lags[1], … steps ago side by side. ``frames`` keeps the last
 * depth * channels bytes in a ring, *next is where the ring goes on; both zero at the start. */
void kernel_history(const void *x, void *out, const struct history *history, uint8_t *frames,
                    uint32_t *next);

#endif
