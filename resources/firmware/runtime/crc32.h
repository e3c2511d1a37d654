/* CRC-32 as in zip and PNG: polynomial 0xedb88320 reflected, start and end inverted. */

#ifndef CRC32_H
#define CRC32_H

#include <stdint.h>

/* Continue ``crc`` (0 to begin with) over ``count`` bytes. */
uint32_t crc32(uint32_t crc, const void *bytes, uint32_t count);

#endif
