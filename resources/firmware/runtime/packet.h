/* Packets on the serial line, between lines of text.
 *
 *     type[4] ASCII, length int32, payload, checksum int32 = sum of the payload's bytes
 *
 * To the board the length is sent most significant byte first, from it least significant first;
 * checksums are least significant first. While it waits for a packet the board answers 0xCC by
 * 0xCD, so that the host knows that it listens. Inside a packet PACKET_SECONDS without a byte end
 * it: what came of it is dropped. What is wrong is told in a line "error: ...". */

#ifndef PACKET_H
#define PACKET_H

#include <stdint.h>

#define PACKET_SECONDS 2u
#define PACKET_MAX 0x40000u /* bytes of payload; longer ones are no packets */

/* A type as one number: the four characters, the first one lowest. */
#define PACKET_TYPE(a, b, c, d) \
    ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)

/* Wait for a packet's header, answering 0xCC; 0 when what came is none, after dropping it. */
int packet_wait(uint32_t *type, uint32_t *length);

/* Read ``size`` bytes of payload; 0 when they do not come. */
int packet_read(uint8_t *to, uint32_t size);

/* Read ``size`` bytes of payload and keep none; 0 when they do not come. */
int packet_skip(uint32_t size);

/* Read the checksum; 0 when it does not come or is not the payload's. */
int packet_check(void);

/* Send a packet: its header, its payload byte by byte, its checksum. */
void packet_begin(uint32_t type, uint32_t length);
void packet_put(char byte);
void packet_end(void);

#endif
