/* What is printed when the processor traps. Called by trap_entry in start.S. */

#include <stdint.h>

#include "print.h"
#include "uart.h"

void trap_report(uint32_t cause, uint32_t pc);

void trap_report(uint32_t cause, uint32_t pc)
{
    print_to(uart_put); /* whatever was being printed, and wherever to */
    print_text("\r\nerror: trap cause=");
    print_unsigned(cause);
    print_text(" pc=");
    print_hex(pc);
    print_line("");
    print_line("done");
}
