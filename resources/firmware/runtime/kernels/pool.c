/* Maximum and average over a sliding window, channel by channel. */

#include "inside.h"
#include "kernels.h"
#include "pool.h"

/* to = max(to, from), element by element. */
INLINE void keep_larger(uint8_t *to, const uint8_t *from, int is_unsigned, uint32_t count)
{
#pragma GCC unroll 4
    for (uint32_t c = 0u; c < count; c++) {
        if (element(from, c, is_unsigned) > element(to, c, is_unsigned)) {
            to[c] = from[c];
        }
    }
}

void kernel_pool_max(const void *x, int x_unsigned, void *out, const struct pool_window *window)
{
    const uint32_t step = window->channels, line = window->height * window->channels;
    uint8_t *to = out;

    for (uint32_t w = 0u; w < window->out_width; w++) {
        for (uint32_t h = 0u; h < window->out_height; h++) {
            const struct part part = part_of(x, window, w, h);
            const uint8_t *column = part.first;

            copy_run(to, column, step); /* the rest raises it */
            for (uint32_t i = 0u; i < part.width; i++) {
                const uint8_t *at = column;

                for (uint32_t j = 0u; j < part.height; j++) {
                    if (x_unsigned) {
                        keep_larger(to, at, 1, step);
                    } else {
                        keep_larger(to, at, 0, step);
                    }
                    at += step;
                }
                column += line;
            }
            to += step;
        }
    }
}

void kernel_pool_average(const void *x, int x_unsigned, void *out,
                         const struct pool_window *window, int count_pads, int32_t shift)
{
    const uint32_t left = shift > 0 ? (uint32_t)shift : 0u;
    const uint32_t right = shift < 0 ? (uint32_t)-shift : 0u;
    struct divisor by = {0u, 0u};
    uint8_t *to = out;

    for (uint32_t w = 0u; w < window->out_width; w++) {
        for (uint32_t h = 0u; h < window->out_height; h++) {
            const struct part part = part_of(x, window, w, h);
            const uint32_t n = counted(&part, window, count_pads) << right;
            /* Beyond this the result saturates. */
            const int32_t limit = (int32_t)(129u * n >> left) + 1;

            if (n != by.n) {
                by = divisor_of(n);
            }

            for (uint32_t c = 0u; c < window->channels; c++) {
                int32_t sum = sum_of(&part, c, x_unsigned, window);
                int32_t quotient;

                if (left) {
                    sum = sum > limit ? limit : sum < -limit ? -limit : sum;
                    sum = (int32_t)((uint32_t)sum << left);
                }
                if (sum >= 0) {
                    quotient = (int32_t)divided((uint32_t)sum, by);
                } else { /* down */
                    quotient = -(int32_t)divided((uint32_t)-sum + n - 1u, by);
                }
                *to++ = (uint8_t)saturated(quotient, -128);
            }
        }
    }
}
