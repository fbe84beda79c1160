/* Goes there and back COUNT times, touching a working set of PAGES pages on
 * each side: what a move costs once the push knows the working set. Prints
 * nanoseconds, median and p99, of a round trip with its work, and of the calls
 * that move: there and back, and the very first there (once).
 *
 *   shuttle COUNT PAGES */
#include <popcorn.h>
#include <stdio.h>
#include <stdlib.h>

#include "../timing.h"

int main(int argc, char **argv)
{
    long count = argc > 1 ? atol(argv[1]) : 1000;
    long pages = argc > 2 ? atol(argv[2]) : 16;
    volatile long *set = aligned_alloc(4096, (size_t)pages * 4096);
    long *ns = calloc((size_t)count, sizeof *ns);
    long *way[2] = {calloc((size_t)count, sizeof *ns),
                    calloc((size_t)count, sizeof *ns)};
    long first;

    if (set == NULL || ns == NULL || way[0] == NULL || way[1] == NULL) {
        return 1;
    }
    for (long p = 0; p < pages; p++) {
        set[p * 512] = 0;
    }
    for (long i = 0; i < count; i++) {
        long start = now_ns();

        for (int node = 1; node >= 0; node--) {
            long left = now_ns();
            if (popcorn_migrate(node) != 0) {
                fprintf(stderr, "a move was declined\n");
                return 1;
            }
            way[node][i] = now_ns() - left;
            for (long p = 0; p < pages; p++) {
                set[p * 512]++;
            }
        }
        ns[i] = now_ns() - start;
    }
    for (long p = 0; p < pages; p++) {
        if (set[p * 512] != 2 * count) {
            fprintf(stderr, "page %ld: %ld, not %ld\n", p, set[p * 512],
                    2 * count);
            return 1;
        }
    }
    first = way[1][0];
    report("round-trip", ns, count);
    report("there", way[1], count);
    report("back", way[0], count);
    report("first", &first, 1);
    return 0;
}
