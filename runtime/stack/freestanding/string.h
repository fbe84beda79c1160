/* See stdlib.h. */
#ifndef POPCORN_FREESTANDING_STRING_H
#define POPCORN_FREESTANDING_STRING_H

#include <stddef.h>

void *memcpy(void *to, const void *from, size_t size_bytes);
void *memset(void *to, int byte, size_t size_bytes);
int memcmp(const void *left, const void *right, size_t size_bytes);

#endif
