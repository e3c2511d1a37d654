/* Text without a C library; see print.h. */

#include "print.h"
#include "uart.h"

#define DECIMALS 6

static void (*put)(char byte) = uart_put;

void print_to(void (*to)(char byte))
{
    put = to;
}

void print_text(const char *text)
{
    while (*text != '\0') {
        put(*text++);
    }
}

void print_line(const char *text)
{
    print_text(text);
    print_text("\r\n");
}

void print_unsigned(uint32_t value)
{
    char digits[10];
    int count = 0;

    do {
        digits[count++] = (char)('0' + value % 10u);
        value /= 10u;
    } while (value != 0u);
    while (count > 0) {
        put(digits[--count]);
    }
}

void print_signed(int32_t value)
{
    if (value < 0) {
        put('-');
        print_unsigned(0u - (uint32_t)value);
    } else {
        print_unsigned((uint32_t)value);
    }
}

void print_hex(uint32_t value)
{
    for (int shift = 28; shift >= 0; shift -= 4) {
        put("0123456789abcdef"[(value >> shift) & 15u]);
    }
}

void print_ratio(uint32_t part, uint32_t whole)
{
    uint32_t integer = part / whole;
    uint32_t rest = part % whole;
    uint32_t fraction = 0u;
    uint32_t unit = 1u;

    for (int i = 0; i < DECIMALS; i++) { /* long division, one decimal at a time */
        rest *= 10u;
        fraction = fraction * 10u + rest / whole;
        rest %= whole;
        unit *= 10u;
    }
    if (2u * rest > whole || (2u * rest == whole && (fraction & 1u) != 0u)) {
        fraction++;
    }
    if (fraction == unit) {
        fraction = 0u;
        integer++;
    }
    print_unsigned(integer);
    put('.');
    for (unit /= 10u; unit != 0u; unit /= 10u) {
        put((char)('0' + fraction / unit % 10u));
    }
}
