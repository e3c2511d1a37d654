/* A line for each channel. */

#include "inside.h"
#include "kernels.h"

INLINE void line(const uint8_t *x, int x_unsigned, const int32_t *factor, const int32_t *offset,
                 uint8_t *out, uint32_t positions, uint32_t channels, uint32_t shift,
                 int32_t low, int32_t high)
{
    for (uint32_t position = 0u; position < positions; position++) {
#pragma GCC unroll 4
        for (uint32_t c = 0u; c < channels; c++) {
            int32_t value = (element(x, c, x_unsigned) * factor[c] + offset[c]) >> shift;

            value = value < low ? low : value;
            out[c] = (uint8_t)(value > high ? high : value);
        }
        x += channels;
        out += channels;
    }
}

void kernel_line(const void *x, int x_unsigned, const int32_t *factor, const int32_t *offset,
                 void *out, uint32_t positions, uint32_t channels, uint32_t shift, int32_t low,
                 int32_t high)
{
    if (x_unsigned) {
        line(x, 1, factor, offset, out, positions, channels, shift, low, high);
    } else {
        line(x, 0, factor, offset, out, positions, channels, shift, low, high);
    }
}
