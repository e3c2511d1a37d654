#include "array.h"

#include "chip.h"
#include "mem.h"
#include "network.h"

#define SRAM(offset) ((uint8_t *)(uintptr_t)(CHIP_NPU_SRAM + (offset)))

/* Along one axis: a piece of the output, and the part of the input its windows touch. */
struct span {
    uint32_t first, count; /* output positions */
    uint32_t from, length; /* input elements */
    uint32_t pad;          /* zeros before ``from`` */
};

static struct span span_of(uint32_t first, uint32_t piece, uint32_t positions, uint32_t size,
                           uint32_t kernel, uint32_t stride, uint32_t dilation, uint32_t pad)
{
    struct span s;
    uint32_t start, end; /* of the windows, counted from the first padding zero */

    s.first = first;
    s.count = positions - first < piece ? positions - first : piece;
    start = first * stride;
    end = start + (s.count - 1u) * stride + (kernel - 1u) * dilation + 1u;
    if (end <= pad || start >= pad + size) {
        /* Zeros only; one element must be there, behind all windows. */
        s.from = 0u;
        s.length = 1u;
        s.pad = end - start;
        return s;
    }
    s.from = start > pad ? start - pad : 0u;
    s.length = (end - pad < size ? end - pad : size) - s.from;
    s.pad = start < pad ? pad - start : 0u;
    return s;
}

static void copy_in(const struct array_layer *layer, const uint8_t *in, const struct span *w,
                    const struct span *h)
{
    const uint32_t channels = layer->window.in_channels;
    uint8_t *to = SRAM(layer->input);

    for (uint32_t i = w->from; i < w->from + w->length; i++) {
        memcpy(to, in + (i * layer->window.in_height + h->from) * channels, h->length * channels);
        to += h->length * channels;
    }
}

static void copy_out(const struct array_layer *layer, uint8_t *out, const struct span *w,
                     const struct span *h)
{
    const uint32_t channels = layer->window.out_channels;
    const uint8_t *from = SRAM(layer->output);

    for (uint32_t i = w->first; i < w->first + w->count; i++) {
        memcpy(out + (i * layer->window.out_height + h->first) * channels, from,
               h->count * channels);
        from += h->count * channels;
    }
}

/* The block, on the part of the tensors that a piece is. */
static struct npu_op cut(const struct array_layer *layer, const struct npu_op *block,
                         const struct span *w, const struct span *h)
{
    struct npu_op op = *block;

    op.in_width = w->length;
    op.in_height = h->length;
    op.pad_width = w->pad;
    op.pad_height = h->pad;
    op.out_width = w->count;
    op.out_height = h->count;
    if (layer->in_place_input) {
        op.in_pitch = layer->window.in_height;
        op.input += (w->from * op.in_pitch + h->from) * op.in_channels;
    }
    if (layer->in_place_output) {
        op.out_pitch = layer->window.out_height;
        op.output += (w->first * op.out_pitch + h->first) * op.out_channels;
    }
    return op;
}

/* All steps on one piece of the output; an NPU_ERROR_*. */
static uint32_t run_piece(const struct array_layer *layer, const uint8_t *in, uint8_t *out,
                          uint32_t first_width, uint32_t first_height)
{
    const struct window *g = &layer->window;
    const struct span w =
        span_of(first_width, layer->piece_width, g->out_width, g->in_width, g->kernel_width,
                g->stride_width, g->dilation_width, g->pad_width);
    const struct span h =
        span_of(first_height, layer->piece_height, g->out_height, g->in_height, g->kernel_height,
                g->stride_height, g->dilation_height, g->pad_height);
    const int whole = layer->in_place_input && layer->in_place_output
                      && w.count == g->out_width && h.count == g->out_height;

    if (!layer->in_place_input) {
        copy_in(layer, in, &w, &h);
    }
    for (uint32_t i = 0u; i < layer->step_count; i++) {
        const struct array_step *step = &layer->steps[i];
        uint32_t error = NPU_ERROR_NONE;

        if (step->rest) {
            kernel_matrix_sums(step->rest, g, in, (int32_t *)(void *)SRAM(layer->addend), w.first,
                               h.first, w.count, h.count);
        } else if (whole) {
            error = npu_run(step->block);
        } else {
            const struct npu_op op = cut(layer, step->block, &w, &h);
            error = npu_run(&op);
        }
        if (error != NPU_ERROR_NONE) {
            return error;
        }
    }
    if (!layer->in_place_output) {
        copy_out(layer, out, &w, &h);
    }
    return NPU_ERROR_NONE;
}

int array_run(const struct array_layer *layer, const uint8_t *in, uint8_t *out,
              struct network_fault *fault)
{
    const struct window *g = &layer->window;

    fault->layer = layer->name;
    fault->error = NPU_ERROR_NONE;
    if (layer->step_count) {
        for (uint32_t w = 0u; w < g->out_width; w += layer->piece_width) {
            for (uint32_t h = 0u; h < g->out_height; h += layer->piece_height) {
                fault->error = run_piece(layer, in, out, w, h);
                if (fault->error != NPU_ERROR_NONE) {
                    return 0;
                }
            }
        }
    }
    for (uint32_t i = 0u; i < layer->digital_count; i++) {
        kernel_matrix(&layer->digital[i], g, in, out);
    }
    return 1;
}
