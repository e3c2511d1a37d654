#include "matrix.h"

#define COLUMNS 8u      /* computed together, so that they share the work on the inputs */
#define CHUNK 128u      /* inputs at a time: an int32_t holds so many products of 255 * 32768 */
#define LIMIT (1 << 30) /* far beyond what any gain leaves inside -128..127 */

/* An encoded input that is not 0, and where its row of weights begins. */
struct term {
    int32_t x;
    uint32_t at;
};

static inline int32_t clamped(int32_t value, int32_t low, int32_t high)
{
    return value < low ? low : value > high ? high : value;
}

static int32_t limited(int64_t value)
{
    return value > LIMIT ? LIMIT : value < -LIMIT ? -LIMIT : (int32_t)value;
}

/* R(sum / 2**shift): (4 * sum / gain truncated toward zero, plus 2) >> 2, clipped to low..127. */
static int32_t rounded(int32_t sum, uint32_t shift, int32_t low)
{
    const uint32_t bits = shift - 2u;
    const int32_t quarters = (sum + ((sum >> 31) & ((1 << bits) - 1))) >> bits;

    return clamped((quarters + 2) >> 2, low, 127);
}

/* Terms of elements ``first`` .. ``last`` (exclusive, counted from the matrix's first) at one
 * window position; how many there are. */
static uint32_t gather(const struct matrix *m, const struct window *g, const void *in,
                       uint32_t position_w, uint32_t position_h, uint32_t first, uint32_t last,
                       struct term *terms)
{
    const uint32_t is_unsigned = g->is_unsigned;
    const uint32_t shift = m->input_shift;
    const uint32_t columns = m->columns;
    uint32_t tap = (m->element_start + first) / m->channels;
    uint32_t channel = (m->element_start + first) % m->channels;
    struct term *next = terms;

    for (uint32_t i = first; i < last; tap++) { /* a tap's channels lie side by side */
        /* Before the tensor's begin these wrap around to numbers beyond its end. */
        const uint32_t w = position_w * g->stride_width
                           + tap / g->kernel_height * g->dilation_width - g->pad_width;
        const uint32_t h = position_h * g->stride_height
                           + tap % g->kernel_height * g->dilation_height - g->pad_height;
        const int inside = w < g->in_width && h < g->in_height;
        const uint8_t *from = (const uint8_t *)in;
        uint32_t end = i + m->channels - channel;

        if (inside) {
            from += (w * g->in_height + h) * g->in_channels + m->in_channel + channel;
        }
        if (end > last) {
            end = last;
        }
        for (channel = 0u; i < end; i++) {
            int32_t x = 0;
            uint32_t row = i;

            if (inside) {
                x = *from++;
                x = is_unsigned ? x : (int32_t)(int8_t)x;
                x = (int32_t)((uint32_t)x << shift);
            }
            if (i < m->signed_elements) {
                x = clamped(x, -255, 255);
                if (x < 0 && m->mirrored) {
                    x = -x;
                    row += m->element_count;
                }
            } else {
                x = clamped(x, m->low, m->high) + m->offset;
            }
            if (x != 0) {
                next->x = x;
                next->at = row * columns;
                next++;
            }
        }
    }
    return (uint32_t)(next - terms);
}

#define ADD(j) sum##j += x * row[j];
#define TOTAL(j) total[j] += sum##j;

/* total[j] += the terms' products with COLUMNS columns, or with one, from ``weights`` on. */
#define DEFINE_PRODUCTS(suffix, type)                                                              \
    static void eight_##suffix(const struct term *terms, uint32_t count, const type *weights,      \
                               int64_t *total)                                                     \
    {                                                                                              \
        int32_t sum0 = 0, sum1 = 0, sum2 = 0, sum3 = 0, sum4 = 0, sum5 = 0, sum6 = 0, sum7 = 0;    \
                                                                                                   \
        for (const struct term *end = terms + count; terms != end; terms++) {                      \
            const int32_t x = terms->x;                                                            \
            const type *row = weights + terms->at;                                                 \
            ADD(0) ADD(1) ADD(2) ADD(3) ADD(4) ADD(5) ADD(6) ADD(7)                                \
        }                                                                                          \
        TOTAL(0) TOTAL(1) TOTAL(2) TOTAL(3) TOTAL(4) TOTAL(5) TOTAL(6) TOTAL(7)                    \
    }                                                                                              \
                                                                                                   \
    static int32_t one_##suffix(const struct term *terms, uint32_t count, const type *weights)     \
    {                                                                                              \
        int32_t sum = 0;                                                                           \
                                                                                                   \
        for (const struct term *end = terms + count; terms != end; terms++) {                      \
            sum += terms->x * weights[terms->at];                                                  \
        }                                                                                          \
        return sum;                                                                                \
    }

