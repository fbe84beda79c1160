/* The 64-bit checksum of frame maps and portable thread states.
 *
 * It finds damage, not malice: eight bytes that differ always change it, any
 * other damage with all but 2^-64 probability. Two cycles a byte or less, no
 * tables.
 */
#ifndef POPCORN_STACK_TRANSFORM_CHECKSUM_H
#define POPCORN_STACK_TRANSFORM_CHECKSUM_H

#include <stdint.h>

uint64_t checksum64(const void *bytes, uint64_t size_bytes);

/* Of a header, its own checksum left out or zero, and the body behind it. */
uint64_t checksum64_headed(const void *header, uint64_t header_bytes,
                           const void *body, uint64_t body_bytes);

#endif
