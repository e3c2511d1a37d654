/* Runs every sample of the test set through the network and prints what came out. */

#include <stddef.h>
#include <stdint.h>

#include "chip.h"
#include "crc32.h"
#include "mem.h"
#include "network.h"
#include "npu.h"
#include "print.h"
#include "testset.h"
#include "uart.h"

#define MAX_LISTED 64u /* outputs up to this many are printed one by one */

/* The array must hold the weights this firmware was built with. */
static int array_is_ready(void)
{
    const uint32_t id = npu_id();
    const uint32_t tag = npu_tag();

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

static int32_t output_value(const struct network_tensor *tensor, uint32_t index)
{
    const uint8_t byte = tensor->data[index];

    return tensor->is_unsigned ? (int32_t)byte : (int32_t)(int8_t)byte;
}

/* Index of the largest value, the first of equals; a single value counts as above 0 or not. */
static uint32_t result_of(const struct network_tensor *tensor)
{
    uint32_t best = 0u;

    if (tensor->size == 1u) {
        return output_value(tensor, 0u) > 0 ? 1u : 0u;
    }
    for (uint32_t i = 1u; i < tensor->size; i++) {
        if (output_value(tensor, i) > output_value(tensor, best)) {
            best = i;
        }
    }
    return best;
}

static void load_sample(uint32_t sample)
{
    for (uint32_t i = 0u; i < NETWORK_INPUTS; i++) {
        const uint32_t size = network_inputs[i].size;

        memcpy(network_inputs[i].data, testset_inputs[i] + (size_t)sample * size, size);
    }
}

static void print_outputs(void)
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
                print_signed(output_value(&network_outputs[i], j));
                separator = " ";
            }
        }
    }
    print_line("");
}

/* Returns 0 after printing why it failed. */
static int run_testset(void)
{
    uint32_t correct = 0u;

    for (uint32_t sample = 0u; sample < testset_samples; sample++) {
        struct network_fault fault;

        load_sample(sample);
        if (!network_run(&fault)) {
            print_text("error: npu error ");
            print_unsigned(fault.error);
            print_text(" in layer ");
            print_line(fault.layer);
            return 0;
        }
        print_text("sample:");
        print_unsigned(sample);
        if (network_classifies) {
            const uint32_t result = result_of(&network_outputs[0]);

            if (testset_labelled) {
                correct += result == testset_labels[sample] ? 1u : 0u;
                print_text(",label:");
                print_unsigned(testset_labels[sample]);
            }
            print_text(",result:");
            print_unsigned(result);
            if (testset_labelled) {
                print_text(",ratio:");
                print_ratio(correct, sample + 1u);
            }
        }
        print_outputs();
    }
    print_text("image num:");
    print_unsigned(testset_samples);
    print_line("");
    if (network_classifies && testset_labelled && testset_samples > 0u) {
        print_text("correct ratio:");
        print_ratio(correct, testset_samples);
        print_line("");
    }
    return 1;
}

int main(void)
{
    uart_init();
    print_line("uart ok");
    if (array_is_ready()) {
        (void)run_testset();
    }
    print_line("done");
    for (;;) {
        __asm__ volatile("wfi");
    }
}
