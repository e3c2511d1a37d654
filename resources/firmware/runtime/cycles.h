/* The cycle counter: the low half of the machine timer, which counts at CHIP_CLOCK_HZ. */

#ifndef CYCLES_H
#define CYCLES_H

#include <stdint.h>

#include "chip.h"

/* Cycles since the start, modulo 2^32: take differences of times less than that apart. */
static inline uint32_t cycles_now(void)
{
    return *(volatile uint32_t *)(uintptr_t)CHIP_TIMER;
}

#endif
