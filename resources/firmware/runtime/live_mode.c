/* A demo without an end: the built-in samples again and again. */

#include <stdint.h>

#include "chip.h"
#include "config.h"
#include "cycles.h"
#include "modes.h"
#include "network.h"
#include "print.h"
#include "report.h"
#include "samples.h"
#include "testset.h"
#include "timing.h"

#define LIVE_PERIOD_MS 100u /* so that lines come at a pace one can read */

void live_mode(void)
{
    uint32_t sample = 0u;
    uint32_t start = cycles_now();

    while (testset_samples > 0u) {
        const struct network_tensor *const output = &network_outputs[0];
        struct network_fault fault;
        uint32_t result;

        report_begin(sample);
        samples_load(sample);
        timing_start();
        if (!network_run(&fault)) {
            report_fault(&fault);
            return;
        }
        timing_stop();
        result = report_result(output);
        print_text("net_output:");
        print_signed(report_value(output, output->size == 1u ? 0u : result));
        print_text(",result:");
        print_unsigned(result);
        if (samples_label(sample) >= 0) {
            print_text(",label:");
            print_signed(samples_label(sample));
        }
        print_line("");
        if (++sample == testset_samples) {
            sample = 0u;
#if CONFIG_TIMING
            timing_report();
            timing_clear();
#endif
        }
        while (cycles_now() - start < CHIP_CLOCK_HZ / 1000u * LIVE_PERIOD_MS) {
        }
        start = cycles_now();
    }
}
