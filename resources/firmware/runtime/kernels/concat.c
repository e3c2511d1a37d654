/* One input of a concatenation. */

#include "kernels.h"

void kernel_concat(const void *x, uint32_t run, void *out, uint32_t stride, uint32_t rows)
{
    const uint8_t *from = x;
    uint8_t *to = out;

    for (uint32_t row = 0u; row < rows; row++) {
        for (uint32_t i = 0u; i < run; i++) {
            to[row * stride + i] = *from++;
        }
    }
}
