/* memcmp, strcmp, strncmp and their forms for wchar_t; compare.c and wide_compare.c
 * say which. */
#include "libc-musl-patched/native/string/element.h"

static inline element lower(element c)
{
    return (element)(c - 'A') < 26 ? (element)(c | 0x20) : c;
}

/* 0 where two bytes are equal, or letters of ASCII that are but for their case,
 * which is this bit. */
static inline vector difference(vector a, vector b)
{
    vector bit = splat8(0x20);
    vector from_a = plus8(either(a, bit), splat8((unsigned char)-'a'));
    vector letter = equal8(least8(from_a, splat8(25)), from_a);
    return without(differ(a, b), both(letter, bit));
}

/* What makes two strings equal. */
enum matching { EXACTLY, IN_ANY_CASE };

static inline __attribute__((always_inline)) int
order_as(const char *a, const char *b, enum matching how)
{
    element x = *(const element *)a;
    element y = *(const element *)b;
    if (how == IN_ANY_CASE) {
        x = lower(x);
        y = lower(y);
    }
    return sizeof(element) == 1 ? (int)x - (int)y : (x > y) - (x < y);
}

static inline __attribute__((always_inline)) int order(const char *a,
                                                       const char *b)
{
    return order_as(a, b, EXACTLY);
}

static inline __attribute__((always_inline)) int
order_at(const char *a, const char *b, size_t i)
{
    i -= i % sizeof(element);
    return order(a + i, b + i);
}

static inline mask unequal(const char *a, const char *b)
{
    return mask_of(equal8(load(a), load(b))) ^ MASK_ALL;
}

/* In four vectors. */
static inline bool any_unequal(const char *a, const char *b)
{
    vector c = equal8(load(a), load(b));
    vector d = equal8(load(a + VECTOR_BYTES), load(b + VECTOR_BYTES));
    vector e = equal8(load(a + 2 * VECTOR_BYTES), load(b + 2 * VECTOR_BYTES));
    vector f = equal8(load(a + 3 * VECTOR_BYTES), load(b + 3 * VECTOR_BYTES));
    return mask_of(both(both(c, d), both(e, f))) != MASK_ALL;
}

#ifdef HALF_FIRST
static inline mask half_unequal(const char *a, const char *b)
{
    return half_mask_of(half_equal8(load16(a), load16(b))) ^ HALF_ALL;
}
#endif

static int order_each(const char *a, const char *b, size_t n)
{
    for (size_t i = 0; i < n; i += sizeof(element)) {
        if (order(a + i, b + i) != 0) {
            return order(a + i, b + i);
        }
    }
    return 0;
}

