/* memcpy, memmove and memset.
 *
 * KEEP_LOOP stops the compiler from recognising a loop as the very function it stands in,
 * which would make the function call itself. */

#include <stdint.h>

#include "mem.h"

#define KEEP_LOOP() __asm__ volatile("" ::: "memory")

void *memcpy(void *restrict to, const void *restrict from, size_t count)
{
    uint8_t *out = to;
    const uint8_t *in = from;

    while (count-- > 0u) {
        *out++ = *in++;
        KEEP_LOOP();
    }
    return to;
}

void *memmove(void *to, const void *from, size_t count)
{
    uint8_t *out = to;
    const uint8_t *in = from;

    if ((uintptr_t)out <= (uintptr_t)in) {
        return memcpy(to, from, count);
    }
    while (count-- > 0u) {
        out[count] = in[count];
        KEEP_LOOP();
    }
    return to;
}

void *memset(void *to, int value, size_t count)
{
    uint8_t *out = to;

    while (count-- > 0u) {
        *out++ = (uint8_t)value;
        KEEP_LOOP();
    }
    return to;
}
