/* Comparisons of wchar_t and strings of them (compare.h). */
#include "string/vector.h"
#ifndef VECTOR_BLOCKS_ONLY
#define ELEMENT_BITS 32
#include "libc-musl-patched/native/string/compare.h"
#endif
