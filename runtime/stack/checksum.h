/* The 64-bit checksum of frame maps and portable thread states.
 *
 * It finds damage, not malice: random damage is missed once in 2^64 times. A word
 * is mixed in with a number that belongs to its place, so no two changes cancel
 * whatever the contents; who knows contents and function can find some that do.
 */
#ifndef POPCORN_STACK_CHECKSUM_H
#define POPCORN_STACK_CHECKSUM_H

#include <stdint.h>

uint64_t checksum64(const void *bytes, uint64_t size_bytes);

/* Of a header, its own checksum left out or zero, and the body behind it. */
uint64_t checksum64_headed(const void *header, uint64_t header_bytes,
                           const void *body, uint64_t body_bytes);

#endif
