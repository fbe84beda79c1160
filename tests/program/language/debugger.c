/* A program for gdb and lldb (debugger.sh, which knows its line numbers). */
#include <stdio.h>

struct pair {
    int a, b;
};

static int step_sizes[3] = {10, 20, 30};

static __attribute__((noinline)) int inner(struct pair *where, int n)
{
    int local[4] = {n, n + 1, n + 2, n + 3};
    struct pair own = {n * 2, n * 3};
    int sum = 0;

    for (int i = 0; i < 4; i++) {
        sum += local[i] * where->a;
        printf("%d\n", sum);
    }
    where->b += own.a + own.b;
    return sum; /* BREAK */
}

static __attribute__((noinline)) int outer(int count)
{
    struct pair pair = {count + 1, 5};
    int total = 0;

    for (int i = 0; i < count; i++) {
        total += inner(&pair, step_sizes[i]); /* CALL */
    }
    return total + pair.b;
}

int main(void)
{
    printf("%d\n", outer(2)); /* TOP */
    return 0;
}