int FUNCTION(memcmp, wmemcmp)(const char *a, const char *b, size_t n)
{
    mask m;
    n = bytes_of(n);
#ifdef HALF_FIRST
    if (RATHER(n <= HALF_BYTES)) {
        if (UNLIKELY(n == 0)) {
            return 0;
        }
        if (LIKELY(!either_crosses_page(a, b, HALF_BYTES)) ||
            (!crosses_page(a, HALF_BYTES) && !crosses_page(b, HALF_BYTES))) {
            m = keep(half_unequal(a, b), n);
            return m == 0 ? 0 : order_at(a, b, first(m));
        }
        return order_each(a, b, n);
    }
    if (n <= VECTOR_BYTES) {
        m = half_unequal(a, b) |
            half_unequal(a + n - HALF_BYTES, b + n - HALF_BYTES)
                << (n - HALF_BYTES);
        return m == 0 ? 0 : order_at(a, b, first(m));
    }
#else
    if (n <= VECTOR_BYTES) {
        if (UNLIKELY(n == 0)) {
            return 0;
        }
        if (LIKELY(!either_crosses_page(a, b, VECTOR_BYTES)) ||
            (!crosses_page(a, VECTOR_BYTES) &&
             !crosses_page(b, VECTOR_BYTES))) {
            m = keep(unequal(a, b), n);
            return m == 0 ? 0 : order_at(a, b, first(m));
        }
        return order_each(a, b, n);
    }
#endif
    m = unequal(a, b);
    if (m != 0) {
        return order_at(a, b, first(m));
    }
    if (n <= 4 * VECTOR_BYTES) {
        const char *end = a + n - VECTOR_BYTES;
        for (a += VECTOR_BYTES, b += VECTOR_BYTES; a < end;
             a += VECTOR_BYTES, b += VECTOR_BYTES) {
            m = unequal(a, b);
            if (m != 0) {
                return order_at(a, b, first(m));
            }
        }
        b += end - a;
        m = unequal(end, b);
        return m == 0 ? 0 : order_at(end, b, first(m));
    }
    /* The last four lie partly in what has been compared. */
    const char *end = a + n - 4 * VECTOR_BYTES;
    size_t skip = VECTOR_BYTES - behind(a, VECTOR_BYTES);
    for (a += skip, b += skip; a < end;
         a += 4 * VECTOR_BYTES, b += 4 * VECTOR_BYTES) {
        if (UNLIKELY(any_unequal(a, b))) {
            break;
        }
    }
    if (a >= end) {
        b += end - a;
        a = end;
        if (LIKELY(!any_unequal(a, b))) {
            return 0;
        }
    }
    while ((m = unequal(a, b)) == 0) {
        a += VECTOR_BYTES;
        b += VECTOR_BYTES;
    }
    return order_at(a, b, first(m));
}

/* Zero in the elements where a string ends, or they differ. */
static inline __attribute__((always_inline)) vector alike(const char *a,
                                                          const char *b,
                                                          enum matching how)
{
    vector v = load(a);
    vector w = load(b);
    if (how == IN_ANY_CASE) {
        return least(equal(difference(v, w), splat(0)), v);
    }
    return least(equal(v, w), v);
}

static inline mask ends(vector v)
{
    return mask_of(equal(v, splat(0)));
}

#ifdef HALF_FIRST
static inline mask half_ends(const char *a, const char *b)
{
    half_vector v = load16(a);
    half_vector alike_here = half_least(half_equal(v, load16(b)), v);
    return half_mask_of(half_equal(alike_here, half_splat(0)));
}
#endif

/* In the first n bytes, which may be more than there are. Both strings are read a
 * vector at a time until the first is aligned; then four, of which only b's may
 * cross a page. */
