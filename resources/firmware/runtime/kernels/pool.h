/* The part of a pooling window that lies inside the input. */

#ifndef POOL_H
#define POOL_H

#include "inside.h"
#include "kernels.h"

struct part {
    const uint8_t *first; /* channel 0 of its first position */
    uint32_t width, height;
};

/* Elements start..stop (exclusive) of an axis that has ``pad`` before its ``size`` elements. */
INLINE uint32_t clipped(uint32_t start, uint32_t stop, uint32_t pad, uint32_t size,
                        uint32_t *count)
{
    const uint32_t first = start > pad ? start - pad : 0u;
    uint32_t last = stop > pad ? stop - pad : 0u;

    last = last < size ? last : size;
    *count = last > first ? last - first : 0u;
    return first;
}

INLINE struct part part_of(const void *x, const struct pool_window *window, uint32_t w, uint32_t h)
{
    const uint32_t across = w * window->stride_width, down = h * window->stride_height;
    struct part part;
    const uint32_t first = clipped(across, across + window->kernel_width, window->pad_width,
                                   window->width, &part.width);
    const uint32_t top = clipped(down, down + window->kernel_height, window->pad_height,
                                 window->height, &part.height);

    part.first = (const uint8_t *)x + (first * window->height + top) * window->channels;
    return part;
}

/* What the sum is divided by. */
INLINE uint32_t counted(const struct part *part, const struct pool_window *window, int count_pads)
{
    return count_pads ? window->kernel_width * window->kernel_height : part->width * part->height;
}

INLINE int32_t sum_of(const struct part *part, uint32_t channel, int x_unsigned,
                      const struct pool_window *window)
{
    const uint32_t flip = flip_of(x_unsigned);
    const uint32_t step = window->channels, line = window->height * window->channels;
    const uint8_t *column = part->first + channel;
    uint32_t sum = 0u;

    for (uint32_t i = 0u; i < part->width; i++) {
        const uint8_t *at = column;

        for (uint32_t j = 0u; j < part->height; j++) {
            sum += *at ^ flip;
            at += step;
        }
        column += line;
    }
    return (int32_t)(sum - part->width * part->height * flip);
}

#endif
