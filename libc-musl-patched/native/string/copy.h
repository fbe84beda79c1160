/* strcpy, stpcpy, strcat and their forms for wchar_t; copy.c and wide_copy.c say
 * which.  One pass: a vector without an end is stored as it was loaded, and the last
 * one is that which ends with the string, partly stored before. */
#include "libc-musl-patched/native/string/element.h"
#include "libc-musl-patched/native/string/short.h"

static inline mask zeros(vector v)
{
    return mask_of(equal(v, splat(0)));
}

static inline size_t through(mask m)
{
    return first(m) + sizeof(element);
}

/* Returns where the copy's end is. */
static inline __attribute__((always_inline)) char *copy_string(char *to,
                                                               const char *from)
{
    const char *start = from;
    const char *p = from - behind(from, VECTOR_BYTES);
    mask m;
    if (LIKELY(!crosses_page(from, VECTOR_BYTES))) {
        vector v = load(from);
        m = zeros(v);
        if (m == 0) {
            store(to, v);
        }
    } else {
        m = drop(zeros(load(p)), (unsigned)(from - p));
        if (m == 0) {
            move_short(to, from, (size_t)(p + VECTOR_BYTES - from));
        }
    }
    if (m != 0) {
        move_short(to, from, through(m));
        return to + first(m);
    }
    p += VECTOR_BYTES;
    to += p - start;
    for (; behind(p, 4 * VECTOR_BYTES) != 0;
         p += VECTOR_BYTES, to += VECTOR_BYTES) {
        vector v = load(p);
        m = zeros(v);
        if (m != 0) {
            goto end;
        }
        store(to, v);
    }
    for (;; p += 4 * VECTOR_BYTES, to += 4 * VECTOR_BYTES) {
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
    for (;; p += VECTOR_BYTES, to += VECTOR_BYTES) {
        vector v = load(p);
        m = zeros(v);
        if (m != 0) {
            break;
        }
        store(to, v);
    }
end:;
    size_t n = through(m);
    if (UNLIKELY((size_t)(p - start) + n < VECTOR_BYTES)) {
        move_short(to, p, n);
    } else {
        store(to + n - VECTOR_BYTES, load(p + n - VECTOR_BYTES));
    }
    return to + n - sizeof(element);
}

char *FUNCTION(stpcpy, wcpcpy)(char *to, const char *from)
{
    return copy_string(to, from);
}

char *FUNCTION(strcpy, wcscpy)(char *to, const char *from)
{
    copy_string(to, from);
    return to;
}

char *FUNCTION(strcat, wcscat)(char *to, const char *from)
{
    copy_string(to + FUNCTION(strlen, wcslen)(to) * sizeof(element), from);
    return to;
}
