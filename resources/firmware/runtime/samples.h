/* The samples built into the firmware, one at a time. */

#ifndef SAMPLES_H
#define SAMPLES_H

#include <stdint.h>

/* Copy sample number ``sample`` into the network's inputs; nothing where there is no such. How many
 * there are is testset_samples (testset.h). */
void samples_load(uint32_t sample);

/* The class of a sample; -1 where it has none. */
int32_t samples_label(uint32_t sample);

#endif
