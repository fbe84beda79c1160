/* Comparisons of bytes and strings of them (compare.h), also without regard to the
 * case of ASCII's letters: musl's locales have no others in single bytes. */
#include "string/vector.h"
#ifndef VECTOR_BLOCKS_ONLY
#define ELEMENT_BITS 8
#include "libc-musl-patched/native/string/compare.h"

int NAME(strcasecmp)(const char *a, const char *b)
{
    return compare_strings(a, b, SIZE_MAX, IN_ANY_CASE);
}

int NAME(strncasecmp)(const char *a, const char *b, size_t n)
{
    return compare_strings(a, b, n, IN_ANY_CASE);
}
#endif
