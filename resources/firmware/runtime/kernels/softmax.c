/* Softmax over the channels, in steps of 1/255. */

#include "kernels.h"

void kernel_softmax(const void *x, int x_unsigned, const uint16_t table[256], void *out,
                    uint32_t positions, uint32_t channels)
{
    uint8_t *to = out;

    for (uint32_t position = 0u; position < positions; position++) {
        const uint32_t start = position * channels;
        int32_t best = element(x, start, x_unsigned);
        uint32_t total = 0u;

        for (uint32_t c = 1u; c < channels; c++) {
            const int32_t value = element(x, start + c, x_unsigned);

            best = value > best ? value : best;
        }
        for (uint32_t c = 0u; c < channels; c++) {
            total += table[best - element(x, start + c, x_unsigned)];
        }
        for (uint32_t c = 0u; c < channels; c++) {
            const uint32_t e = table[best - element(x, start + c, x_unsigned)];

            to[start + c] = (uint8_t)((255u * e + total / 2u) / total);
        }
    }
}
