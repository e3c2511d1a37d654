/* Sum of two tensors. */

#include "kernels.h"

void kernel_add(const void *a, int a_unsigned, const void *b, int b_unsigned, void *out,
                uint32_t count, int32_t shift, int relu)
{
    int8_t *to = out;

    for (uint32_t i = 0u; i < count; i++) {
        const int32_t sum = element(a, i, a_unsigned) + element(b, i, b_unsigned);

        to[i] = rectified(saturate(shifted(sum, shift)), relu);
    }
}
