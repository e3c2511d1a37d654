/* What all modes print; see report.h. */

#include "report.h"

#include "chip.h"
#include "crc32.h"
#include "npu.h"
#include "print.h"

#define MAX_LISTED 64u /* outputs up to this many are printed one by one */

int report_array(void)
{
    const uint32_t id = npu_id();
    const uint32_t tag = npu_tag();

    print_text("tag:");
    print_hex(network_tag);
    print_line("");
    if (id != NPU_ID_VALUE) {
        print_text("error: no NPU at ");
        print_hex(CHIP_NPU);
        print_text(", id ");
        print_hex(id);
        print_line("");
        return 0;
    }
    if (tag != network_tag) {
        print_text("error: array holds tag ");
        print_hex(tag);
        print_text(", firmware wants ");
        print_hex(network_tag);
        print_line("");
        return 0;
    }
    return 1;
}

void report_fault(const struct network_fault *fault)
{
    print_text("error: npu error ");
    print_unsigned(fault->error);
    print_text(" in layer ");
    print_line(fault->layer);
}

int32_t report_value(const struct network_tensor *tensor, uint32_t index)
{
    const uint8_t byte = tensor->data[index];

    return tensor->is_unsigned ? (int32_t)byte : (int32_t)(int8_t)byte;
}

uint32_t report_result(const struct network_tensor *tensor)
{
    uint32_t best = 0u;

    if (tensor->size == 1u) {
        return report_value(tensor, 0u) > 0 ? 1u : 0u;
    }
    for (uint32_t i = 1u; i < tensor->size; i++) {
        if (report_value(tensor, i) > report_value(tensor, best)) {
            best = i;
        }
    }
    return best;
}

void report_outputs(void)
{
    uint32_t crc = 0u;
    uint32_t total = 0u;

    for (uint32_t i = 0u; i < NETWORK_OUTPUTS; i++) {
        crc = crc32(crc, network_outputs[i].data, network_outputs[i].size);
        total += network_outputs[i].size;
    }
    print_text(",crc:");
    print_hex(crc);
    if (total <= MAX_LISTED) {
        const char *separator = ",out:";

        for (uint32_t i = 0u; i < NETWORK_OUTPUTS; i++) {
            for (uint32_t j = 0u; j < network_outputs[i].size; j++) {
                print_text(separator);
                print_signed(report_value(&network_outputs[i], j));
                separator = " ";
            }
        }
    }
    print_line("");
}

void report_begin(uint32_t sample)
{
    if (network_reset_every != 0u && sample % network_reset_every == 0u) {
        network_reset();
    }
}
