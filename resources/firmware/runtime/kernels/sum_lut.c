/* A table of the sum of two tensors. */

#include "inside.h"
#include "kernels.h"

INLINE void sum_lut(const uint8_t *a, int a_unsigned, const uint8_t *b, int b_unsigned,
                    const uint8_t *table, uint8_t *out, uint32_t count)
{
#pragma GCC unroll 4
    for (uint32_t i = 0u; i < count; i++) {
        const int32_t sum = element(a, i, a_unsigned) + element(b, i, b_unsigned);

        out[i] = table[(uint32_t)sum & 511u];
    }
}

void kernel_sum_lut(const void *a, int a_unsigned, const void *b, int b_unsigned,
                    const uint8_t *table, void *out, uint32_t count)
{
#define SUM_LUT(first, second) sum_lut(a, first, b, second, table, out, count)
    BY_SIGNS(SUM_LUT, a_unsigned, b_unsigned);
}
