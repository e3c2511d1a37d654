/* Average over a sliding window, scaled by any number. */

#include "inside.h"
#include "kernels.h"
#include "pool.h"
#include "real.h"

/* sum * (ratio / n) in steps of 2**-16, for sums below 2**bits. */
struct scaling {
    int32_t fixed, right;
    uint32_t band;
};

static struct scaling scaling_of(double factor, int32_t bits)
{
    const int32_t wanted = 13 - bits - real_exponent(factor);
    const int32_t error = bits - wanted; /* 2**error steps */
    struct scaling found;

    found.right = wanted < 0 ? 0 : wanted > 31 ? 31 : wanted;
    found.fixed = real_scaled(factor, 16 + found.right, -(1 << 30), 1 << 30);
    found.band = wanted < 0 || error > 13 ? REAL_UNSURE : error < 0 ? 4u : (1u << error) + 3u;
    return found;
}

void kernel_pool_scaled(const void *x, int x_unsigned, void *out,
                        const struct pool_window *window, int count_pads, double ratio)
{
    struct scaling scaling = {0, 0, 0u};
    uint32_t scaled_for = 0u;
    int32_t bits = 8;
    uint8_t *to = out;

    while ((window->kernel_width * window->kernel_height) >> (bits - 8) != 0u) {
        bits++;
    }
    for (uint32_t w = 0u; w < window->out_width; w++) {
        for (uint32_t h = 0u; h < window->out_height; h++) {
            const struct part part = part_of(x, window, w, h);
            const uint32_t n = counted(&part, window, count_pads);

            if (n != scaled_for) {
                scaling = scaling_of(ratio / (double)n, bits);
                scaled_for = n;
            }
            for (uint32_t c = 0u; c < window->channels; c++) {
                const int32_t sum = sum_of(&part, c, x_unsigned, window);
                const int32_t y = (sum * scaling.fixed) >> scaling.right;

                if (__builtin_expect(real_sure(y, scaling.band), 1)) {
                    *to++ = (uint8_t)saturated(y >> 16, -128);
                } else {
                    const double average = (double)sum / (double)n;

                    *to++ = (uint8_t)real_floor(average * ratio, -128, 127);
                }
            }
        }
    }
}
