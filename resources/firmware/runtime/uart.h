/* The serial port the text goes to: 8 data bits, no parity, one stop bit, no interrupts. */

#ifndef UART_H
#define UART_H

void uart_init(void);

/* Waits until the transmitter takes another byte. */
void uart_put(char byte);

#endif
