/* Cycles that each layer takes; see timing.h. */

#include "timing.h"

#include <stdint.h>

#include "chip.h"
#include "config.h"
#include "cycles.h"
#include "network.h"
#include "print.h"

#if CONFIG_TIMING || CONFIG_MODE_SERIAL

struct span {
    uint64_t sum;
    uint32_t least;
    uint32_t most;
};

static struct span layers[NETWORK_LAYERS];
static struct span total;
static uint32_t runs;
static uint32_t begun; /* when the run began */
static uint32_t mark;  /* when the last layer ended */

static void add(struct span *span, uint32_t cycles, int is_first)
{
    span->sum += cycles;
    if (is_first || cycles < span->least) {
        span->least = cycles;
    }
    if (is_first || cycles > span->most) {
        span->most = cycles;
    }
}

/* value / by, rounded to nearest, for quotients below 2^32; without a library's division. */
static uint32_t divide(uint64_t value, uint32_t by)
{
    uint64_t rest = 0u;
    uint32_t quotient = 0u;

    value += by / 2u;
    for (int bit = 63; bit >= 0; bit--) {
        rest = (rest << 1) | ((value >> bit) & 1u);
        quotient <<= 1;
        if (rest >= by) {
            rest -= by;
            quotient |= 1u;
        }
    }
    return quotient;
}

static void print_span(const char *name, const struct span *span)
{
    const uint32_t mean = divide(span->sum, runs);

    print_text(name);
    print_text(": ");
    print_unsigned(divide((uint64_t)mean * 1000000u, CHIP_CLOCK_HZ));
    print_text(" us (");
    print_unsigned(mean);
    print_text(" cycles");
    if (span->least != span->most) {
        print_text(", ");
        print_unsigned(span->least);
        print_text(" to ");
        print_unsigned(span->most);
    }
    print_line(")");
}

/* Called by network_run() after each layer. */
void network_layer_done(uint32_t index)
{
    const uint32_t now = cycles_now();

    add(&layers[index], now - mark, runs == 0u);
    mark = cycles_now(); /* not what the counting took */
}

void timing_start(void)
{
    begun = cycles_now();
    mark = begun;
}

void timing_stop(void)
{
    add(&total, cycles_now() - begun, runs == 0u);
    runs++;
}

void timing_clear(void)
{
    for (uint32_t i = 0u; i < NETWORK_LAYERS; i++) {
        layers[i].sum = 0u;
    }
    total.sum = 0u;
    runs = 0u;
}

void timing_report(void)
{
    uint32_t tenths;

    if (runs == 0u) {
        return;
    }
    for (uint32_t i = 0u; i < NETWORK_LAYERS; i++) {
        print_span(network_layers[i].name, &layers[i]);
    }
    print_span("total", &total);
    /* At least one cycle, so that a counter that stands still divides by nothing. */
    tenths = divide((uint64_t)CHIP_CLOCK_HZ * 10u, divide(total.sum, runs) | 1u);
    print_text("rate: ");
    print_unsigned(tenths / 10u);
    print_text(".");
    print_unsigned(tenths % 10u);
    print_line(" samples/s");
}

#else

void timing_start(void)
{
}

void timing_stop(void)
{
}

void timing_clear(void)
{
}

void timing_report(void)
{
}

#endif
