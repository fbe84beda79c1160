/* strlen, strnlen, memchr, strchr, strchrnul, strrchr and their forms for wchar_t;
 * search.c and wide_search.c say which. */
#include "libc-musl-patched/native/string/scan.h"

size_t FUNCTION(strlen, wcslen)(const char *s)
{
    struct wanted zero = {.zero = true};
    return scan(s, zero) / sizeof(element);
}

size_t FUNCTION(strnlen, wcsnlen)(const char *s, size_t n)
{
    struct wanted zero = {.zero = true};
    size_t end = scan_bounded(s, bytes_of(n), zero) / sizeof(element);
    return end < n ? end : n;
}

void *FUNCTION(memchr, wmemchr)(const char *s, int c, size_t n)
{
    struct wanted what = {(element)c, .other = true};
    size_t bytes = bytes_of(n);
    size_t i = scan_bounded(s, bytes, what);
    return i < bytes ? unconst(s + i) : NULL;
}

#if ELEMENT_BITS == 8
char *NAME(strchrnul)(const char *s, int c)
{
    struct wanted what = {(element)c, .zero = true, .other = true};
    return unconst(s + scan(s, what));
}
#endif

char *FUNCTION(strchr, wcschr)(const char *s, int c)
{
    struct wanted what = {(element)c, .zero = true, .other = true};
    const char *p = s + scan(s, what);
    return *(const element *)p == (element)c ? unconst(p) : NULL;
}

/* The last hit in a vector, before its first zero; NULL: none. */
static inline const char *last_before(const char *p, mask c, mask zero)
{
    c = zero != 0 ? c & (zero - 1) & ~zero : c;
    return c != 0 ? p + last(c) - (sizeof(element) - 1) : NULL;
}

/* Vectors with hits are remembered, and looked into when the end is found. */
char *FUNCTION(strrchr, wcsrchr)(const char *s, int character)
{
    struct wanted end = {.zero = true};
    if (UNLIKELY((element)character == 0)) {
        return unconst(s + scan(s, end));
    }
    const char *found = NULL;
    const char *p = s - behind(s, VECTOR_BYTES);
    mask hit, zero;
#ifdef HALF_FIRST
    if (LIKELY(!crosses_page(s, VECTOR_BYTES))) {
        half_vector half = half_splat((element)character);
        half_vector v = load16(s);
        half_vector w = load16(s + HALF_BYTES);
        hit = half_mask_of(half_equal(v, half));
        zero = half_mask_of(half_equal(v, half_splat(0)));
        if (RATHER(zero != 0)) {
            return unconst(last_before(s, hit, zero));
        }
        hit |= half_mask_of(half_equal(w, half)) << HALF_BYTES;
        zero = half_mask_of(half_equal(w, half_splat(0))) << HALF_BYTES;
        if (RATHER(zero != 0)) {
            return unconst(last_before(s, hit, zero));
        }
        found = last_before(s, hit, 0);
    }
#endif
    vector wanted = splat((element)character);
    if (UNLIKELY(crosses_page(s, VECTOR_BYTES))) {
        vector v = load(p);
        hit = drop(mask_of(equal(v, wanted)), (unsigned)(s - p));
        zero = drop(mask_of(equal(v, splat(0))), (unsigned)(s - p));
        if (zero != 0) {
            return unconst(last_before(s, hit, zero));
        }
        found = last_before(s, hit, 0);
#ifndef HALF_FIRST
    } else {
        vector v = load(s);
        hit = mask_of(equal(v, wanted));
        zero = mask_of(equal(v, splat(0)));
        if (zero != 0) {
            return unconst(last_before(s, hit, zero));
        }
        found = last_before(s, hit, 0);
#endif
    }
    p += VECTOR_BYTES;
    for (; behind(p, 4 * VECTOR_BYTES) != 0; p += VECTOR_BYTES) {
        vector v = load(p);
        hit = mask_of(equal(v, wanted));
        zero = mask_of(equal(v, splat(0)));
        if (UNLIKELY((hit | zero) != 0)) {
            const char *here = last_before(p, hit, zero);
            found = here != NULL ? here : found;
            if (zero != 0) {
                return unconst(found);
            }
        }
    }
    const char *block = NULL; /* four vectors, the last with a hit */
    for (;; p += 4 * VECTOR_BYTES) {
        vector a = load(p);
        vector b = load(p + VECTOR_BYTES);
        vector c = load(p + 2 * VECTOR_BYTES);
        vector d = load(p + 3 * VECTOR_BYTES);
        vector least_of_all = least(least(a, b), least(c, d));
        vector hits_of_all = either(either(equal(a, wanted), equal(b, wanted)),
                                    either(equal(c, wanted), equal(d, wanted)));
        if (any(equal(least_of_all, splat(0)))) {
            break;
        }
        block = any(hits_of_all) ? p : block;
    }
    for (const char *q = block; q != NULL && q != block + 4 * VECTOR_BYTES;
         q += VECTOR_BYTES) {
        const char *here = last_before(q, mask_of(equal(load(q), wanted)), 0);
        found = here != NULL ? here : found;
    }
    for (zero = 0; zero == 0; p += VECTOR_BYTES) {
        vector v = load(p);
        hit = mask_of(equal(v, wanted));
        zero = mask_of(equal(v, splat(0)));
        if (hit != 0) {
            const char *here = last_before(p, hit, zero);
            found = here != NULL ? here : found;
        }
    }
    return unconst(found);
}
