/* memcpy, memmove and memset, word by word where both sides are aligned alike.
 *
 * KEEP_LOOP stops the compiler from recognising a loop as the very function it stands in,
 * which would make the function call itself. */

#include <stdint.h>

#include "mem.h"

#define KEEP_LOOP() __asm__ volatile("" ::: "memory")
#define WORD 4u

typedef uint32_t __attribute__((may_alias)) word;

/* Upwards; reads what it copies at a time before it writes, so that ``out`` may lie below ``in``. */
static void copy_up(uint8_t *out, const uint8_t *in, size_t count)
{
    if (count >= 2u * WORD && (((uintptr_t)out ^ (uintptr_t)in) & (WORD - 1u)) == 0u) {
        while ((uintptr_t)out & (WORD - 1u)) {
            *out++ = *in++;
            count--;
        }
        while (count >= 4u * WORD) {
            word *target = (word *)(void *)out;
            const word *source = (const word *)(const void *)in;
            const word a = source[0], b = source[1], c = source[2], d = source[3];

            target[0] = a;
            target[1] = b;
            target[2] = c;
            target[3] = d;
            out += 4u * WORD;
            in += 4u * WORD;
            count -= 4u * WORD;
            KEEP_LOOP();
        }
        while (count >= WORD) {
            *(word *)(void *)out = *(const word *)(const void *)in;
            out += WORD;
            in += WORD;
            count -= WORD;
            KEEP_LOOP();
        }
    }
    while (count >= WORD) { /* aligned differently */
        const uint8_t a = in[0], b = in[1], c = in[2], d = in[3];

        out[0] = a;
        out[1] = b;
        out[2] = c;
        out[3] = d;
        out += WORD;
        in += WORD;
        count -= WORD;
        KEEP_LOOP();
    }
    while (count-- > 0u) {
        *out++ = *in++;
        KEEP_LOOP();
    }
}

void *memcpy(void *restrict to, const void *restrict from, size_t count)
{
    copy_up(to, from, count);
    return to;
}

void *memmove(void *to, const void *from, size_t count)
{
    uint8_t *out = to;
    const uint8_t *in = from;

    if ((uintptr_t)out <= (uintptr_t)in || (uintptr_t)out >= (uintptr_t)in + count) {
        copy_up(out, in, count);
        return to;
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
    const word four = (uint8_t)value * 0x01010101u;

    if (count >= 2u * WORD) {
        while ((uintptr_t)out & (WORD - 1u)) {
            *out++ = (uint8_t)value;
            count--;
        }
        while (count >= WORD) {
            *(word *)(void *)out = four;
            out += WORD;
            count -= WORD;
            KEEP_LOOP();
        }
    }
    while (count-- > 0u) {
        *out++ = (uint8_t)value;
        KEEP_LOOP();
    }
    return to;
}
