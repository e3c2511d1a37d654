/* Samples come over the serial line, outputs go back: packets of packet.h. From the host:
 *
 *     r_fb   the network's inputs, one after another      nnet   its outputs, one after another
 *     r_ly   a layer's index (int32) and its inputs       n_ly   its cycles (int32) and its output
 *     cmd_   "info": what is in here                      cmd_   lines, see write_info()
 *            "times": what each layer takes               cmd_   lines, see timing.h
 *            "reset": states, sample number and times     cmd_   "ok"
 *     bye_   the end                                      lines: "image num", times, "done"
 *
 * int32 in payloads are least significant byte first, tensors as they lie in memory. Every packet
 * gets one answer, the one above or a line "error: ...". */

#include <stdint.h>

#include "chip.h"
#include "config.h"
#include "cycles.h"
#include "modes.h"
#include "network.h"
#include "packet.h"
#include "print.h"
#include "report.h"
#include "timing.h"
#include "uart.h"

#define FEATURES PACKET_TYPE('r', '_', 'f', 'b')
#define OUTPUTS PACKET_TYPE('n', 'n', 'e', 't')
#define LAYER PACKET_TYPE('r', '_', 'l', 'y')
#define LAYER_OUTPUT PACKET_TYPE('n', '_', 'l', 'y')
#define COMMAND PACKET_TYPE('c', 'm', 'd', '_')
#define BYE PACKET_TYPE('b', 'y', 'e', '_')

static uint32_t samples; /* run since the start or the last reset */
static uint32_t count;   /* characters of a text */

static uint32_t size_of(const struct network_tensor *tensors, uint32_t number)
{
    uint32_t size = 0u;

    for (uint32_t i = 0u; i < number; i++) {
        size += tensors[i].size;
    }
    return size;
}

/* Fill the tensors from a payload of ``length`` bytes, then read the checksum; 0 after saying why
 * not. */
static int receive(const struct network_tensor *tensors, uint32_t number, uint32_t length)
{
    const uint32_t size = size_of(tensors, number);

    if (length != size) {
        if (packet_skip(length) && packet_check()) {
            print_text("error: ");
            print_unsigned(length);
            print_text(" bytes, expected ");
            print_unsigned(size);
            print_line("");
        }
        return 0;
    }
    for (uint32_t i = 0u; i < number; i++) {
        if (!packet_read(tensors[i].data, tensors[i].size)) {
            return 0;
        }
    }
    return packet_check();
}

static void put_tensors(const struct network_tensor *tensors, uint32_t number)
{
    for (uint32_t i = 0u; i < number; i++) {
        for (uint32_t j = 0u; j < tensors[i].size; j++) {
            packet_put((char)tensors[i].data[j]);
        }
    }
}

static void run_sample(uint32_t length)
{
    struct network_fault fault;

    if (!receive(network_inputs, NETWORK_INPUTS, length)) {
        return;
    }
    report_begin(samples);
    samples++;
    timing_start();
    if (!network_run(&fault)) {
        report_fault(&fault);
        return;
    }
    timing_stop();
    packet_begin(OUTPUTS, size_of(network_outputs, NETWORK_OUTPUTS));
    put_tensors(network_outputs, NETWORK_OUTPUTS);
    packet_end();
}

static void run_layer(uint32_t length)
{
    const struct network_layer *layer;
    struct network_fault fault;
    uint8_t bytes[4];
    uint32_t index;
    uint32_t cycles;

    if (length < 4u) {
        if (packet_skip(length) && packet_check()) {
            print_line("error: no layer is named");
        }
        return;
    }
    if (!packet_read(bytes, 4u)) {
        return;
    }
    index = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
            (uint32_t)bytes[3] << 24;
    if (index >= NETWORK_LAYERS) {
        if (packet_skip(length - 4u) && packet_check()) {
            print_line("error: there is no such layer");
        }
        return;
    }
    layer = &network_layers[index];
    if (!receive(layer->inputs, layer->input_count, length - 4u)) {
        return;
    }
    cycles = cycles_now();
    if (!layer->run(&fault)) {
        report_fault(&fault);
        return;
    }
    cycles = cycles_now() - cycles;
    packet_begin(LAYER_OUTPUT, 4u + layer->output.size);
    for (uint32_t i = 0u; i < 4u; i++) {
        packet_put((char)(cycles >> (8u * i) & 0xffu));
    }
    put_tensors(&layer->output, 1u);
    packet_end();
}