static inline __attribute__((always_inline)) int
compare_strings(const char *a, const char *b, size_t n, enum matching how)
{
    mask m;
    size_t i;
    if (UNLIKELY(n == 0)) {
        return 0;
    }
    if (LIKELY(!either_crosses_page(a, b, 4 * VECTOR_BYTES))) {
        i = 0;
#pragma unroll
        for (; i < 4 * VECTOR_BYTES; i += VECTOR_BYTES) {
            m = ends(alike(a + i, b + i, how));
            if (m != 0) {
                i += first(m) / sizeof(element) * sizeof(element);
                return i < n ? order_as(a + i, b + i, how) : 0;
            }
            if (n - i <= VECTOR_BYTES) {
                return 0;
            }
        }
    } else {
        for (i = 0; i < 4 * VECTOR_BYTES;) {
            if (i >= n) {
                return 0;
            }
            if (!crosses_page(a + i, VECTOR_BYTES) &&
                !crosses_page(b + i, VECTOR_BYTES)) {
                m = ends(alike(a + i, b + i, how));
                if (m != 0) {
                    i += first(m) / sizeof(element) * sizeof(element);
                    return i < n ? order_as(a + i, b + i, how) : 0;
                }
                i += VECTOR_BYTES;
                continue;
            }
            if (order_as(a + i, b + i, how) != 0 ||
                *(const element *)(a + i) == 0) {
                return order_as(a + i, b + i, how);
            }
            i += sizeof(element);
        }
        if (i >= n) {
            return 0;
        }
    }
    /* At least four vectors are alike: of those at a, `known` bytes. */
    i = 4 * VECTOR_BYTES - behind(a, 4 * VECTOR_BYTES);
    size_t known = 4 * VECTOR_BYTES - i;
    a += i;
    b += i;
    n -= i;
    for (;; a += 4 * VECTOR_BYTES, b += 4 * VECTOR_BYTES, n -= 4 * VECTOR_BYTES,
            known = 0) {
        size_t there = PAGE_BYTES - behind(b, PAGE_BYTES);
        if (UNLIKELY(there < 4 * VECTOR_BYTES && there > known)) {
            /* What is before the end of b's page, first: if all of that is
             * alike, the strings go on in the next one. The last of these
             * vectors lies partly in what has been compared. */
            for (i = 0;; i += VECTOR_BYTES) {
                i = i + VECTOR_BYTES <= there ? i : there - VECTOR_BYTES;
                m = ends(alike(a + (ptrdiff_t)i, b + (ptrdiff_t)i, how));
                if (m != 0 || i + VECTOR_BYTES == there) {
                    break;
                }
            }
            if (m != 0) {
                i += first(m) / sizeof(element) * sizeof(element);
                return i < n ? order_as(a + i, b + i, how) : 0;
            }
            if (n <= there) {
                return 0;
            }
        }
        vector c = alike(a, b, how);
        vector d = alike(a + VECTOR_BYTES, b + VECTOR_BYTES, how);
        vector e = alike(a + 2 * VECTOR_BYTES, b + 2 * VECTOR_BYTES, how);
        vector f = alike(a + 3 * VECTOR_BYTES, b + 3 * VECTOR_BYTES, how);
        vector cd = least(c, d);
        if (UNLIKELY(any(equal(least(cd, least(e, f)), splat(0))))) {
            i = 0;
            if ((m = ends(c)) == 0) {
                i = VECTOR_BYTES;
                if ((m = ends(d)) == 0) {
                    i = 2 * VECTOR_BYTES;
                    if ((m = ends(e)) == 0) {
                        i = 3 * VECTOR_BYTES;
                        m = ends(f);
                    }
                }
            }
            i += first(m) / sizeof(element) * sizeof(element);
            return i < n ? order_as(a + i, b + i, how) : 0;
        }
        if (n <= 4 * VECTOR_BYTES) {
            return 0;
        }
    }
}

#ifdef HALF_FIRST
enum { FIRST_BYTES = HALF_BYTES };
#else
enum { FIRST_BYTES = VECTOR_BYTES };

static inline mask half_ends(const char *a, const char *b)
{
    return ends(alike(a, b, EXACTLY));
}
#endif

static __attribute__((noinline)) int compare_rest(const char *a, const char *b,
                                                  size_t n)
{
    return compare_strings(a, b, n, EXACTLY);
}

/* Most strings differ, or end, within 16 bytes: these are compared without anything
 * that has to be put back at the end (wider vectors). Each address is looked at by
 * itself: of two that cross no page the bits taken together often look as if. */
static inline __attribute__((always_inline)) int
compare_exactly(const char *a, const char *b, size_t n)
{
    if (LIKELY(!crosses_page(a, FIRST_BYTES) &&
               !crosses_page(b, FIRST_BYTES))) {
        mask m = half_ends(a, b);
        if (RATHER(m != 0)) {
            size_t i = first(m) / sizeof(element) * sizeof(element);
            return i < n ? order(a + i, b + i) : 0;
        }
        if (n <= FIRST_BYTES) {
            return 0;
        }
        a += FIRST_BYTES;
        b += FIRST_BYTES;
        n -= FIRST_BYTES;
    }
    return compare_rest(a, b, n);
}

int FUNCTION(strcmp, wcscmp)(const char *a, const char *b)
{
    return compare_exactly(a, b, SIZE_MAX - SIZE_MAX % sizeof(element));
}

int FUNCTION(strncmp, wcsncmp)(const char *a, const char *b, size_t n)
{
    return compare_exactly(a, b, bytes_of(n));
}
