/* Searches in strings of bytes (search.h), and memrchr. */
#include "string/vector.h"
#ifndef VECTOR_BLOCKS_ONLY
#define ELEMENT_BITS 8
#include "libc-musl-patched/native/string/search.h"

void *NAME(memrchr)(const char *s, int c, size_t n)
{
    vector wanted = splat8((unsigned char)c);
    mask m;
    if (n < VECTOR_BYTES) {
        if (UNLIKELY(n == 0)) {
            return NULL;
        }
        if (LIKELY(!crosses_page(s, VECTOR_BYTES))) {
            m = mask_of(equal8(load(s), wanted));
            m = keep(m, n);
            return m != 0 ? unconst(s + last(m)) : NULL;
        }
        size_t before = VECTOR_BYTES - n; /* what ends there is all there */
        m = mask_of(equal8(load(s - before), wanted));
        m = drop(m, (unsigned)before);
        return m != 0 ? unconst(s + last(m)) : NULL;
    }
    const char *p = s + n - VECTOR_BYTES;
    m = mask_of(equal8(load(p), wanted));
    if (m != 0) {
        return unconst(p + last(m));
    }
    p += VECTOR_BYTES - 1;
    p -= behind(p, VECTOR_BYTES); /* all from here on is searched */
    while (p - s >= 4 * VECTOR_BYTES) {
        vector a = equal8(load(p - VECTOR_BYTES), wanted);
        vector b = equal8(load(p - 2 * VECTOR_BYTES), wanted);
        vector ab = either(a, b);
        vector d = equal8(load(p - 3 * VECTOR_BYTES), wanted);
        vector e = equal8(load(p - 4 * VECTOR_BYTES), wanted);
        if (any(either(ab, either(d, e)))) {
            break;
        }
        p -= 4 * VECTOR_BYTES;
    }
    while (p - s >= VECTOR_BYTES) {
        p -= VECTOR_BYTES;
        m = mask_of(equal8(load(p), wanted));
        if (m != 0) {
            return unconst(p + last(m));
        }
    }
    m = mask_of(equal8(load(s), wanted));
    return m != 0 ? unconst(s + last(m)) : NULL;
}
#endif
