/* qsort() and qsort_r(): merging, in room for half of the array.
 *
 * A comparison is a call through a pointer, which may move the thread: what
 * counts is how few there are.  (musl's smoothsort needs no room and makes twice
 * as many.)  Stable, as a gift.  Where there is no memory, a heap sort in place.
 */
#define _BSD_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FEW 6           /* elements: by insertion */
#define ROOM_BYTES 1024 /* on the stack */

typedef uint32_t __attribute__((may_alias)) half;
typedef uint64_t __attribute__((may_alias)) word;
typedef int plain_order(const void *, const void *);
typedef int order(const void *, const void *, void *);

/* How elements are moved: the loops are compiled for each. */
enum moving { HALF, WORD, THREE_WORDS, WORDS, BYTES };
#define INLINED static inline __attribute__((__always_inline__))

struct sorting {
    plain_order *plain; /* or: */
    order *with;
    void *argument;
    size_t width; /* bytes of an element */
};

static inline int compare(const struct sorting *s, const char *a, const char *b)
{
    return s->plain != NULL ? s->plain(a, b) : s->with(a, b, s->argument);
}

INLINED void move(const struct sorting *s, enum moving moving, char *to,
                  const char *from)
{
    switch (moving) {
    case HALF:
        *(half *)to = *(const half *)from;
        break;
    case WORD:
        *(word *)to = *(const word *)from;
        break;
    case THREE_WORDS:
        ((word *)to)[0] = ((const word *)from)[0];
        ((word *)to)[1] = ((const word *)from)[1];
        ((word *)to)[2] = ((const word *)from)[2];
        break;
    case WORDS:
        for (size_t at = 0; at < s->width; at += sizeof(word)) {
            *(word *)(to + at) = *(const word *)(from + at);
        }
        break;
    case BYTES:
        memcpy(to, from, s->width);
        break;
    }
}

static void exchange(const struct sorting *s, char *a, char *b)
{
    for (size_t at = 0; at < s->width; at++) {
        char byte = a[at];
        a[at] = b[at];
        b[at] = byte;
    }
}

/* `one` is room for an element. */
INLINED void insert_all(const struct sorting *s, enum moving moving, char *array,
                        size_t count, char *one)
{
    char *end = array + count * s->width;

    for (char *next = array + s->width; next < end; next += s->width) {
        char *at = next;
        if (compare(s, at - s->width, next) <= 0) {
            continue;
        }
        move(s, moving, one, next);
        do {
            move(s, moving, at, at - s->width);
            at -= s->width;
        } while (at > array && compare(s, at - s->width, one) > 0);
        move(s, moving, at, one);
    }
}

/* The first `count` elements are in order, and so are the others up to `end`. */
INLINED void merge(const struct sorting *s, enum moving moving, char *array,
                   size_t count, char *end, char *room)
{
    char *right = array + count * s->width, *out = array;
    char *left = room, *left_end = room + count * s->width;

    memcpy(room, array, count * s->width);
    while (left < left_end && right < end) {
        if (compare(s, left, right) <= 0) {
            move(s, moving, out, left);
            left += s->width;
        } else {
            move(s, moving, out, right);
            right += s->width;
        }
        out += s->width;
    }
    memcpy(out, left, (size_t)(left_end - left));
}

/* `room` is for half of the elements, and for one. */
#define SORT(name, moving)                                                     \
    static void name(const struct sorting *s, char *array, size_t count,       \
                     char *room)                                               \
    {                                                                          \
        size_t half_count = count / 2;                                         \
        char *middle = array + half_count * s->width;                          \
                                                                               \
        if (count <= FEW) {                                                    \
            insert_all(s, moving, array, count, room);                         \
            return;                                                            \
        }                                                                      \
        name(s, array, half_count, room);                                      \
        name(s, middle, count - half_count, room);                             \
        if (compare(s, middle - s->width, middle) > 0) {                       \
            merge(s, moving, array, half_count, array + count * s->width,      \
                  room);                                                       \
        }                                                                      \
    }
SORT(sort_halves, HALF)
SORT(sort_words, WORD)
SORT(sort_three_words, THREE_WORDS)
SORT(sort_many_words, WORDS)
SORT(sort_bytes, BYTES)

static void sort(const struct sorting *s, enum moving moving, char *array,
                 size_t count, char *room)
{
    switch (moving) {
    case HALF:
        sort_halves(s, array, count, room);
        break;
    case WORD:
        sort_words(s, array, count, room);
        break;
    case THREE_WORDS:
        sort_three_words(s, array, count, room);
        break;
    case WORDS:
        sort_many_words(s, array, count, room);
        break;
    case BYTES:
        sort_bytes(s, array, count, room);
        break;
    }
}

static void sift(const struct sorting *s, char *array, size_t root, size_t count)
{
    for (;;) {
        size_t child = 2 * root + 1;
        if (child >= count) {
            return;
        }
        if (child + 1 < count && compare(s, array + child * s->width,
                                         array + (child + 1) * s->width) < 0) {
            child++;
        }
        if (compare(s, array + root * s->width, array + child * s->width) >= 0) {
            return;
        }
        exchange(s, array + root * s->width, array + child * s->width);
        root = child;
    }
}

static void sort_in_place(const struct sorting *s, char *array, size_t count)
{
    for (size_t root = count / 2; root-- > 0;) {
        sift(s, array, root, count);
    }
    while (--count > 0) {
        exchange(s, array, array + count * s->width);
        sift(s, array, 0, count);
    }
}

static enum moving moving_of(const void *array, size_t width)
{
    uintptr_t bits = (uintptr_t)array | width;

    return width == 4 && bits % 4 == 0    ? HALF
           : width == 8 && bits % 8 == 0  ? WORD
           : width == 24 && bits % 8 == 0 ? THREE_WORDS
           : bits % 8 == 0                ? WORDS
                                          : BYTES;
}

static void sort_array(const struct sorting *s, void *array, size_t count)
{
    uint64_t near[ROOM_BYTES / sizeof(uint64_t)];
    size_t room_bytes = (count / 2 + 1) * s->width;
    char *room = (char *)near;
    int saved = errno;

    if (count < 2 || s->width == 0) {
        return;
    }
    if (room_bytes > sizeof near) {
        room = malloc(room_bytes);
        errno = saved;
    }
    if (room == NULL) {
        sort_in_place(s, array, count);
        return;
    }
    sort(s, moving_of(array, s->width), array, count, room);
    if (room != (char *)near) {
        free(room);
    }
}

void qsort(void *array, size_t count, size_t width, plain_order *compare_two)
{
    struct sorting s = {.plain = compare_two, .width = width};

    sort_array(&s, array, count);
}

void __qsort_r(void *array, size_t count, size_t width, order *compare_two,
               void *argument)
{
    struct sorting s = {
        .with = compare_two, .argument = argument, .width = width};

    sort_array(&s, array, count);
}

weak_alias(__qsort_r, qsort_r);
