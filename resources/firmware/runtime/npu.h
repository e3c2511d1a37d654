/* The emulated NPU: registers and the array-operation descriptor.
 *
 * The chip's maker does not publish its NPU's registers, so these are CIM Studio's own, served
 * by its emulator. On a board, replace npu_emulator.c by a driver for the maker's library: the
 * rest of the firmware only calls the three functions below. */

#ifndef NPU_H
#define NPU_H

#include <stdint.h>

#define NPU_ID_VALUE 0x43494d33u /* "CIM3" */

/* Offsets of the registers, 32 bits each. */
#define NPU_REG_ID 0x00u     /* read only: NPU_ID_VALUE */
#define NPU_REG_DESC 0x04u   /* bus address of a descriptor, 4-byte aligned */
#define NPU_REG_START 0x08u  /* write 1: run the descriptor */
#define NPU_REG_STATUS 0x0cu /* NPU_STATUS_*; writing clears it */
#define NPU_REG_ERROR 0x10u  /* NPU_ERROR_* of the last failed operation */
#define NPU_REG_TAG 0x14u    /* read only: CRC-32 of the map file on the array */

#define NPU_STATUS_IDLE 0u
#define NPU_STATUS_DONE 1u
#define NPU_STATUS_ERROR 2u

#define NPU_ERROR_NONE 0u
#define NPU_ERROR_DESCRIPTOR 1u   /* not in readable memory, or a field is out of range */
#define NPU_ERROR_MEMORY 2u       /* input or output leaves the SRAM */
#define NPU_ERROR_ARRAY 3u        /* rows or columns leave the array or cross a bank */
#define NPU_ERROR_UNPROGRAMMED 4u /* a cell of the block was never programmed */

#define NPU_INPUT_UNSIGNED 1u  /* input bytes are uint8_t, else int8_t */
#define NPU_ENCODE_PN 2u       /* feed max(x, 0), then max(-x, 0) */
#define NPU_ENCODE_SHIFT 4u    /* feed x + 128 */
#define NPU_ACCUMULATE 8u      /* out = sat8(out + y) instead of out = y */
#define NPU_RELU 16u           /* out = max(out, 0), after accumulating */
#define NPU_ENCODE_PARTIAL 32u /* the first signed_elements as with PN, the others as with SHIFT */
#define NPU_REPEAT 64u         /* do every round twice and take the mean, rounded down */
#define NPU_ADDEND 128u        /* add int32 numbers from the SRAM before rounding */
#define NPU_ADDEND_APART 256u  /* round them by themselves; only together with NPU_ADDEND */

/* One block of weights over a whole sliding window. Offsets are bytes in the NPU's SRAM. A round
 * computes points_width x points_height neighbouring positions from the union of their windows,
 * fed copies times to the rows; 1 each is the plain case. Every field is explained in CIM
 * Studio's studio/chip/npu.py. */
struct npu_op {
    uint32_t flags;
    uint32_t input;
    uint32_t in_width;
    uint32_t in_height;
    uint32_t in_channels;
    uint32_t in_channel;
    uint32_t channels;
    uint32_t kernel_width;
    uint32_t kernel_height;
    uint32_t stride_width;
    uint32_t stride_height;
    uint32_t dilation_width;
    uint32_t dilation_height;
    uint32_t pad_width;
    uint32_t pad_height;
    uint32_t points_width;
    uint32_t points_height;
    uint32_t output;
    uint32_t out_width;
    uint32_t out_height;
    uint32_t out_channels;
    uint32_t out_channel;
    uint32_t element_start;
    uint32_t element_count;
    uint32_t copies;
    uint32_t array;
    uint32_t row;
    uint32_t rows;
    uint32_t column;
    uint32_t columns;
    uint32_t bias_row;
    uint32_t bias_rows;
    uint32_t gain;
    uint32_t in_pitch;  /* heights of the tensors these are part of; 0: their own */
    uint32_t out_pitch;
    uint32_t input_shift;
    uint32_t signed_elements;
    uint32_t addend;
    uint32_t addend_columns;
};

/* Read who answers at the NPU's address; NPU_ID_VALUE if it is ours. */
uint32_t npu_id(void);

/* CRC-32 of the map file the array was programmed with. */
uint32_t npu_tag(void);

/* Run one descriptor to its end; NPU_ERROR_NONE or the reason why it failed. */
uint32_t npu_run(const struct npu_op *op);

#endif
