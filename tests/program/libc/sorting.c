/* qsort() and qsort_r(): all widths and many counts, orders that are nearly
 * there, equal elements, a lack of memory. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

#define MOST 3000
#define WIDEST 72

/* The program's own: one block at a time. */
static int no_memory, refusals;

void *malloc(size_t bytes)
{
    static _Alignas(16) unsigned char memory[1 << 18];

    if (no_memory || bytes > sizeof memory) {
        refusals++;
        errno = ENOMEM;
        return NULL;
    }
    return memory;
}
void free(void *block)
{
    (void)block;
}
void *calloc(size_t count, size_t bytes)
{
    (void)count;
    (void)bytes;
    return NULL;
}
void *realloc(void *block, size_t bytes)
{
    (void)block;
    (void)bytes;
    return NULL;
}

static unsigned char array[MOST * WIDEST], before[MOST * WIDEST];
static size_t width_now;
static unsigned long comparisons;

static unsigned key(const unsigned char *element)
{
    return width_now == 1 ? element[0] : element[0] | element[1] << 8;
}

static int by_key(const void *a, const void *b)
{
    unsigned x = key(a), y = key(b);

    comparisons++;
    return x < y ? -1 : x > y;
}

static int downwards(const void *a, const void *b, void *sign)
{
    return *(const int *)sign * by_key(a, b);
}

static unsigned seed = 1;

static unsigned number(void)
{
    seed = seed * 1103515245 + 12345;
    return seed >> 8;
}

/* pattern: 0 random, 1 few values, 2 in order, 3 backwards, 4 nearly in order */
static void fill(size_t count, size_t width, int pattern)
{
    for (size_t i = 0; i < count; i++) {
        unsigned char *at = array + i * width;
        unsigned value = pattern == 0   ? number() % 65536
                         : pattern == 1 ? number() % 7
                         : pattern == 3 ? (unsigned)(count - i)
                                        : (unsigned)i;
        if (pattern == 4 && number() % 50 == 0) {
            value = number() % 3000;
        }
        for (size_t k = 0; k < width; k++) {
            at[k] = (unsigned char)(k < 2 ? value >> 8 * k : i >> k % 2 * 8);
        }
    }
    memcpy(before, array, count * width);
}

/* The same elements in order; those with equal keys as they were. */
static int is_sorted(size_t count, size_t width, int sign)
{
    unsigned long sums[2] = {0, 0};

    for (size_t i = 0; i < count * width; i++) {
        sums[0] += (unsigned long)array[i] * array[i];
        sums[1] += (unsigned long)before[i] * before[i];
    }
    for (size_t i = 1; i < count; i++) {
        const unsigned char *a = array + (i - 1) * width, *b = a + width;
        if (sign * ((int)key(a) - (int)key(b)) > 0) {
            return 0;
        }
        if (key(a) == key(b) && width >= 4 &&
            (a[2] | a[3] << 8) > (b[2] | b[3] << 8)) {
            return 0;
        }
    }
    return sums[0] == sums[1];
}

static void test(size_t count, size_t width, int pattern)
{
    int sign = -1;

    width_now = width;
    fill(count, width, pattern);
    errno = EDOM;
    qsort(array, count, width, by_key);
    CHECK(is_sorted(count, width, 1) && errno == EDOM);
    fill(count, width, pattern);
    qsort_r(array, count, width, downwards, &sign);
    CHECK(is_sorted(count, width, sign));
}

static void test_widths(void)
{
    for (size_t width = 1; width <= WIDEST; width++) {
        for (int pattern = 0; pattern < 5; pattern++) {
            test(width * 7 % 60, width, pattern);
        }
    }
    for (size_t count = 0; count < 40; count++) {
        test(count, 8, 0);
        test(count, 4, 1);
        test(count, 24, 0);
    }
    test(MOST, 8, 0);
    test(MOST, 4, 4);
    test(MOST, 13, 1);
}

static void test_comparisons(void)
{
    width_now = 8;
    fill(MOST, 8, 2);
    comparisons = 0;
    qsort(array, MOST, 8, by_key);
    CHECK(comparisons < 2 * MOST);
    fill(MOST, 8, 0);
    comparisons = 0;
    qsort(array, MOST, 8, by_key);
    CHECK(comparisons < 12 * MOST);
}

/* No order at all: whatever comes out, it is the same elements. */
static int at_random(const void *a, const void *b)
{
    (void)a;
    (void)b;
    return (int)(number() % 3) - 1;
}

static void test_nonsense(void)
{
    unsigned long sum = 0, wanted = 0;

    fill(1000, 8, 0);
    qsort(array, 1000, 8, at_random);
    for (int i = 0; i < 8000; i++) {
        sum += array[i];
        wanted += before[i];
    }
    CHECK(sum == wanted);
}

static void test_without_memory(void)
{
    static const size_t widths[] = {8, 4, 13};

    no_memory = 1;
    for (unsigned n = 0; n < 3; n++) {
        unsigned long sums[2] = {0, 0};
        width_now = widths[n];
        fill(2000, widths[n], 0);
        errno = 0;
        qsort(array, 2000, widths[n], by_key);
        for (size_t i = 0; i < 2000 * widths[n]; i++) {
            sums[0] += array[i];
            sums[1] += before[i];
        }
        for (size_t i = 1; i < 2000; i++) {
            CHECK(key(array + (i - 1) * widths[n]) <=
                  key(array + i * widths[n]));
        }
        CHECK(sums[0] == sums[1] && errno == 0);
    }
    CHECK(refusals == 3);
    no_memory = 0;
}

int main(void)
{
    test_widths();
    test_comparisons();
    test_nonsense();
    test_without_memory();
    return finish("sorting");
}
