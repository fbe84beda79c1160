/* See stdlib.h. memcpy and memset are in runtime/base/compiler_calls.h. */
#ifndef POPCORN_FREESTANDING_STRING_H
#define POPCORN_FREESTANDING_STRING_H

#include <stddef.h>

int memcmp(const void *left, const void *right, size_t size_bytes);

#endif
