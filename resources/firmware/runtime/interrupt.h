/* Interrupts through the controller (ECLIC) of Nuclei's cores.
 *
 *     static void tick(void) { interrupt_timer_at(interrupt_now() + PERIOD); }
 *     ...
 *     interrupt_timer_at(interrupt_now() + PERIOD);
 *     interrupt_attach(CHIP_INTERRUPT_TIMER, 1, tick);
 *     interrupt_enable();
 *
 * Sources are level triggered: a handler removes the cause, or it is called again at once. Handlers
 * do not interrupt each other. trap_entry (start.S) is entered in direct mode, which is what the
 * emulator knows; for a board, set the low six bits of mtvec to 3 as its documentation says. */

#ifndef INTERRUPT_H
#define INTERRUPT_H

#include <stdint.h>

#define INTERRUPT_SOURCES 64u

typedef void (*interrupt_handler)(void);

/* Calls `handler` at interrupts of `source`, 1..63. Of several pending ones the highest `priority`
 * comes first. A null handler disables the source. */
void interrupt_attach(uint32_t source, uint8_t priority, interrupt_handler handler);

/* Lets interrupts in. */
void interrupt_enable(void);

/* Keeps interrupts out; returns nonzero if they were let in before. */
uint32_t interrupt_disable(void);

/* Sleeps until the next interrupt of an attached source; returns at once where one is pending. */
void interrupt_wait(void);

/* Cycles since the start. */
uint64_t interrupt_now(void);

/* The timer interrupts once that many cycles have passed since the start; UINT64_MAX: never. */
void interrupt_timer_at(uint64_t cycles);

/* Called by trap_entry with the number of the source. */
void interrupt_dispatch(uint32_t source);

#endif
