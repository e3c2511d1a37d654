/* Maximum and average over a sliding window, channel by channel. */

#include "inside.h"
#include "kernels.h"
#include "pool.h"

void kernel_pool_max(const void *x, int x_unsigned, void *out, const struct pool_window *window)
{
    const uint32_t flip = flip_of(x_unsigned); /* keeps the order */
    const uint32_t step = window->channels, line = window->height * window->channels;
    uint8_t *to = out;

    for (uint32_t w = 0u; w < window->out_width; w++) {
        for (uint32_t h = 0u; h < window->out_height; h++) {
            const struct part part = part_of(x, window, w, h);

            for (uint32_t c = 0u; c < step; c++) {
                const uint8_t *column = part.first + c;
                uint32_t best = 0u;

                for (uint32_t i = 0u; i < part.width; i++) {
                    const uint8_t *at = column;

                    for (uint32_t j = 0u; j < part.height; j++) {
                        const uint32_t value = *at ^ flip;

                        best = value > best ? value : best;
                        at += step;
                    }
                    column += line;
                }
                *to++ = (uint8_t)(best ^ flip);
            }
        }
    }
}

void kernel_pool_average(const void *x, int x_unsigned, void *out,
                         const struct pool_window *window, int count_pads, int32_t shift)
{
    const uint32_t left = shift > 0 ? (uint32_t)shift : 0u;
    const uint32_t right = shift < 0 ? (uint32_t)-shift : 0u;
    uint8_t *to = out;

    for (uint32_t w = 0u; w < window->out_width; w++) {
        for (uint32_t h = 0u; h < window->out_height; h++) {
            const struct part part = part_of(x, window, w, h);
            const int32_t n = (int32_t)(counted(&part, window, count_pads) << right);
            /* Beyond this the result saturates. */
            const int32_t limit = (int32_t)(129u * (uint32_t)n >> left) + 1;

            for (uint32_t c = 0u; c < window->channels; c++) {
                int32_t sum = sum_of(&part, c, x_unsigned, window);
                int32_t quotient;

                if (left) {
                    sum = sum > limit ? limit : sum < -limit ? -limit : sum;
                    sum = (int32_t)((uint32_t)sum << left);
                }
                quotient = sum / n;
                quotient -= quotient * n > sum;
                *to++ = (uint8_t)saturated(quotient, -128);
            }
        }
    }
}
