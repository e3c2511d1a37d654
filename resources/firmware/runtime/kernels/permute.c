/* Elements in another order. */

#include "kernels.h"

void kernel_permute(const void *x, const uint16_t *order, void *out, uint32_t count)
{
    const uint8_t *from = x;
    uint8_t *to = out;

    for (uint32_t i = 0u; i < count; i++) {
        to[i] = from[order[i]];
    }
}
