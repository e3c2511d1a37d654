/* Cycles that each layer takes, counted over runs of the network.
 *
 * Only with CONFIG_TIMING or CONFIG_MODE_SERIAL; otherwise these do nothing. */

#ifndef TIMING_H
#define TIMING_H

/* Before network_run(). */
void timing_start(void);

/* After it: the run counts. */
void timing_stop(void);

/* Forget all runs. */
void timing_clear(void);

/* A line "NAME: 123 us (2952 cycles)" for each layer, the mean of all runs, with the least and the
 * most where they differ; then the total and how many samples a second that makes. */
void timing_report(void);

#endif
