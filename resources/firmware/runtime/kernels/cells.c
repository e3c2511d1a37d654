/* The new states of recurrent cells. Their tensors are int8_t nearly always; the other case takes
 * one loop for any signs. */

#include "inside.h"
#include "kernels.h"

INLINE int32_t at(struct operand operand, uint32_t index)
{
    return element(operand.data, index, operand.is_unsigned);
}

INLINE void mac(struct operand a, struct operand b, struct operand c, struct operand d,
                uint8_t *out, uint32_t count, const int32_t s[3])
{
    const struct shift first = shift_of(s[0]), second = shift_of(s[1]), last = shift_of(s[2]);

    for (uint32_t i = 0u; i < count; i++) {
        const int32_t ab = shifted(at(a, i) * at(b, i), first);
        const int32_t cd = shifted(at(c, i) * at(d, i), second);

        out[i] = (uint8_t)saturated(shifted(ab + cd, last), -128);
    }
}

void kernel_mac(const struct operand x[4], void *out, uint32_t count, const int32_t s[3])
{
    struct operand a = x[0], b = x[1], c = x[2], d = x[3];

    if (a.is_unsigned || b.is_unsigned || c.is_unsigned || d.is_unsigned) {
        mac(a, b, c, d, out, count, s);
    } else {
        a.is_unsigned = b.is_unsigned = c.is_unsigned = d.is_unsigned = 0;
        mac(a, b, c, d, out, count, s);
    }
}

INLINE void blend(struct operand z, struct operand n, struct operand h, uint8_t *out,
                  uint32_t count, int32_t ones, const int32_t s[3], int mirrored)
{
    const struct shift first = shift_of(s[0]), second = shift_of(s[1]), last = shift_of(s[2]);

    for (uint32_t i = 0u; i < count; i++) {
        const int32_t gate = at(z, i);
        const int32_t zh = shifted(gate * at(h, i), second);

        if (mirrored) {
            const int32_t total = shifted((gate - ones) * at(n, i), first) - zh;

            out[i] = (uint8_t)-saturated(shifted(total, last), -127);
        } else {
            const int32_t total = shifted((ones - gate) * at(n, i), first) + zh;

            out[i] = (uint8_t)saturated(shifted(total, last), -128);
        }
    }
}

void kernel_blend(const struct operand x[3], void *out, uint32_t count, int32_t ones,
                  const int32_t s[3])
{
    struct operand z = x[0], n = x[1], h = x[2];

    if (z.is_unsigned || n.is_unsigned || h.is_unsigned) {
        blend(z, n, h, out, count, ones, s, 0);
    } else {
        z.is_unsigned = n.is_unsigned = h.is_unsigned = 0;
        blend(z, n, h, out, count, ones, s, 0);
    }
}

void kernel_blend_mirrored(const struct operand x[3], void *out, uint32_t count, int32_t ones,
                           const int32_t s[3])
{
    struct operand z = x[0], n = x[1], h = x[2];

    if (z.is_unsigned || n.is_unsigned || h.is_unsigned) {
        blend(z, n, h, out, count, ones, s, 1);
    } else {
        z.is_unsigned = n.is_unsigned = h.is_unsigned = 0;
        blend(z, n, h, out, count, ones, s, 1);
    }
}
