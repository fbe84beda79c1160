/* Searches forwards: scan(s, what) and scan_bounded(s, n, what).
 *
 * The first vector is loaded where the string starts, unless that crosses the end
 * of a page: then the aligned vector that it starts in, without what is before it.
 * All others are aligned, and from the sixth on four at a time.  Where vectors are
 * larger than 16 bytes, the first one is looked at in halves. */
#ifndef POPCORN_NATIVE_STRING_SCAN_H
#define POPCORN_NATIVE_STRING_SCAN_H

#include "libc-musl-patched/native/string/element.h"

/* What is looked for: zeros, c, or either. */
struct wanted {
    element c;
    bool zero, other;
};

/* 0 in the elements that are hits; c: wanted.c everywhere. */
static inline __attribute__((always_inline)) vector miss(vector v, vector c,
                                                         struct wanted what)
{
    if (!what.other) {
        return v;
    }
    vector d = differ(v, c);
    return what.zero ? least(d, v) : d;
}

static inline __attribute__((always_inline)) mask hits(const char *p, vector c,
                                                       struct wanted what)
{
    vector v = load(p);
    if (what.other && !what.zero) {
        return mask_of(equal(v, c));
    }
    return mask_of(equal(miss(v, c, what), splat(0)));
}

#ifdef HALF_FIRST
static inline __attribute__((always_inline)) mask half_hits(const char *p,
                                                            half_vector c,
                                                            struct wanted what)
{
    half_vector v = load16(p);
    half_vector zero = half_splat(0);
    if (!what.other) {
        return half_mask_of(half_equal(v, zero));
    }
    if (!what.zero) {
        return half_mask_of(half_equal(v, c));
    }
    return half_mask_of(half_equal(half_least(half_differ(v, c), v), zero));
}
#endif

/* How many bytes the first hit is behind s. */
static inline __attribute__((always_inline)) size_t scan(const char *s,
                                                         struct wanted what)
{
    const char *p = s - behind(s, VECTOR_BYTES);
    mask m;
#ifdef HALF_FIRST
    if (LIKELY(!crosses_page(s, VECTOR_BYTES))) {
        half_vector half = half_splat(what.c);
        m = half_hits(s, half, what);
        if (RATHER(m != 0)) {
            return first(m);
        }
        m = half_hits(s + HALF_BYTES, half, what);
        if (RATHER(m != 0)) {
            return HALF_BYTES + first(m);
        }
    }
#endif
    vector wanted = splat(what.c);
    if (LIKELY(!crosses_page(s, VECTOR_BYTES))) {
#ifndef HALF_FIRST
        m = hits(s, wanted, what);
        if (m != 0) {
            return first(m);
        }
#endif
    } else {
        m = drop(hits(p, wanted, what), (unsigned)(s - p));
        if (m != 0) {
            return first(m);
        }
    }
#pragma unroll
    for (unsigned i = 0; i < 4; i++) {
        p += VECTOR_BYTES;
        m = hits(p, wanted, what);
        if (m != 0) {
            return (size_t)(p - s) + first(m);
        }
    }
    p += VECTOR_BYTES;
    p -= behind(p, 4 * VECTOR_BYTES);
    for (;; p += 4 * VECTOR_BYTES) {
        vector a = miss(load(p), wanted, what);
        vector b = miss(load(p + VECTOR_BYTES), wanted, what);
        vector c = miss(load(p + 2 * VECTOR_BYTES), wanted, what);
        vector d = miss(load(p + 3 * VECTOR_BYTES), wanted, what);
        vector ab = least(a, b);
        vector cd = least(c, d);
        if (LIKELY(!any(equal(least(ab, cd), splat(0))))) {
            continue;
        }
        size_t before = (size_t)(p - s);
        m = mask_of(equal(a, splat(0)));
        if (m != 0) {
            return before + first(m);
        }
        m = mask_of(equal(ab, splat(0)));
        if (m != 0) {
            return before + VECTOR_BYTES + first(m);
        }
        m = mask_of(equal(c, splat(0)));
        if (m != 0) {
            return before + 2 * VECTOR_BYTES + first(m);
        }
        return before + 3 * VECTOR_BYTES + first(mask_of(equal(d, splat(0))));
    }
}

/* In four vectors. */
static inline __attribute__((always_inline)) bool
any_hit(const char *p, vector c, struct wanted what)
{
    vector v = load(p);
    vector w = load(p + VECTOR_BYTES);
    vector x = load(p + 2 * VECTOR_BYTES);
    vector y = load(p + 3 * VECTOR_BYTES);
    if (what.other && !what.zero) {
        return any(either(either(equal(v, c), equal(w, c)),
                          either(equal(x, c), equal(y, c))));
    }
    vector vw = least(miss(v, c, what), miss(w, c, what));
    vector xy = least(miss(x, c, what), miss(y, c, what));
    return any(equal(least(vw, xy), splat(0)));
}

/* The same in n bytes; n or more: there is no hit. */
static inline __attribute__((always_inline)) size_t
scan_bounded(const char *s, size_t n, struct wanted what)
{
    const char *p = s - behind(s, VECTOR_BYTES);
    mask m;
    if (UNLIKELY(n == 0)) {
        return n;
    }
#ifdef HALF_FIRST
    if (LIKELY(!crosses_page(s, VECTOR_BYTES))) {
        half_vector half = half_splat(what.c);
        m = half_hits(s, half, what);
        if (RATHER(m != 0)) {
            return first(m);
        }
        if (n <= HALF_BYTES) {
            return n;
        }
        m = half_hits(s + HALF_BYTES, half, what);
        if (RATHER(m != 0)) {
            return HALF_BYTES + first(m);
        }
        if (n <= VECTOR_BYTES) {
            return n;
        }
    }
#endif
    vector wanted = splat(what.c);
    if (LIKELY(!crosses_page(s, VECTOR_BYTES))) {
#ifndef HALF_FIRST
        m = hits(s, wanted, what);
        if (m != 0) {
            return first(m);
        }
#endif
    } else {
        m = drop(hits(p, wanted, what), (unsigned)(s - p));
        if (m != 0) {
            return first(m);
        }
    }
    p += VECTOR_BYTES;
    if (n <= (size_t)(p - s)) {
        return n;
    }
    size_t left = n - (size_t)(p - s);
#pragma unroll
    for (unsigned i = 0; i < 4; i++) {
        m = hits(p, wanted, what);
        if (m != 0) {
            return (size_t)(p - s) + first(m);
        }
        if (left <= VECTOR_BYTES) {
            return n;
        }
        p += VECTOR_BYTES;
        left -= VECTOR_BYTES;
    }
    left += behind(p, 4 * VECTOR_BYTES);
    p -= behind(p, 4 * VECTOR_BYTES);
    for (; left >= 4 * VECTOR_BYTES;
         p += 4 * VECTOR_BYTES, left -= 4 * VECTOR_BYTES) {
        if (any_hit(p, wanted, what)) {
            break;
        }
    }
    if (left == 0) {
        return n;
    }
    for (;; p += VECTOR_BYTES, left -= VECTOR_BYTES) {
        m = hits(p, wanted, what);
        if (m != 0) {
            return (size_t)(p - s) + first(m);
        }
        if (left <= VECTOR_BYTES) {
            return n;
        }
    }
}

#endif
