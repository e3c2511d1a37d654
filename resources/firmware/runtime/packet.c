/* Packets on the serial line; see packet.h. */

#include "packet.h"

#include "chip.h"
#include "cycles.h"
#include "print.h"
#include "uart.h"

#define SYNC 0xccu
#define READY 0xcdu
#define POLLS 64u /* of the UART between two looks at the clock, which cost more */
#define MISSING (PACKET_SECONDS * CHIP_CLOCK_HZ) /* cycles without a byte that end a packet */
#define QUIET (CHIP_CLOCK_HZ / 20u)              /* cycles without a byte that end garbage */

static uint32_t sum; /* of the payload, as far as it was read or sent */

/* Wait for at least one byte and take what there is; 0 when none comes for ``cycles``. */
static uint32_t take_within(uint8_t *to, uint32_t size, uint32_t cycles)
{
    uint32_t count = uart_take(to, size);

    if (count == 0u) {
        const uint32_t since = cycles_now();

        do {
            for (uint32_t i = 0u; i < POLLS && count == 0u; i++) {
                count = uart_take(to, size);
            }
        } while (count == 0u && cycles_now() - since < cycles);
    }
    return count;
}

/* Read ``size`` bytes; 0 after saying that they do not come. */
static int get(uint8_t *to, uint32_t size)
{
    while (size > 0u) {
        const uint32_t count = take_within(to, size, MISSING);

        if (count == 0u) {
            print_line("error: the packet ends too early");
            return 0;
        }
        to += count;
        size -= count;
    }
    return 1;
}

/* Drop what comes until nothing does: what comes after that begins a packet. */
static int drop(const char *why)
{
    uint8_t byte;

    print_line(why);
    while (take_within(&byte, 1u, QUIET) > 0u) {
    }
    return 0;
}

int packet_wait(uint32_t *type, uint32_t *length)
{
    uint8_t byte;

    while ((byte = uart_get()) == SYNC) {
        uart_put((char)READY);
    }
    sum = 0u;
    *type = 0u;
    *length = 0u;
    for (uint32_t i = 0u; i < 4u; i++) {
        if (i > 0u && !get(&byte, 1u)) {
            return 0;
        }
        if (byte > 0x7fu) {
            return drop("error: this is no packet");
        }
        *type |= (uint32_t)byte << (8u * i);
    }
    for (uint32_t i = 0u; i < 4u; i++) {
        if (!get(&byte, 1u)) {
            return 0;
        }
        *length = *length << 8 | byte;
    }
    return *length <= PACKET_MAX ? 1 : drop("error: the packet is too long");
}

int packet_read(uint8_t *to, uint32_t size)
{
    if (!get(to, size)) {
        return 0;
    }
    for (uint32_t i = 0u; i < size; i++) {
        sum += to[i];
    }
    return 1;
}

int packet_skip(uint32_t size)
{
    uint8_t byte;

    for (uint32_t i = 0u; i < size; i++) {
        if (!packet_read(&byte, 1u)) {
            return 0;
        }
    }
    return 1;
}

int packet_check(void)
{
    uint32_t given = 0u;
    uint8_t byte;

    for (uint32_t i = 0u; i < 4u; i++) {
        if (!get(&byte, 1u)) {
            return 0;
        }
        given |= (uint32_t)byte << (8u * i);
    }
    if (given != sum) {
        print_line("error: the packet's checksum is wrong");
        return 0;
    }
    return 1;
}

static void put_number(uint32_t value)
{
    for (uint32_t i = 0u; i < 4u; i++) {
        uart_put((char)(value >> (8u * i) & 0xffu));
    }
}

void packet_begin(uint32_t type, uint32_t length)
{
    put_number(type);
    put_number(length);
    sum = 0u;
}

void packet_put(char byte)
{
    uart_put(byte);
    sum += (uint8_t)byte;
}

void packet_end(void)
{
    put_number(sum);
}
