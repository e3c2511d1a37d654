/* Sum of two tensors. */

#include "inside.h"
#include "kernels.h"

INLINE void add(const uint8_t *a, int a_unsigned, const uint8_t *b, int b_unsigned, uint8_t *out,
                uint32_t count, struct shift shift, int32_t low)
{
#pragma GCC unroll 4
    for (uint32_t i = 0u; i < count; i++) {
        const int32_t sum = element(a, i, a_unsigned) + element(b, i, b_unsigned);

        out[i] = (uint8_t)saturated(shifted(sum, shift), low);
    }
}

void kernel_add(const void *a, int a_unsigned, const void *b, int b_unsigned, void *out,
                uint32_t count, int32_t shift, int relu)
{
    const struct shift by = shift_of(shift);
    const int32_t low = relu ? 0 : -128;

#define ADD(first, second) add(a, first, b, second, out, count, by, low)
    BY_SIGNS(ADD, a_unsigned, b_unsigned);
}
