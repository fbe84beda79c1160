/* Recursion 100,000 frames deep, with moves at the bottom, on the way down and
 * on the way up; every value of every frame is checked. */
#include "language.h"
#include <setjmp.h>
#include <stdlib.h>

#define DEPTH 100000

static long moves_wanted;

/* Each frame has values of its own; the thread moves at eight depths. */
static NOINLINE unsigned long sum(unsigned long n, unsigned long seed)
{
    unsigned long a = seed * 3 + n, b = seed ^ (n << 7), below;

    if (n % (DEPTH / 8) == 0 && moves_wanted) {
        point();
    }
    below = n > 0 ? sum(n - 1, a) : 0;
    return below * 5 + a + b;
}

/* A local whose address is kept: a list of 100,000 nodes on the data stack. */
struct node {
    struct node *above;
    int number;
};

static NOINLINE long linked(struct node *above, int n)
{
    struct node own = {above, n};
    long below = 0;

    if (n > 0) {
        below = linked(&own, n - 1);
    } else {
        point();
        for (struct node *p = &own; p != NULL; p = p->above) {
            below += p->number;
            p->number *= 2;
        }
        point();
    }
    return below + own.number;
}

static jmp_buf top;

static NOINLINE int down_and_out(int n)
{
    if (n == 0) {
        point();
        longjmp(top, 5);
    }
    return down_and_out(n - 1) + 1;
}

int main(void)
{
    int out;

    printf("sum %lu\n", sum(DEPTH, 1));
    moves_wanted = 1;
    printf("sum %lu\n", sum(DEPTH, 1));
    printf("linked %ld\n", linked(NULL, DEPTH));
    out = setjmp(top);
    if (out == 0) {
        out = down_and_out(DEPTH);
    }
    printf("out %d\n", out);
    return 0;
}
