/* Copies of strings of bytes (copy.h), and those that have a limit: they look for
 * the end first. */
#include "string/vector.h"
#ifndef VECTOR_BLOCKS_ONLY
#define ELEMENT_BITS 8
#include "libc-musl-patched/native/string/copy.h"

void *NAME(memccpy)(char *to, const char *from, int c, size_t n)
{
    const char *found = NAME(memchr)(from, c, n);
    if (found != NULL) {
        n = (size_t)(found - from) + 1;
    }
    NAME(memmove)(to, from, n);
    return found != NULL ? to + n : NULL;
}

/* Copies what is before the string's end, but at most n bytes; returns the end of
 * the copy.  As copy_string does. */
static inline __attribute__((always_inline)) char *
copy_at_most(char *to, const char *from, size_t n)
{
    const char *p = from - behind(from, VECTOR_BYTES);
    size_t there = VECTOR_BYTES;
    mask m;
    if (UNLIKELY(n == 0)) {
        return to;
    }
    if (LIKELY(!crosses_page(from, VECTOR_BYTES))) {
        m = zeros(load(from));
    } else {
        there = (size_t)(p + VECTOR_BYTES - from);
        m = drop(zeros(load(p)), (unsigned)(from - p));
    }
    if (m != 0 || n <= there) {
        size_t length = m != 0 && first(m) < n ? first(m) : n;
        move_short(to, from, length);
        return to + length;
    }
    if (LIKELY(there == VECTOR_BYTES)) {
        store(to, load(from));
    } else {
        move_short(to, from, there);
    }
    p += VECTOR_BYTES;
    to += p - from;
    size_t left = n - (size_t)(p - from);
    while (left > VECTOR_BYTES && behind(p, 4 * VECTOR_BYTES) != 0) {
        vector v = load(p);
        if (any(equal(v, splat(0)))) {
            left = left < 4 * VECTOR_BYTES ? left : 4 * VECTOR_BYTES;
            break;
        }
        store(to, v);
        p += VECTOR_BYTES;
        to += VECTOR_BYTES;
        left -= VECTOR_BYTES;
    }
    for (; left > 4 * VECTOR_BYTES; p += 4 * VECTOR_BYTES,
                                    to += 4 * VECTOR_BYTES,
                                    left -= 4 * VECTOR_BYTES) {
        vector a = load(p);
        vector b = load(p + VECTOR_BYTES);
        vector c = load(p + 2 * VECTOR_BYTES);
        vector d = load(p + 3 * VECTOR_BYTES);
        if (UNLIKELY(any(equal(least(least(a, b), least(c, d)), splat(0))))) {
            break;
        }
        store(to, a);
        store(to + VECTOR_BYTES, b);
        store(to + 2 * VECTOR_BYTES, c);
        store(to + 3 * VECTOR_BYTES, d);
    }
    while (left > VECTOR_BYTES) {
        vector v = load(p);
        if (any(equal(v, splat(0)))) {
            break;
        }
        store(to, v);
        p += VECTOR_BYTES;
        to += VECTOR_BYTES;
        left -= VECTOR_BYTES;
    }
    m = zeros(load(p));
    size_t length = m != 0 && first(m) < left ? first(m) : left;
    if ((size_t)(p - from) + length >= VECTOR_BYTES) {
        store(to + length - VECTOR_BYTES, load(p + length - VECTOR_BYTES));
    } else {
        move_short(to, p, length);
    }
    return to + length;
}

char *NAME(stpncpy)(char *to, const char *from, size_t n)
{
    char *end = copy_at_most(to, from, n);
    size_t left = n - (size_t)(end - to);
    return UNLIKELY(left != 0) ? NAME(memset)(end, 0, left) : end;
}

char *NAME(strncpy)(char *to, const char *from, size_t n)
{
    char *end = copy_at_most(to, from, n);
    size_t left = n - (size_t)(end - to);
    if (UNLIKELY(left != 0)) {
        NAME(memset)(end, 0, left);
    }
    return to;
}

char *NAME(strncat)(char *to, const char *from, size_t n)
{
    size_t length = NAME(strnlen)(from, n);
    char *end = to + NAME(strlen)(to);
    NAME(memmove)(end, from, length);
    end[length] = 0;
    return to;
}

size_t NAME(strlcpy)(char *to, const char *from, size_t n)
{
    size_t length = NAME(strlen)(from);
    if (n != 0) {
        size_t copied = length < n ? length : n - 1;
        NAME(memmove)(to, from, copied);
        to[copied] = 0;
    }
    return length;
}

size_t NAME(strlcat)(char *to, const char *from, size_t n)
{
    size_t before = NAME(strnlen)(to, n);
    if (before == n) {
        return n + NAME(strlen)(from);
    }
    return before + NAME(strlcpy)(to + before, from, n - before);
}
#endif
