/* Products of two activations. */

#include "inside.h"
#include "kernels.h"

#define CHUNK 32768u /* products of bytes whose sum an int32_t holds */

/* Sum of ``count`` products; b steps on by ``step`` bytes. */
INLINE int32_t dot(const uint8_t *a, int a_unsigned, const uint8_t *b, int b_unsigned,
                   uint32_t step, uint32_t count)
{
    int32_t sum = 0;

#pragma GCC unroll 4
    for (const uint8_t *stop = a + count; a != stop; a++) {
        sum += element(a, 0u, a_unsigned) * element(b, 0u, b_unsigned);
        b += step;
    }
    return sum;
}

INLINE void matmul(const uint8_t *a, int a_unsigned, const uint8_t *b, int b_unsigned,
                   uint8_t *out, const struct matmul *m, int wide)
{
    const uint32_t along = m->transposed ? 1u : m->heads * m->columns;
    const uint32_t across = m->transposed ? m->heads * m->inner : 1u;
    const uint32_t head = m->transposed ? m->inner : m->columns;
    const int64_t half = wide && m->shift ? (int64_t)1 << (m->shift - 1u) : 0;

    for (uint32_t row = 0u; row < m->rows; row++) {
        for (uint32_t h = 0u; h < m->heads; h++) {
            const uint8_t *column = b + h * head;

            for (uint32_t n = 0u; n < m->columns; n++) {
                int32_t value;

                if (wide) {
                    int64_t sum = 0;

                    for (uint32_t k = 0u; k < m->inner; k += CHUNK) {
                        const uint32_t count = m->inner - k < CHUNK ? m->inner - k : CHUNK;

                        sum += dot(a + k, a_unsigned, column + k * along, b_unsigned, along, count);
                    }
                    sum = (sum * m->factor + half) >> m->shift;
                    value = sum > 127 ? 127 : sum < -128 ? -128 : (int32_t)sum;
                } else {
                    const int32_t sum = dot(a, a_unsigned, column, b_unsigned, along, m->inner);

                    value = sum > m->limit ? m->limit : sum < -m->limit ? -m->limit : sum;
                    value = (value * m->factor + m->half) >> m->shift;
                }
                *out++ = (uint8_t)saturated(value, -128);
                column += across;
            }
            a += m->inner;
        }
    }
}

void kernel_matmul(const void *a, int a_unsigned, const void *b, int b_unsigned, void *out,
                   const struct matmul *m)
{
#define MATMUL(first, second) matmul(a, first, b, second, out, m, 0)
    BY_SIGNS(MATMUL, a_unsigned, b_unsigned);
}

void kernel_matmul_wide(const void *a, int a_unsigned, const void *b, int b_unsigned, void *out,
                        const struct matmul *m)
{
    matmul(a, a_unsigned, b, b_unsigned, out, m, 1);
}
