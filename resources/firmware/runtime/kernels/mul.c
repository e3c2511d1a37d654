/* Product of two tensors, or of a tensor and one factor per channel. */

#include "inside.h"
#include "kernels.h"

INLINE void mul(const uint8_t *a, int a_unsigned, const uint8_t *b, int b_unsigned, uint8_t *out,
                uint32_t count, uint32_t b_count, struct shift shift, int32_t low)
{
    for (uint32_t start = 0u; start < count; start += b_count) {
#pragma GCC unroll 4
        for (uint32_t i = 0u; i < b_count; i++) {
            const int32_t product = element(a, i, a_unsigned) * element(b, i, b_unsigned);

            out[i] = (uint8_t)saturated(shifted(product, shift), low);
        }
        a += b_count;
        out += b_count;
    }
}

void kernel_mul(const void *a, int a_unsigned, const void *b, int b_unsigned, void *out,
                uint32_t count, uint32_t b_count, int32_t shift, int relu)
{
    const struct shift by = shift_of(shift);
    const int32_t low = relu ? 0 : -128;

#define MUL(first, second) mul(a, first, b, second, out, count, b_count, by, low)
    BY_SIGNS(MUL, a_unsigned, b_unsigned);
}