DEFINE_PRODUCTS(bytes, int8_t)
DEFINE_PRODUCTS(words, int16_t)

static void products(const struct matrix *m, const struct term *terms, uint32_t count,
                     uint32_t column, uint32_t columns, int64_t *total)
{
    const int8_t *bytes = (const int8_t *)m->weights + column;
    const int16_t *words = (const int16_t *)m->weights + column;

    if (columns == COLUMNS) {
        if (m->words) {
            eight_words(terms, count, words, total);
        } else {
            eight_bytes(terms, count, bytes, total);
        }
        return;
    }
    for (uint32_t j = 0u; j < columns; j++) {
        total[j] += m->words ? one_words(terms, count, words + j)
                             : one_bytes(terms, count, bytes + j);
    }
}

/* What is done with the sums of ``count`` columns at one position. */
typedef void use(const struct matrix *m, uint32_t column, uint32_t count, const int64_t *total,
                 void *to);

/* All columns at one window position. */
static void multiply(const struct matrix *m, const struct window *g, const void *in,
                     uint32_t position_w, uint32_t position_h, use *use_sums, void *to)
{
    struct term terms[CHUNK];
    uint32_t found = 0u;

    for (uint32_t column = 0u; column < m->columns; column += COLUMNS) {
        const uint32_t left = m->columns - column;
        const uint32_t count = left < COLUMNS ? left : COLUMNS;
        int64_t total[COLUMNS] = {0};

        for (uint32_t first = 0u; first < m->element_count; first += CHUNK) {
            const uint32_t rest = m->element_count - first;
            const uint32_t last = first + (rest < CHUNK ? rest : CHUNK);

            /* A window that is one chunk is gathered once. */
            if (column == 0u || m->element_count > CHUNK) {
                found = gather(m, g, in, position_w, position_h, first, last, terms);
            }
            products(m, terms, found, column, count, total);
        }
        use_sums(m, column, count, total, to);
    }
}

static void to_bytes(const struct matrix *m, uint32_t column, uint32_t count, const int64_t *total,
                     void *to)
{
    int8_t *out = (int8_t *)to + column;

    for (uint32_t j = 0u; j < count; j++) {
        const int32_t sum = limited(total[j] + (m->bias ? m->bias[column + j] : 0));

        out[j] = (int8_t)rounded(sum, m->gain_shift, m->relu ? 0 : -128);
    }
}

static void to_sums(const struct matrix *m, uint32_t column, uint32_t count, const int64_t *total,
                    void *to)
{
    int32_t *out = (int32_t *)to + column;

    (void)m;
    for (uint32_t j = 0u; j < count; j++) {
        out[j] = limited(total[j] * 256);
    }
}

void kernel_matrix(const struct matrix *matrix, const struct window *window, const void *in,
                   void *out)
{
    int8_t *target = (int8_t *)out + matrix->out_channel;

    for (uint32_t w = 0u; w < window->out_width; w++) {
        for (uint32_t h = 0u; h < window->out_height; h++) {
            multiply(matrix, window, in, w, h, to_bytes, target);
            target += window->out_channels;
        }
    }
}

void kernel_matrix_sums(const struct matrix *matrix, const struct window *window, const void *in,
                        int32_t *sums, uint32_t first_width, uint32_t first_height,
                        uint32_t width, uint32_t height)
{
    for (uint32_t w = first_width; w < first_width + width; w++) {
        for (uint32_t h = first_height; h < first_height + height; h++) {
            multiply(matrix, window, in, w, h, to_sums, sums);
            sums += matrix->columns;
        }
    }
}
