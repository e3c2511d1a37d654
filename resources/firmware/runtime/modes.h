/* What the firmware can do; CONFIG_MODE_* of config.h chooses one. */

#ifndef MODES_H
#define MODES_H

/* Run every built-in sample once and print what came out. */
void testset_mode(void);

/* Answer packets of the serial line for ever; packet.h describes them. */
void serial_mode(void);

/* Wait for one packet and answer it: what serial_mode does again and again. */
void serial_step(void);

/* Run the built-in samples again and again, LIVE_PERIOD_MS apart; without samples, return. */
void live_mode(void);

#endif
