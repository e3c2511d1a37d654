/* Softmax over the channels, in steps of 1/255. */

#include "inside.h"
#include "kernels.h"

void kernel_softmax(const void *x, int x_unsigned, const uint16_t table[256], void *out,
                    uint32_t positions, uint32_t channels)
{
    const uint32_t flip = flip_of(x_unsigned); /* which distances do not feel */
    const uint8_t *from = x;
    uint8_t *to = out;

    for (uint32_t position = 0u; position < positions; position++) {
        uint32_t best = 0u, total = 0u;

#pragma GCC unroll 4
        for (uint32_t c = 0u; c < channels; c++) {
            const uint32_t value = from[c] ^ flip;

            best = value > best ? value : best;
        }
#pragma GCC unroll 4
        for (uint32_t c = 0u; c < channels; c++) {
            total += table[best - (from[c] ^ flip)];
        }
        const struct divisor by = divisor_of(total);

        for (uint32_t c = 0u; c < channels; c++) {
            const uint32_t e = table[best - (from[c] ^ flip)];

            to[c] = (uint8_t)divided(255u * e + total / 2u, by);
        }
        from += channels;
        to += channels;
    }
}
