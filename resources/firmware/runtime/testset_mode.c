/* The built-in test set: every sample once, in lines that the monitor understands. */

#include <stdint.h>

#include "config.h"
#include "modes.h"
#include "network.h"
#include "print.h"
#include "report.h"
#include "samples.h"
#include "testset.h"
#include "timing.h"

void testset_mode(void)
{
    uint32_t labelled = 0u;
    uint32_t correct = 0u;

    for (uint32_t sample = 0u; sample < testset_samples; sample++) {
        struct network_fault fault;

        report_begin(sample);
        samples_load(sample);
        timing_start();
        if (!network_run(&fault)) {
            report_fault(&fault);
            return;
        }
        timing_stop();
        print_text("sample:");
        print_unsigned(sample);
        if (network_classifies) {
            const uint32_t result = report_result(&network_outputs[0]);
            const int32_t label = samples_label(sample);

            if (label >= 0) {
                labelled++;
                correct += result == (uint32_t)label ? 1u : 0u;
                print_text(",label:");
                print_signed(label);
            }
            print_text(",result:");
            print_unsigned(result);
            if (labelled > 0u) {
                print_text(",ratio:");
                print_ratio(correct, labelled);
            }
        }
        report_outputs();
    }
    print_text("image num:");
    print_unsigned(testset_samples);
    print_line("");
    if (labelled > 0u) {
        print_text("correct ratio:");
        print_ratio(correct, labelled);
        print_line("");
    }
#if CONFIG_TIMING
    timing_report();
#endif
}
