/* Products of a sliding window with weights the CPU holds: exact for every int16 weight. */

#ifndef MATRIX_H
#define MATRIX_H

#include <stdint.h>

/* A sliding window over a tensor of width x height x channels bytes, channels fastest. */
struct window {
    uint32_t in_width, in_height, in_channels;
    uint32_t out_width, out_height, out_channels;
    uint32_t kernel_width, kernel_height;
    uint32_t stride_width, stride_height;
    uint32_t dilation_width, dilation_height;
    uint32_t pad_width, pad_height; /* before the first element, zeros */
    uint32_t is_unsigned;           /* input bytes are uint8_t, else int8_t */
};

/* Weights for elements element_start .. element_start + element_count of a window over
 * ``channels`` channels from in_channel, in the order (w, h, c). Each element becomes
 * x << input_shift, saturated to low .. high, plus offset; the first ``signed_elements`` of them
 * are saturated to -255..255 instead, and get no offset. Where ``mirrored``, negative ones among
 * these meet, as -x, a row of their own: element_count + their number. */
struct matrix {
    const void *weights; /* [rows][columns], int16_t where ``words``, else int8_t */
    const int32_t *bias; /* [columns]; null: none */
    uint32_t words;
    uint32_t columns;
    uint32_t in_channel, channels;
    uint32_t element_start, element_count;
    uint32_t signed_elements;
    uint32_t mirrored;
    uint32_t input_shift;
    int32_t low, high, offset;
    uint32_t out_channel;
    uint32_t gain_shift; /* the gain is 2**gain_shift, at least 4 */
    uint32_t relu;
};

/* out[w][h][out_channel + j] = max(sat8(R(sum / gain)), 0 if relu) at every window position. */
void kernel_matrix(const struct matrix *matrix, const struct window *window, const void *in,
                   void *out);

/* The sums themselves, times 256 and saturated to +-2**30, at the positions from first_width and
 * first_height: sums[w][h][j], w < width, h < height. */
void kernel_matrix_sums(const struct matrix *matrix, const struct window *window, const void *in,
                        int32_t *sums, uint32_t first_width, uint32_t first_height,
                        uint32_t width, uint32_t height);

#endif
