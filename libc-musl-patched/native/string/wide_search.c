/* Searches in strings of wchar_t (search.h). */
#include "string/vector.h"
#ifndef VECTOR_BLOCKS_ONLY
#define ELEMENT_BITS 32
#include "libc-musl-patched/native/string/search.h"
#endif
