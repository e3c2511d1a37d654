/* Factor and offset per channel. */

#include "kernels.h"

void kernel_affine(const void *x, int x_unsigned, const int16_t *factor, const int32_t *offset,
                   void *out, uint32_t count, uint32_t channels, int32_t shift, int relu)
{
    int8_t *to = out;
    uint32_t c = 0u;

    for (uint32_t i = 0u; i < count; i++) {
        const int32_t sum = element(x, i, x_unsigned) * factor[c] + offset[c];

        to[i] = rectified(saturate(shifted(sum, -shift)), relu);
        c = c + 1u == channels ? 0u : c + 1u;
    }
}
