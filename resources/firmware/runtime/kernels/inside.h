/* Pieces of the kernels' loops. */

#ifndef INSIDE_H
#define INSIDE_H

#include <stdint.h>

#include "mem.h"

#define INLINE static inline __attribute__((always_inline))

/* An int8_t byte XOR this is the value + this, and a uint8_t byte is itself. */
INLINE uint32_t flip_of(int is_unsigned)
{
    return is_unsigned ? 0u : 128u;
}

/* low..127; one branch where nothing is clipped. */
INLINE int32_t saturated(int32_t value, int32_t low)
{
    if (__builtin_expect((uint32_t)value - (uint32_t)low > 127u - (uint32_t)low, 0)) {
        return value < low ? low : 127;
    }
    return value;
}

/* shift >= 0: left; shift < 0: right, rounding half up. */
struct shift {
    uint32_t left, right;
    int32_t half;
};

INLINE struct shift shift_of(int32_t shift)
{
    struct shift found = {0u, 0u, 0};

    if (shift >= 0) {
        found.left = (uint32_t)shift;
    } else {
        found.right = (uint32_t)-shift;
        found.half = (int32_t)(1u << (found.right - 1u));
    }
    return found;
}

INLINE int32_t shifted(int32_t value, struct shift shift)
{
    return ((int32_t)((uint32_t)value << shift.left) + shift.half) >> shift.right;
}

/* A divisor of many numbers: two products are quicker than a division. */
struct divisor {
    uint32_t n, reciprocal;
};

INLINE struct divisor divisor_of(uint32_t n)
{
    const struct divisor found = {n, 0xffffffffu / n};

    return found;
}

/* value / n for value < 2**31, for which the product is at most one too small. */
INLINE uint32_t divided(uint32_t value, struct divisor by)
{
    const uint32_t quotient = (uint32_t)(((uint64_t)value * by.reciprocal) >> 32);

    return quotient + (value - quotient * by.n >= by.n);
}

/* Calls ONE(a, b) with the two flags as constants, so that each case has a loop of its own. */
#define BY_SIGNS(ONE, a_unsigned, b_unsigned)                                                      \
    do {                                                                                           \
        if (a_unsigned) {                                                                          \
            if (b_unsigned) {                                                                      \
                ONE(1, 1);                                                                         \
            } else {                                                                               \
                ONE(1, 0);                                                                         \
            }                                                                                      \
        } else if (b_unsigned) {                                                                   \
            ONE(0, 1);                                                                             \
        } else {                                                                                   \
            ONE(0, 0);                                                                             \
        }                                                                                          \
    } while (0)

/* Short runs are quicker without a call. */
INLINE void copy_run(uint8_t *to, const uint8_t *from, uint32_t count)
{
    if (count >= 12u) {
        memcpy(to, from, count);
        return;
    }
    for (uint32_t i = 0u; i < count; i++) {
        to[i] = from[i];
    }
}

#endif
