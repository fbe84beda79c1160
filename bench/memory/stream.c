/* Reads MIB MiB that another node wrote, from the first word to the last.
 * Prints MB/s, with what was read checked.
 *
 *   stream MIB */
#include <popcorn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "../timing.h"

static unsigned long sum_of(const unsigned long *words, size_t count)
{
    unsigned long sum = 0;

    for (size_t i = 0; i < count; i++) {
        sum = sum * 3 + words[i];
    }
    return sum;
}

int main(int argc, char **argv)
{
    size_t size_bytes = (size_t)(argc > 1 ? atol(argv[1]) : 256) << 20;
    size_t count = size_bytes / sizeof(long);
    unsigned long *words = mmap(NULL, size_bytes, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    unsigned long wanted, sum;
    long start;

    if (words == MAP_FAILED) {
        return 1;
    }
    for (size_t i = 0; i < count; i++) {
        words[i] = i * 0x9e3779b97f4a7c15;
    }
    wanted = sum_of(words, count);
    if (popcorn_migrate(1) != 0) {
        fprintf(stderr, "the move was declined\n");
        return 1;
    }
    start = now_ns();
    sum = sum_of(words, count);
    start = now_ns() - start;
    printf("stream %.0f\n", (double)size_bytes * 1e3 / (double)start);
    if (sum != wanted) {
        fprintf(stderr, "read something else than was written\n");
        return 1;
    }
    return 0;
}
