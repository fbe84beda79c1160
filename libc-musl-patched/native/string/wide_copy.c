/* Copies of strings of wchar_t (copy.h), and wmemset. */
#include "string/vector.h"
#ifndef VECTOR_BLOCKS_ONLY
#define ELEMENT_BITS 32
#include "libc-musl-patched/native/string/copy.h"

void *NAME(wmemset)(char *to, element c, size_t n)
{
    char *p = to;
    char *end = to + n * sizeof(element);
    vector v = splat(c);
    if (n * sizeof(element) < VECTOR_BYTES) {
        half_vector half = half_splat32(c);
#if VECTOR_BYTES > 16
        if (end - p >= 16) {
            store16(p, half);
            store16(end - 16, half);
            return to;
        }
#endif
        if (end - p >= 8) {
            store_low8(p, half);
            store_low8(end - 8, half);
        } else if (end != p) {
            store32(p, c);
        }
        return to;
    }
    store(p, v);
    store(end - VECTOR_BYTES, v);
    if (end - p <= 2 * VECTOR_BYTES) {
        return to;
    }
    store(p + VECTOR_BYTES, v);
    store(end - 2 * VECTOR_BYTES, v);
    if (end - p <= 4 * VECTOR_BYTES) {
        return to;
    }
    store(end - 3 * VECTOR_BYTES, v);
    store(end - 4 * VECTOR_BYTES, v);
    p += VECTOR_BYTES - behind(p, VECTOR_BYTES);
    for (; p < end - 4 * VECTOR_BYTES; p += 4 * VECTOR_BYTES) {
        store(p, v);
        store(p + VECTOR_BYTES, v);
        store(p + 2 * VECTOR_BYTES, v);
        store(p + 3 * VECTOR_BYTES, v);
    }
    return to;
}
#endif
