/* The serial port the text goes to: 8 data bits, no parity, one stop bit, no interrupts. */

#ifndef UART_H
#define UART_H

#include <stdint.h>

void uart_init(void);

/* Waits until the transmitter takes another byte. */
void uart_put(char byte);

/* Takes what was received, at most ``size`` bytes, and returns how many; it does not wait. The
 * receiver keeps 16: who does other work loses what comes meanwhile. */
uint32_t uart_take(uint8_t *to, uint32_t size);

/* Waits for a byte. */
uint8_t uart_get(void);

#endif
