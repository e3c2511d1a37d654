/* Maximum and average over a sliding window, channel by channel. */

#include "kernels.h"

/* The part of a window that lies inside the input along one axis: first..last (exclusive). */
struct span {
    uint32_t first, last;
};

static struct span inside(uint32_t position, uint32_t stride, uint32_t pad, uint32_t kernel,
                          uint32_t size)
{
    const uint32_t start = position * stride; /* counted from the first padded element */
    const uint32_t stop = start + kernel;
    struct span span;

    span.first = start > pad ? start - pad : 0u;
    span.last = stop > pad ? stop - pad : 0u;
    span.last = span.last < size ? span.last : size;
    return span;
}

static int32_t floor_divide(int32_t value, int32_t divisor)
{
    const int32_t quotient = value / divisor;

    return value % divisor < 0 ? quotient - 1 : quotient;
}

void kernel_pool_max(const void *x, int x_unsigned, void *out, const struct pool_window *window)
{
    uint8_t *to = out;

    for (uint32_t ow = 0u; ow < window->out_width; ow++) {
        const struct span across = inside(ow, window->stride_width, window->pad_width,
                                          window->kernel_width, window->width);

        for (uint32_t oh = 0u; oh < window->out_height; oh++) {
            const struct span down = inside(oh, window->stride_height, window->pad_height,
                                            window->kernel_height, window->height);

            for (uint32_t c = 0u; c < window->channels; c++) {
                int32_t best = -128;

                for (uint32_t w = across.first; w < across.last; w++) {
                    for (uint32_t h = down.first; h < down.last; h++) {
                        const int32_t value = element(
                            x, (w * window->height + h) * window->channels + c, x_unsigned);

                        best = value > best ? value : best;
                    }
                }
                *to++ = (uint8_t)best;
            }
        }
    }
}

void kernel_pool_average(const void *x, int x_unsigned, void *out,
                         const struct pool_window *window, int count_pads, int32_t shift)
{
    int8_t *to = out;

    for (uint32_t ow = 0u; ow < window->out_width; ow++) {
        const struct span across = inside(ow, window->stride_width, window->pad_width,
                                          window->kernel_width, window->width);

        for (uint32_t oh = 0u; oh < window->out_height; oh++) {
            const struct span down = inside(oh, window->stride_height, window->pad_height,
                                            window->kernel_height, window->height);
            const uint32_t n = count_pads
                                   ? window->kernel_width * window->kernel_height
                                   : (across.last - across.first) * (down.last - down.first);

            for (uint32_t c = 0u; c < window->channels; c++) {
                int32_t sum = 0;

                for (uint32_t w = across.first; w < across.last; w++) {
                    for (uint32_t h = down.first; h < down.last; h++) {
                        sum += element(x, (w * window->height + h) * window->channels + c,
                                       x_unsigned);
                    }
                }
                if (shift >= 0) {
                    sum = (int32_t)((uint32_t)sum << shift);
                    *to++ = (int8_t)saturate(floor_divide(sum, (int32_t)n));
                } else {
                    *to++ = (int8_t)saturate(floor_divide(sum, (int32_t)(n << -shift)));
                }
            }
        }
    }
}
