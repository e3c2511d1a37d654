/* The operations the CPU does itself, exact integers.
 *
 * A tensor is W * H * C bytes, C fastest: uint8_t where its range passes 127, else int8_t.
 * Operands whose sign matters come with a flag, 1 for uint8_t. Right shifts of negative numbers
 * are arithmetic, as with every compiler for RISC-V. */

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

/* shift > 0: left; shift < 0: right, rounding half up. */
static inline int32_t shifted(int32_t value, int32_t shift)
{
    if (shift >= 0) {
        return (int32_t)((uint32_t)value << shift);
    }
    return (value + (1 << (-shift - 1))) >> -shift;
}

static inline int8_t rectified(int32_t value, int relu)
{
    return (int8_t)(relu && value < 0 ? 0 : value);
}

/* out = sat8(shifted(a + b)); -30 <= shift <= 8. out may be a. */
void kernel_add(const void *a, int a_unsigned, const void *b, int b_unsigned, void *out,
                uint32_t count, int32_t shift, int relu);

/* out = sat8(shifted(a * b)); b has b_count elements and repeats. -30 <= shift <= 8. out may be a. */
void kernel_mul(const void *a, int a_unsigned, const void *b, int b_unsigned, void *out,
                uint32_t count, uint32_t b_count, int32_t shift, int relu);

/* out = sat8((x * factor[c] + offset[c] + half) >> shift); 0 <= shift <= 31. out may be x. */
void kernel_affine(const void *x, int x_unsigned, const int16_t *factor, const int32_t *offset,
                   void *out, uint32_t count, uint32_t channels, int32_t shift, int relu);

struct pool_window {
    uint32_t width, height, channels; /* of the input */
    uint32_t out_width, out_height;
    uint32_t kernel_width, kernel_height;
    uint32_t stride_width, stride_height;
    uint32_t pad_width, pad_height; /* before the first element */
};

/* Padding takes no part; every window must touch the input. Output bytes as the input's. */
void kernel_pool_max(const void *x, int x_unsigned, void *out, const struct pool_window *window);

/* out = sat8(floor((sum << shift) / n)), for shift < 0 sat8(floor(sum / (n << -shift))). */
void kernel_pool_average(const void *x, int x_unsigned, void *out,
                         const struct pool_window *window, int count_pads, int32_t shift);

/* out = table[byte]. out may be x. */
void kernel_lut(const void *x, const uint8_t table[256], void *out, uint32_t count);

/* Copy one input of a concatenation: ``rows`` runs of ``run`` bytes, ``stride`` apart in out. */
void kernel_concat(const void *x, uint32_t run, void *out, uint32_t stride, uint32_t rows);

/* out[i] = x[order[i]] */
void kernel_permute(const void *x, const uint16_t *order, void *out, uint32_t count);

/* Over the channels of each position: floor((255 * e + total / 2) / total), e = table[max - x]. */
void kernel_softmax(const void *x, int x_unsigned, const uint16_t table[256], void *out,
                    uint32_t positions, uint32_t channels);

#endif