static void write_tensors(const char *what, const struct network_tensor *tensors, uint32_t number)
{
    print_text(what);
    for (uint32_t i = 0u; i < number; i++) {
        print_text(i > 0u ? " " : "");
        print_unsigned(tensors[i].size);
        print_text(tensors[i].is_unsigned ? "u" : "s");
    }
}

/* Lines of words with tabs between them; tensors are their bytes and "u" or "s" for the sign. */
static void write_info(void)
{
    print_text("tag\t");
    print_hex(network_tag);
    print_text("\r\nclock\t");
    print_unsigned(CHIP_CLOCK_HZ);
    print_text("\r\nreset_every\t");
    print_unsigned(network_reset_every);
    write_tensors("\r\nnetwork\t", network_inputs, NETWORK_INPUTS);
    write_tensors("\t", network_outputs, NETWORK_OUTPUTS);
    print_line("");
    for (uint32_t i = 0u; i < NETWORK_LAYERS; i++) {
        write_tensors("layer\t", network_layers[i].inputs, network_layers[i].input_count);
        write_tensors("\t", &network_layers[i].output, 1u);
        print_text("\t");
        print_line(network_layers[i].name);
    }
}

static void write_ok(void)
{
    print_text("ok");
}

static void count_byte(char byte)
{
    (void)byte;
    count++;
}

/* Send what ``write`` prints as a packet: printed once to learn its length, once to send it. */
static void answer(void (*write)(void))
{
    count = 0u;
    print_to(count_byte);
    write();
    packet_begin(COMMAND, count);
    print_to(packet_put);
    write();
    print_to(uart_put);
    packet_end();
}

static int equal(const char *word, const uint8_t *bytes, uint32_t length)
{
    uint32_t i = 0u;

    while (i < length && word[i] != '\0' && (uint8_t)word[i] == bytes[i]) {
        i++;
    }
    return i == length && word[i] == '\0';
}

static void obey(uint32_t length)
{
    uint8_t word[8];
    const uint32_t kept = length < sizeof word ? length : (uint32_t)sizeof word;

    if (!packet_read(word, kept) || !packet_skip(length - kept) || !packet_check()) {
        return;
    }
    if (equal("info", word, length)) {
        answer(write_info);
    } else if (equal("times", word, length)) {
        answer(timing_report);
    } else if (equal("reset", word, length)) {
        network_reset();
        timing_clear();
        samples = 0u;
        answer(write_ok);
    } else {
        print_line("error: unknown command");
    }
}

static void leave(uint32_t length)
{
    if (packet_skip(length) && packet_check()) {
        print_text("image num:");
        print_unsigned(samples);
        print_line("");
#if CONFIG_TIMING
        timing_report();
#endif
        print_line("done");
    }
}

void serial_step(void)
{
    uint32_t type;
    uint32_t length;

    if (!packet_wait(&type, &length)) {
        return;
    }
    switch (type) {
    case FEATURES:
        run_sample(length);
        break;
    case LAYER:
        run_layer(length);
        break;
    case COMMAND:
        obey(length);
        break;
    case BYE:
        leave(length);
        break;
    default:
        if (packet_skip(length) && packet_check()) {
            print_line("error: unknown type of packet");
        }
    }
}

void serial_mode(void)
{
    for (;;) {
        serial_step();
    }
}
