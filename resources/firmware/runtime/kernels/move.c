/* Bytes to another place in a regular pattern. */

#include "inside.h"
#include "kernels.h"

void kernel_move(const void *x, void *out, const struct move *move)
{
    const uint32_t count = move->count[3];
    const int32_t from_step = move->from[3], to_step = move->to[3];
    const uint8_t *from0 = x;
    uint8_t *to0 = out;

    for (uint32_t i = 0u; i < move->count[0]; i++) {
        const uint8_t *from1 = from0;
        uint8_t *to1 = to0;

        for (uint32_t j = 0u; j < move->count[1]; j++) {
            const uint8_t *from2 = from1;
            uint8_t *to2 = to1;

            for (uint32_t k = 0u; k < move->count[2]; k++) {
                if (from_step == 1 && to_step == 1) {
                    copy_run(to2, from2, count);
                } else {
                    const uint8_t *from = from2;
                    uint8_t *to = to2;

#pragma GCC unroll 4
                    for (uint32_t n = 0u; n < count; n++) {
                        *to = *from;
                        from += from_step;
                        to += to_step;
                    }
                }
                from2 += move->from[2];
                to2 += move->to[2];
            }
            from1 += move->from[1];
            to1 += move->to[1];
        }
        from0 += move->from[0];
        to0 += move->to[0];
    }
}

void kernel_zero(void *out, uint32_t count)
{
    memset(out, 0, count);
}
