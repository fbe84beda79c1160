/* What <xxhash.h> names of the C library, which is not there inside members.
 * Nothing that is called from checksum.c needs it. */
#ifndef POPCORN_FREESTANDING_STDLIB_H
#define POPCORN_FREESTANDING_STDLIB_H

#include <stddef.h>

void *malloc(size_t size_bytes);
void free(void *memory);

#endif
