/* Frames of earlier steps beside each frame. */

#include "inside.h"
#include "kernels.h"

void kernel_history(const void *x, void *out, const struct history *history, uint8_t *frames,
                    uint32_t *next)
{
    const uint32_t channels = history->channels, depth = history->depth;
    const uint8_t *frame = x;
    uint8_t *to = out;
    uint32_t at = *next; /* the oldest frame, which the new one replaces */

    for (uint32_t step = 0u; step < history->steps; step++) {
        for (uint32_t i = 0u; i < history->lag_count; i++) {
            const uint32_t lag = history->lags[i];
            const uint32_t back = at >= lag ? at - lag : at + depth - lag;

            copy_run(to, lag ? frames + back * channels : frame, channels);
            to += channels;
        }
        if (depth) {
            copy_run(frames + at * channels, frame, channels);
            at = at + 1u == depth ? 0u : at + 1u;
        }
        frame += channels;
    }
    *next = at;
}
