/* Greets, compares the weights' tag, and does what config.h chose. */

#include "config.h"
#include "modes.h"
#include "network.h"
#include "print.h"
#include "report.h"
#include "uart.h"

int main(void)
{
    uart_init();
    network_reset(); /* states may lie in the NPU's SRAM, which nothing has cleared yet */
    print_line("uart ok");
    if (report_array()) {
#if CONFIG_MODE_SERIAL
        serial_mode();
#elif CONFIG_MODE_LIVE
        live_mode();
#else
        testset_mode();
#endif
    }
    print_line("done");
    for (;;) {
        __asm__ volatile("wfi");
    }
}
