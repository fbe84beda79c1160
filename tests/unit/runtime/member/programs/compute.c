/* Recursion, loops, floating point, pointers to locals, function pointers, a
 * deep stack: what a move has to carry. */
#include "say.h"

static int fib(int n)
{
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

static double series(int terms, double factor)
{
    double sum = 0;

    for (int i = 1; i <= terms; i++) {
        sum += factor / i;
    }
    return sum;
}

static long deep(long depth, long *above)
{
    long local = depth * 3 + *above % 7;
    long below = depth == 0 ? local : deep(depth - 1, &local);

    return below + local + *above;
}

static int by_value(const void *a, const void *b)
{
    int left = *(const int *)a;
    int right = *(const int *)b;

    return (left > right) - (left < right);
}

int main(int argc, char **argv)
{
    int numbers[300];
    long start = 1;
    unsigned seed = 1;

    say(argc > 1 ? argv[1] : "no argument");
    say("\n");
    say_number("fib", fib(16));
    say_number("series", (long)(series(20000, 3.25) * 1e9));
    say_number("deep", deep(2000, &start));
    for (int i = 0; i < 300; i++) {
        seed = seed * 1103515245 + 12345;
        numbers[i] = (int)(seed >> 8);
    }
    qsort(numbers, 300, sizeof numbers[0], by_value);
    for (int i = 1; i < 300; i++) {
        CHECK(numbers[i - 1] <= numbers[i]);
    }
    say_number("middle", numbers[150]);
    return 5;
}
