/* Mean over the channels. */

#include "inside.h"
#include "kernels.h"
#include "real.h"

void kernel_mean(const void *x, int x_unsigned, void *out, uint32_t positions, uint32_t channels,
                 double factor, int32_t low, int32_t high)
{
    const uint32_t flip = flip_of(x_unsigned);
    const uint8_t *from = x;
    uint8_t *to = out;

    for (uint32_t position = 0u; position < positions; position++) {
        uint32_t sum = 0u;

#pragma GCC unroll 4
        for (uint32_t c = 0u; c < channels; c++) {
            sum += from[c] ^ flip;
        }
        const double value = (double)(int32_t)(sum - flip * channels) * factor;

        to[position] = (uint8_t)real_floor(value + 0.5, low, high);
        from += channels;
    }
}
