/* What all modes print: whether the array is the right one, outputs, faults. */

#ifndef REPORT_H
#define REPORT_H

#include <stdint.h>

#include "network.h"

/* Print the tag of this firmware's weights and compare the array's; 0 after printing why not. */
int report_array(void);

/* Print why a run failed. */
void report_fault(const struct network_fault *fault);

/* Element ``index`` of a tensor. */
int32_t report_value(const struct network_tensor *tensor, uint32_t index);

/* Index of the largest value, the first of equals; a single value counts as above 0 or not. */
uint32_t report_result(const struct network_tensor *tensor);

/* Print the rest of a sample's line: the outputs' CRC-32 and, where they are few, themselves. */
void report_outputs(void);

/* Set the states back where the network wants that before sample number ``sample``. */
void report_begin(uint32_t sample);

#endif
