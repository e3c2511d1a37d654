/* Each element by the sum over the channels. */

#include "inside.h"
#include "kernels.h"
#include "real.h"

#define HALF (1 << 15)

/* One position whose sum is not 0. */
static void divide(const uint8_t *from, uint32_t flip, uint8_t *to, uint32_t channels,
                   double divisor, int32_t low, int32_t high)
{
    /* value * (1 / divisor) in steps of 2**-16: a factor below 2**22, moved right afterwards. */
    const double factor = 1.0 / divisor;
    const int32_t wanted = 5 - real_exponent(factor);
    const int32_t right = wanted < 0 ? 0 : wanted > 31 ? 31 : wanted;
    const int32_t fixed = real_scaled(factor, 16 + right, -(1 << 22), 1 << 22);
    const uint32_t band = wanted < 0 ? REAL_UNSURE : (255u >> right) + 3u;

    for (uint32_t c = 0u; c < channels; c++) {
        const int32_t value = (int32_t)(from[c] ^ flip) - (int32_t)flip;
        const int32_t y = ((value * fixed) >> right) + HALF;
        int32_t result = y >> 16;

        if (__builtin_expect(!real_sure(y, band), 0)) {
            result = real_floor((double)value / divisor + 0.5, low, high);
        } else if (result < low) {
            result = low;
        } else if (result > high) {
            result = high;
        }
        to[c] = (uint8_t)result;
    }
}

void kernel_norm_sum(const void *x, int x_unsigned, void *out, uint32_t positions,
                     uint32_t channels, double scale_out, int32_t low, int32_t high)
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
        const int32_t total = (int32_t)(sum - flip * channels);

        if (total == 0) {
            memset(to, low > 0 ? low : high < 0 ? high : 0, channels);
        } else {
            divide(from, flip, to, channels, (double)total * scale_out, low, high);
        }
        from += channels;
        to += channels;
    }
}
