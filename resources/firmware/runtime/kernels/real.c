/* Floor and square root of double by integers. */

#include "real.h"

union bits {
    double value;
    uint64_t whole;
};

#define FRACTION_BITS 52
#define BIAS 1023

int32_t real_exponent(double value)
{
    union bits bits;

    bits.value = value;
    return (int32_t)((uint32_t)(bits.whole >> FRACTION_BITS) & 0x7ffu) - BIAS;
}

int32_t real_scaled(double value, int32_t by, int32_t low, int32_t high)
{
    union bits bits;
    int32_t exponent, negative, found;

    bits.value = value;
    negative = (int32_t)(bits.whole >> 63);
    exponent = real_exponent(value) + by;
    if (exponent < 0) { /* |value| < 1 */
        found = negative && (bits.whole << 1) != 0u ? -1 : 0;
    } else if (exponent >= 30) {
        found = negative ? -(1 << 30) : 1 << 30;
    } else {
        const uint64_t fraction = bits.whole << 12; /* from the top on */
        const uint32_t first = 0x80000000u | (uint32_t)(fraction >> 33);
        const uint32_t whole = first >> (31 - exponent);
        const int rest = (fraction << exponent) != 0u;

        found = negative ? -(int32_t)whole - rest : (int32_t)whole;
    }
    return found < low ? low : found > high ? high : found;
}

/* Two bits of the argument give one of the root. The root of a number m * 2**54 with m of 53 or 54
 * bits has 54, the last of which rounds: it never lies in the middle. The first 27 steps, which
 * use up m, need no more than 32 bits. */
double real_sqrt(double value)
{
    union bits bits;
    uint64_t m, rest;
    uint32_t first = 0u, left = 0u;
    int32_t exponent = real_exponent(value);

    if (value == 0.0) {
        return 0.0;
    }
    bits.value = value;
    m = (bits.whole & (((uint64_t)1 << FRACTION_BITS) - 1u)) | ((uint64_t)1 << FRACTION_BITS);
    if (exponent & 1) {
        m <<= 1;
        exponent--;
    }
    for (int i = 0; i < 27; i++) {
        const uint32_t two = i < 11 ? (uint32_t)(m >> 32) >> (20 - 2 * i)
                                    : (uint32_t)m >> (52 - 2 * i);

        left = (left << 2) | (two & 3u);
        first <<= 1;
        if (left > first << 1) {
            left -= (first << 1) + 1u;
            first++;
        }
    }
    uint64_t root = first;

    rest = left;
    for (int i = 0; i < 27; i++) {
        rest <<= 2;
        root <<= 1;
        if (rest > root << 1) {
            rest -= (root << 1) + 1u;
            root++;
        }
    }
    root = (root >> 1) + (root & 1u);
    /* A carry to 2**53 moves on into the exponent. */
    bits.whole = root + ((uint64_t)(exponent / 2 + BIAS - 1) << FRACTION_BITS);
    return bits.value;
}
