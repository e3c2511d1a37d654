/* Product of two tensors, or of a tensor and one factor per channel. */

#include "kernels.h"

void kernel_mul(const void *a, int a_unsigned, const void *b, int b_unsigned, void *out,
                uint32_t count, uint32_t b_count, int32_t shift, int relu)
{
    int8_t *to = out;
    uint32_t j = 0u;

    for (uint32_t i = 0u; i < count; i++) {
        const int32_t product = element(a, i, a_unsigned) * element(b, j, b_unsigned);

        to[i] = rectified(saturate(shifted(product, shift)), relu);
        j = j + 1u == b_count ? 0u : j + 1u;
    }
}
