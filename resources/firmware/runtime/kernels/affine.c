/* Factor and offset per channel. */

#include "inside.h"
#include "kernels.h"

INLINE void affine(const uint8_t *x, int x_unsigned, const int16_t *factor, const int32_t *offset,
                   uint8_t *out, uint32_t positions, uint32_t channels, uint32_t shift,
                   int32_t low)
{
    for (uint32_t position = 0u; position < positions; position++) {
#pragma GCC unroll 4
        for (uint32_t c = 0u; c < channels; c++) {
            const int32_t sum = element(x, c, x_unsigned) * factor[c] + offset[c];

            out[c] = (uint8_t)saturated(sum >> shift, low);
        }
        x += channels;
        out += channels;
    }
}

void kernel_affine(const void *x, int x_unsigned, const int16_t *factor, const int32_t *offset,
                   void *out, uint32_t positions, uint32_t channels, uint32_t shift, int relu)
{
    const int32_t low = relu ? 0 : -128;

    if (x_unsigned) {
        affine(x, 1, factor, offset, out, positions, channels, shift, low);
    } else {
        affine(x, 0, factor, offset, out, positions, channels, shift, low);
    }
}
