/* What the kernels need of double beside + - * /, which the compiler's runtime computes.
 *
 * Products and sums must be rounded each by itself (-ffp-contract=off). */

#ifndef REAL_H
#define REAL_H

#include <stdint.h>

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif

/* floor(value * 2**exponent), clipped to low..high (within +-2**30). value is no NaN. */
int32_t real_scaled(double value, int32_t exponent, int32_t low, int32_t high);

static inline int32_t real_floor(double value, int32_t low, int32_t high)
{
    return real_scaled(value, 0, low, high);
}

/* e of 2**e <= |value| < 2**(e + 1); of 0 far below all others. */
int32_t real_exponent(double value);

/* The square root, correctly rounded, of 0 or a normal number above 0. */
double real_sqrt(double value);

/* Numbers in steps of 2**-16 that are at most ``band`` of them off: whether the floor is sure. */
static inline int real_sure(int32_t fixed, uint32_t band)
{
    return (((uint32_t)fixed + band) & 0xffffu) > 2u * band;
}

/* High half of a product. */
static inline int32_t high_product(int32_t a, int32_t b)
{
    return (int32_t)(((int64_t)a * b) >> 32);
}

#define REAL_UNSURE 0x8000u /* a band within which no floor is sure */

#endif
