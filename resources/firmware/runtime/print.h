/* Text without a C library: strings and integers only, CRLF line ends. */

#ifndef PRINT_H
#define PRINT_H

#include <stdint.h>

/* Where the text goes from now on; to uart_put() in the beginning. */
void print_to(void (*to)(char byte));

void print_text(const char *text);

/* The text and a line end. */
void print_line(const char *text);

void print_unsigned(uint32_t value);
void print_signed(int32_t value);

/* Eight lower-case hexadecimal digits. */
void print_hex(uint32_t value);

/* part / whole (part <= whole, 0 < whole < 2^27) with six decimals, rounded half to even.
 * In integers, so that neither a float library nor 64-bit division is needed. */
void print_ratio(uint32_t part, uint32_t whole);

#endif
