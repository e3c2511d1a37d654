/* Elements in any other order. */

#include "kernels.h"

void kernel_permute(const void *x, const uint16_t *order, void *out, uint32_t count)
{
    const uint8_t *from = x;
    uint8_t *to = out;

#pragma GCC unroll 4
    for (uint32_t i = 0u; i < count; i++) {
        to[i] = from[order[i]];
    }
}

void kernel_permute_large(const void *x, const uint32_t *order, void *out, uint32_t count)
{
    const uint8_t *from = x;
    uint8_t *to = out;

#pragma GCC unroll 4
    for (uint32_t i = 0u; i < count; i++) {
        to[i] = from[order[i]];
    }
}
