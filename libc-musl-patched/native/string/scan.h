/* Searches forwards, for whatever a HIT is: SCAN(p, hit) and SCAN_BOUNDED(p, n, hit).
 *
 * The first vector is loaded where the string starts, unless that crosses the end
 * of a page: then the aligned vector that it starts in, without what is before it.
 * All others are aligned, and from the sixth on four at a time.
 *
 * hit(v): elements of ones in the place of those that are looked for.  joined(a, b)
 * has a hit if a or b has one, of what hit() is then asked: both are given, so that
 * a comparison for four vectors is enough. */
#ifndef POPCORN_NATIVE_STRING_SCAN_H
#define POPCORN_NATIVE_STRING_SCAN_H

#include "libc-musl-patched/native/string/element.h"

/* What is looked for: zeros, c, or either. */
struct wanted {
    vector c;
    bool zero, other;
};

/* 0 in the elements that are hits. */
static inline __attribute__((always_inline)) vector miss(vector v,
                                                         struct wanted w)
{
    if (!w.other) {
        return v;
    }
    vector d = differ(v, w.c);
    return w.zero ? least(d, v) : d;
}

static inline __attribute__((always_inline)) mask hits(vector v,
                                                       struct wanted w)
{
    if (w.other && !w.zero) {
        return mask_of(equal(v, w.c));
    }
    return mask_of(equal(miss(v, w), splat(0)));
}

/* The first hit at p or behind. */
static inline __attribute__((always_inline)) const char *scan(const char *p,
                                                              struct wanted w)
{
    const char *start = p;
    mask m;
    p -= behind(p, VECTOR_BYTES);
    if (LIKELY(!crosses_page(start, VECTOR_BYTES))) {
        m = hits(load(start), w);
    } else {
        m = drop(hits(load(p), w), (unsigned)(start - p));
    }
    if (m != 0) {
        return start + first(m);
    }
#pragma unroll
    for (unsigned i = 0; i < 4; i++) {
        p += VECTOR_BYTES;
        m = hits(load(p), w);
        if (m != 0) {
            return p + first(m);
        }
    }
    p += VECTOR_BYTES;
    p -= behind(p, 4 * VECTOR_BYTES);
    for (;; p += 4 * VECTOR_BYTES) {
        vector a = miss(load(p), w);
        vector b = miss(load(p + VECTOR_BYTES), w);
        vector c = miss(load(p + 2 * VECTOR_BYTES), w);
        vector d = miss(load(p + 3 * VECTOR_BYTES), w);
        vector ab = least(a, b);
        vector cd = least(c, d);
        if (LIKELY(!any(equal(least(ab, cd), splat(0))))) {
            continue;
        }
        m = mask_of(equal(a, splat(0)));
        if (m != 0) {
            return p + first(m);
        }
        m = mask_of(equal(ab, splat(0)));
        if (m != 0) {
            return p + VECTOR_BYTES + first(m);
        }
        m = mask_of(equal(c, splat(0)));
        if (m != 0) {
            return p + 2 * VECTOR_BYTES + first(m);
        }
        return p + 3 * VECTOR_BYTES + first(mask_of(equal(d, splat(0))));
    }
}

/* The first hit in n bytes; NULL: none. */
static inline __attribute__((always_inline)) const char *
scan_bounded(const char *p, size_t n, struct wanted w)
{
    const char *start = p;
    mask m;
    if (UNLIKELY(n == 0)) {
        return NULL;
    }
    p -= behind(p, VECTOR_BYTES);
    if (LIKELY(!crosses_page(start, VECTOR_BYTES))) {
        m = hits(load(start), w);
    } else {
        m = drop(hits(load(p), w), (unsigned)(start - p));
    }
    if (m != 0) {
        return first(m) < n ? start + first(m) : NULL;
    }
    p += VECTOR_BYTES;
    if (n <= (size_t)(p - start)) {
        return NULL;
    }
    size_t left = n - (size_t)(p - start);
#pragma unroll
    for (unsigned i = 0; i < 4; i++) {
        m = hits(load(p), w);
        if (m != 0) {
            return first(m) < left ? p + first(m) : NULL;
        }
        if (left <= VECTOR_BYTES) {
            return NULL;
        }
        p += VECTOR_BYTES;
        left -= VECTOR_BYTES;
    }
    left += behind(p, 4 * VECTOR_BYTES);
    p -= behind(p, 4 * VECTOR_BYTES);
    for (; left > 4 * VECTOR_BYTES;
         p += 4 * VECTOR_BYTES, left -= 4 * VECTOR_BYTES) {
        vector a = miss(load(p), w);
        vector b = miss(load(p + VECTOR_BYTES), w);
        vector c = miss(load(p + 2 * VECTOR_BYTES), w);
        vector d = miss(load(p + 3 * VECTOR_BYTES), w);
        if (any(equal(least(least(a, b), least(c, d)), splat(0)))) {
            break;
        }
    }
    for (;; p += VECTOR_BYTES, left -= VECTOR_BYTES) {
        m = hits(load(p), w);
        if (m != 0) {
            return first(m) < left ? p + first(m) : NULL;
        }
        if (left <= VECTOR_BYTES) {
            return NULL;
        }
    }
}

#endif
