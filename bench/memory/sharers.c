/* Pages that NODES nodes read and one then writes: prints microseconds of such
 * a read and such a write, and of a move from one to the next: medians.
 *
 *   sharers NODES */
#include <popcorn.h>
#include <stdio.h>
#include <stdlib.h>

#include "../timing.h"

enum { PAGE = 4096, PAGES = 256, STEP = 79 };

static double median_us(long *ns, long count)
{
    qsort(ns, (size_t)count, sizeof *ns, by_value);
    return (double)ns[count / 2] / 1e3;
}

int main(int argc, char **argv)
{
    int nodes = argc > 1 ? atoi(argv[1]) : 2;
    volatile char *pages = aligned_alloc(PAGE, PAGES * PAGE);
    long *read = calloc((size_t)nodes * PAGES, sizeof *read), reads = 0;
    long *move = calloc((size_t)nodes * 8, sizeof *move), moves = 0;
    long write[PAGES], wrong = 0;

    if (pages == NULL || read == NULL || move == NULL) {
        return 1;
    }
    for (int i = 0; i < nodes * 8; i++) {
        long start = now_ns();
        if (popcorn_migrate((i + 1) % nodes) != 0) {
            return 1;
        }
        move[moves++] = now_ns() - start;
    }
    for (long i = 0; i < PAGES; i++) {
        pages[i * PAGE] = (char)(i % 127);
        write[i] = 0;
    }
    for (int node = 1; node <= nodes; node++) {
        if (popcorn_migrate(node % nodes) != 0) {
            fprintf(stderr, "the move to node %d was declined\n", node % nodes);
            return 1;
        }
        for (long i = 0; node < nodes && i < PAGES; i++) {
            long at = i * STEP % PAGES, start = now_ns();
            wrong += pages[at * PAGE] != (char)(at % 127);
            read[reads++] = now_ns() - start;
        }
    }
    for (long i = 0; i < PAGES; i++) { /* every node has a copy */
        long at = i * STEP % PAGES, start = now_ns();
        pages[at * PAGE]++;
        write[i] = now_ns() - start;
    }
    printf("%.1f %.1f %.1f\n", median_us(read, reads), median_us(write, PAGES),
           median_us(move, moves));
    return wrong != 0;
}
