/* The samples built into the firmware; see samples.h. */

#include "samples.h"

#include <stddef.h>

#include "mem.h"
#include "network.h"
#include "testset.h"

/* That there are none is asked here, so that the build sees when samples are wanted. */
void samples_load(uint32_t sample)
{
    if (sample >= testset_samples) {
        return;
    }
    for (uint32_t i = 0u; i < NETWORK_INPUTS; i++) {
        const uint32_t size = network_inputs[i].size;

        memcpy(network_inputs[i].data, testset_inputs[i] + (size_t)sample * size, size);
    }
}

int32_t samples_label(uint32_t sample)
{
    return testset_labelled && sample < testset_samples ? (int32_t)testset_labels[sample] : -1;
}
