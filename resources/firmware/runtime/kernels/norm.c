/* Normalization with statistics of the sample itself. Sums are exact integers; what is not is
 * rounded in the order that studio/quantize/qcpu.py states. Values are taken as x + 128 where x is
 * signed: distances from the mean do not feel it. */

#include "inside.h"
#include "kernels.h"
#include "real.h"

/* Elements of one group, n of them: ``width`` channels over norm->positions positions. */
struct group {
    const uint8_t *x;
    uint32_t width, n, flip;
    uint32_t sum;
    uint64_t spread; /* n times the sum of squares, less the square of the sum */
};

static void measure(struct group *group, const struct norm *norm)
{
    const uint8_t *from = group->x;
    uint64_t squares = 0u;

    group->sum = 0u;
    for (uint32_t position = 0u; position < norm->positions; position++) {
        uint32_t row = 0u;

#pragma GCC unroll 4
        for (uint32_t c = 0u; c < group->width; c++) {
            const uint32_t value = from[c] ^ group->flip;

            group->sum += value;
            row += value * value;
        }
        squares += row;
        from += norm->channels;
    }
    group->spread = group->n * squares - (uint64_t)group->sum * group->sum;
}

/* The definition; ``distance`` is n * x - S. */
static int32_t exactly(int32_t distance, double factor, const struct norm *norm, uint32_t channel)
{
    const double step = factor * norm->gain[channel];
    const double moved = (double)distance * step;

    return real_floor(moved + norm->offset[channel], norm->low, norm->high);
}

static void normalize(const struct group *group, uint8_t *out, const struct norm *norm,
                      uint32_t channel)
{
    const double spread = (double)group->spread;
    const double root = real_sqrt(spread * norm->scale_square + norm->epsilon);
    const double factor = root == 0.0 ? 0.0 : norm->scale / root;
    /* No distance is above 256 * n, nor above sqrt(n * spread): moved left they stay in 32 bits. */
    const int32_t most = (int32_t)norm->count_bits + 8;
    const int32_t above = (real_exponent(spread) + 2 + (int32_t)norm->count_bits) >> 1;
    const int32_t left = group->spread == 0u ? 0 : 31 - (above < most ? above : most);
    const int32_t fixed =
        real_scaled(factor, norm->points + 32 - left, -(1 << 30), 1 << 30);
    const uint32_t n = group->n << left, sum = group->sum << left;
    const uint8_t *from = group->x;

    for (uint32_t position = 0u; position < norm->positions; position++) {
        const int32_t *gain = norm->fixed_gain + channel, *offset = norm->fixed_offset + channel;

        for (uint32_t c = 0u; c < group->width; c++) {
            const uint32_t value = from[c] ^ group->flip;
            const int32_t normal = high_product((int32_t)(n * value - sum), fixed);
            const int32_t y = (high_product(normal * 8, gain[c]) >> norm->right) + offset[c];
            int32_t result = y >> 16;

            if (__builtin_expect(!real_sure(y, norm->band), 0)) {
                const int32_t distance = (int32_t)(group->n * value - group->sum);

                result = exactly(distance, factor, norm, channel + c);
            } else if (result < norm->low) {
                result = norm->low;
            } else if (result > norm->high) {
                result = norm->high;
            }
            out[c] = (uint8_t)result;
        }
        from += norm->channels;
        out += norm->channels;
    }
}

void kernel_norm(const void *x, int x_unsigned, void *out, const struct norm *norm)
{
    struct group group;

    group.width = norm->channels / norm->groups;
    group.n = norm->positions * group.width;
    group.flip = flip_of(x_unsigned);
    for (uint32_t block = 0u; block < norm->blocks; block++) {
        const uint32_t start = block * norm->positions * norm->channels;

        for (uint32_t first = 0u; first < norm->channels; first += group.width) {
            group.x = (const uint8_t *)x + start + first;
            measure(&group, norm);
            normalize(&group, (uint8_t *)out + start + first, norm, first);
        }
    }
}
