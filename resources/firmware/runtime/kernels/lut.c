/* Tables of 256 entries: one for every element, or one for each channel. */

#include "kernels.h"

void kernel_lut(const void *x, const uint8_t *table, void *out, uint32_t count)
{
    const uint8_t *from = x;
    uint8_t *to = out;

#pragma GCC unroll 4
    for (uint32_t i = 0u; i < count; i++) {
        to[i] = table[from[i]];
    }
}

void kernel_lut_channels(const void *x, const uint8_t *table, void *out, uint32_t positions,
                         uint32_t channels)
{
    const uint8_t *from = x;
    uint8_t *to = out;

    for (uint32_t position = 0u; position < positions; position++) {
        const uint8_t *own = table;

#pragma GCC unroll 4
        for (uint32_t c = 0u; c < channels; c++) {
            to[c] = own[from[c]];
            own += 256;
        }
        from += channels;
        to += channels;
    }
}
