/* Operations of the analog array: descriptors for the NPU, piece by piece where a tensor does not
 * lie in its SRAM as a whole, and what the CPU adds to them. */

#ifndef ARRAY_H
#define ARRAY_H

#include <stdint.h>

#include "matrix.h"
#include "npu.h"

struct network_fault;

/* One of both: a block the NPU runs, or the rest of mixed weights, times 1/256, whose sums the CPU
 * leaves where the next blocks add them. */
struct array_step {
    const struct npu_op *block;
    const struct matrix *rest;
};

/* One operation. Its blocks say the whole tensors' sizes, and where in the SRAM ``input`` and
 * ``output`` are: the whole tensors where in place, else room for a piece of each. */
struct array_layer {
    const char *name;
    struct window window;
    const struct array_step *steps;
    uint32_t step_count;
    const struct matrix *digital; /* all on the CPU */
    uint32_t digital_count;
    uint32_t input, output, addend; /* byte offsets in the SRAM */
    uint32_t in_place_input, in_place_output;
    uint32_t piece_width, piece_height; /* output positions computed at a time */
};

/* Compute ``out`` from ``in``, both whole tensors; 0 on failure, with ``fault`` filled in. Where
 * the layer says in place, they are the bytes in the SRAM it says. */
int array_run(const struct array_layer *layer, const uint8_t *in, uint8_t *out,
              struct network_fault *fault);

#endif
