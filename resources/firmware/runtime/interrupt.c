/* Driver of the interrupt controller and the machine timer; see interrupt.h. */

#include <stddef.h>
#include <stdint.h>

#include "chip.h"
#include "interrupt.h"

#define MIE 8u /* bit of mstatus: interrupts are let in */

#define TIMER_REGISTER(offset) (*(volatile uint32_t *)(uintptr_t)(CHIP_TIMER + (offset)))

#ifdef CHIP_ECLIC

/* Four bytes a source: pending, enabled, attribute (0: level, no vector), level and priority. */
#define SOURCE_BYTE(source, index) \
    (*(volatile uint8_t *)(uintptr_t)(CHIP_ECLIC + 0x1000u + 4u * (source) + (index)))
#define PENDING 0u
#define ENABLED 1u
#define ATTRIBUTE 2u
#define CONTROL 3u

static interrupt_handler handlers[INTERRUPT_SOURCES];

void interrupt_attach(uint32_t source, uint8_t priority, interrupt_handler handler)
{
    if (source == 0u || source >= INTERRUPT_SOURCES) {
        return;
    }
    SOURCE_BYTE(source, ENABLED) = 0u;
    handlers[source] = handler;
    if (handler != NULL) {
        SOURCE_BYTE(source, ATTRIBUTE) = 0u;
        SOURCE_BYTE(source, CONTROL) = priority;
        SOURCE_BYTE(source, ENABLED) = 1u;
    }
}

void interrupt_dispatch(uint32_t source)
{
    if (source < INTERRUPT_SOURCES && handlers[source] != NULL) {
        handlers[source]();
    } else if (source < INTERRUPT_SOURCES) {
        SOURCE_BYTE(source, ENABLED) = 0u;
    }
}

#endif

void interrupt_enable(void)
{
    __asm__ volatile("csrs mstatus, %0" ::"r"(MIE) : "memory");
}

uint32_t interrupt_disable(void)
{
    uint32_t before;

    __asm__ volatile("csrrc %0, mstatus, %1" : "=r"(before) : "r"(MIE) : "memory");
    return before & MIE;
}

void interrupt_wait(void)
{
    __asm__ volatile("wfi" ::: "memory");
}

uint64_t interrupt_now(void)
{
    uint32_t high;
    uint32_t low;

    do { /* the high half may change between the two reads */
        high = TIMER_REGISTER(4u);
        low = TIMER_REGISTER(0u);
    } while (high != TIMER_REGISTER(4u));
    return ((uint64_t)high << 32) | low;
}

void interrupt_timer_at(uint64_t cycles)
{
    TIMER_REGISTER(12u) = 0xffffffffu; /* so that no moment between the halves is due */
    TIMER_REGISTER(8u) = (uint32_t)cycles;
    TIMER_REGISTER(12u) = (uint32_t)(cycles >> 32);
}
