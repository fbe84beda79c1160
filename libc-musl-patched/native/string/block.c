/* memmove, which is memcpy too, and memset; what differs from them in a sum.
 *
 * A short block is loaded whole before any of it is stored, from both ends, the
 * loads overlapping in the middle: the only branches are on its size.  A long one
 * goes through four vectors at a time, aligned where it is written, in the
 * direction in which nothing is overwritten before it is read; its ends are loaded
 * before and stored after. */
#include "libc-musl-patched/native/string/short.h"

#ifndef REPEAT_MOVE_BYTES
#define REPEAT_MOVE_BYTES SIZE_MAX
#define REPEAT_MOVE_LIMIT SIZE_MAX
static inline void repeat_move(char *to, const char *from, size_t n)
{
    (void)to, (void)from, (void)n;
}
#endif

static inline void move_forwards(char *to, const char *from, size_t n)
{
    vector head = load(from);
    const char *end = from + n;
    vector a = load(end - VECTOR_BYTES);
    vector b = load(end - 2 * VECTOR_BYTES);
    vector c = load(end - 3 * VECTOR_BYTES);
    vector d = load(end - 4 * VECTOR_BYTES);
    char *start = to;
    char *to_end = to + n;
    size_t skip = VECTOR_BYTES - behind(to, VECTOR_BYTES);
    to += skip;
    from += skip;
    do {
        vector e = load(from);
        vector f = load(from + VECTOR_BYTES);
        vector g = load(from + 2 * VECTOR_BYTES);
        vector h = load(from + 3 * VECTOR_BYTES);
        from += 4 * VECTOR_BYTES;
        store(to, e);
        store(to + VECTOR_BYTES, f);
        store(to + 2 * VECTOR_BYTES, g);
        store(to + 3 * VECTOR_BYTES, h);
        to += 4 * VECTOR_BYTES;
    } while (to < to_end - 4 * VECTOR_BYTES);
    store(to_end - VECTOR_BYTES, a);
    store(to_end - 2 * VECTOR_BYTES, b);
    store(to_end - 3 * VECTOR_BYTES, c);
    store(to_end - 4 * VECTOR_BYTES, d);
    store(start, head);
}

static inline void move_backwards(char *start, const char *from, size_t n)
{
    vector a = load(from);
    vector b = load(from + VECTOR_BYTES);
    vector c = load(from + 2 * VECTOR_BYTES);
    vector d = load(from + 3 * VECTOR_BYTES);
    vector tail = load(from + n - VECTOR_BYTES);
    char *to_end = start + n;
    char *to = to_end - 1;
    to -= behind(to, VECTOR_BYTES);
    from += to - start;
    do {
        vector e = load(from - VECTOR_BYTES);
        vector f = load(from - 2 * VECTOR_BYTES);
        vector g = load(from - 3 * VECTOR_BYTES);
        vector h = load(from - 4 * VECTOR_BYTES);
        from -= 4 * VECTOR_BYTES;
        store(to - VECTOR_BYTES, e);
        store(to - 2 * VECTOR_BYTES, f);
        store(to - 3 * VECTOR_BYTES, g);
        store(to - 4 * VECTOR_BYTES, h);
        to -= 4 * VECTOR_BYTES;
    } while (to > start + 4 * VECTOR_BYTES);
    store(start, a);
    store(start + VECTOR_BYTES, b);
    store(start + 2 * VECTOR_BYTES, c);
    store(start + 3 * VECTOR_BYTES, d);
    store(to_end - VECTOR_BYTES, tail);
}

void *NAME(memmove)(void *whole, const void *source, size_t n)
{
    char *to = whole;
    const char *from = source;
    if (n < VECTOR_BYTES) {
        move_short(to, from, n);
        return to;
    }
    vector a = load(from);
    vector b = load(from + n - VECTOR_BYTES);
    if (n <= 2 * VECTOR_BYTES) {
        store(to, a);
        store(to + n - VECTOR_BYTES, b);
        return to;
    }
    if (n <= 8 * VECTOR_BYTES) {
        vector c = load(from + VECTOR_BYTES);
        vector d = load(from + n - 2 * VECTOR_BYTES);
        if (n > 4 * VECTOR_BYTES) {
            vector e = load(from + 2 * VECTOR_BYTES);
            vector f = load(from + 3 * VECTOR_BYTES);
            vector g = load(from + n - 3 * VECTOR_BYTES);
            vector h = load(from + n - 4 * VECTOR_BYTES);
            store(to + 2 * VECTOR_BYTES, e);
            store(to + 3 * VECTOR_BYTES, f);
            store(to + n - 3 * VECTOR_BYTES, g);
            store(to + n - 4 * VECTOR_BYTES, h);
        }
        store(to, a);
        store(to + VECTOR_BYTES, c);
        store(to + n - 2 * VECTOR_BYTES, d);
        store(to + n - VECTOR_BYTES, b);
        return to;
    }
    if ((size_t)(to - from) < n) {
        move_backwards(to, from, n);
    } else if (n >= REPEAT_MOVE_BYTES && n < REPEAT_MOVE_LIMIT &&
               (size_t)(from - to) >= n) {
        repeat_move(to, from, n);
    } else {
        move_forwards(to, from, n);
    }
    return whole;
}

void *NAME(mempcpy)(char *to, const char *from, size_t n)
{
    return (char *)NAME(memmove)(to, from, n) + n;
}

void *NAME(wmemmove)(void *to, const void *from, size_t n)
{
    return NAME(memmove)(to, from, n * sizeof(uint32_t));
}

void *NAME(memset)(void *whole, int c, size_t n)
{
    char *to = whole;
    if (n < VECTOR_BYTES) {
        set_short(to, c, n);
        return to;
    }
    vector v = splat8((unsigned char)c);
    char *end = to + n;
    store(to, v);
    store(end - VECTOR_BYTES, v);
    if (n <= 2 * VECTOR_BYTES) {
        return whole;
    }
    store(to + VECTOR_BYTES, v);
    store(end - 2 * VECTOR_BYTES, v);
    if (n <= 4 * VECTOR_BYTES) {
        return whole;
    }
    store(end - 3 * VECTOR_BYTES, v);
    store(end - 4 * VECTOR_BYTES, v);
    to += VECTOR_BYTES - behind(to, VECTOR_BYTES);
    for (; to < end - 4 * VECTOR_BYTES; to += 4 * VECTOR_BYTES) {
        store(to, v);
        store(to + VECTOR_BYTES, v);
        store(to + 2 * VECTOR_BYTES, v);
        store(to + 3 * VECTOR_BYTES, v);
    }
    return whole;
}
