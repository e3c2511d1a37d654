/* UART of the 16550 family. Registers lie CHIP_UART_STEP bytes apart. */

#include <stdint.h>

#include "chip.h"
#include "uart.h"

#define UART_REGISTER(index) \
    (*(volatile uint32_t *)(uintptr_t)(CHIP_UART + (index) * CHIP_UART_STEP))

#define RBR UART_REGISTER(0u) /* receive buffer */
#define THR UART_REGISTER(0u) /* transmit holding; divisor low while LCR.DLAB is set */
#define IER UART_REGISTER(1u) /* interrupt enable; divisor high while LCR.DLAB is set */
#define FCR UART_REGISTER(2u) /* FIFO control */
#define LCR UART_REGISTER(3u) /* line control */
#define MCR UART_REGISTER(4u) /* modem control */
#define LSR UART_REGISTER(5u) /* line status */

#define LCR_8N1 0x03u
#define LCR_DLAB 0x80u
#define FCR_ENABLE_AND_CLEAR 0x07u
#define MCR_DTR_RTS 0x03u
#define LSR_DR 0x01u
#define LSR_THRE 0x20u

void uart_init(void)
{
    IER = 0u;
    LCR = LCR_8N1 | LCR_DLAB;
    THR = CHIP_UART_DIVISOR & 0xffu;
    IER = CHIP_UART_DIVISOR >> 8;
    LCR = LCR_8N1;
    FCR = FCR_ENABLE_AND_CLEAR;
    MCR = MCR_DTR_RTS;
}

void uart_put(char byte)
{
    while ((LSR & LSR_THRE) == 0u) {
    }
    THR = (uint8_t)byte;
}

uint32_t uart_take(uint8_t *to, uint32_t size)
{
    uint32_t count = 0u;

    while (count < size && (LSR & LSR_DR) != 0u) {
        to[count++] = (uint8_t)RBR;
    }
    return count;
}

uint8_t uart_get(void)
{
    uint8_t byte;

    while (uart_take(&byte, 1u) == 0u) {
    }
    return byte;
}
