/* An order of pages that no read-ahead guesses. */
#ifndef POPCORN_BENCH_PAGE_ORDER_H
#define POPCORN_BENCH_PAGE_ORDER_H

/* The i-th of `count` pages, a power of two: the bits of i from last to first, so
 * that a page's neighbour comes half of all visits later. */
static inline long nth_page(long i, long count)
{
    long page = 0;

    for (long bit = 1; bit < count; bit *= 2, i /= 2) {
        page = 2 * page + i % 2;
    }
    return page;
}

#endif
