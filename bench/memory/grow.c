/* What MIB MiB of shared memory cost, touched at up to 32768 places: prints
 * milliseconds from STARTED_NS (of CLOCK_REALTIME) to main, of the first move,
 * of the way home, of a fork with what the other node then had written (it
 * calls every page home), and microseconds of a read fault at a random place
 * (median).
 *
 *   grow MIB STARTED_NS */
#include <popcorn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../page_order.h"
#include "../timing.h"

enum { PAGE = 4096, PLACES = 32768, FAULTS = 512 };

static double ms_since(long start)
{
    return (double)(now_ns() - start) / 1e6;
}

static double move_ms(int node)
{
    long start = now_ns();

    if (popcorn_migrate(node) != 0) {
        fprintf(stderr, "the move was declined\n");
        exit(1);
    }
    return ms_since(start);
}

int main(int argc, char **argv)
{
    long pages = (argc > 1 ? atol(argv[1]) : 1) * 256;
    long started_ns = argc > 2 ? atol(argv[2]) : 0;
    long step = pages > PLACES ? pages / PLACES : 1, places = pages / step;
    long faults = places < FAULTS ? places / 2 : FAULTS, start, wrong = 0;
    volatile char *memory =
        mmap(NULL, (size_t)pages * PAGE, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    long *ns = calloc((size_t)faults, sizeof *ns);
    double start_ms, there_ms, back_ms;
    struct timespec now;
    pid_t child;

    clock_gettime(CLOCK_REALTIME, &now);
    start_ms =
        (double)(now.tv_sec * 1000000000L + now.tv_nsec - started_ns) / 1e6;
    if (memory == MAP_FAILED || ns == NULL) {
        perror("memory");
        return 1;
    }
    for (long i = 0; i < places; i++) {
        memory[i * step * PAGE] = (char)(i % 127 + 1);
    }
    there_ms = move_ms(1);
    for (long i = 0; i < faults; i++) { /* of a power of two of places */
        long at = nth_page(i, places);
        ns[i] = now_ns();
        wrong += memory[at * step * PAGE] != (char)(at % 127 + 1);
        ns[i] = now_ns() - ns[i];
    }
    for (long i = 0; i < places; i++) {
        memory[i * step * PAGE]++;
    }
    back_ms = move_ms(0);
    start = now_ns();
    child = fork();
    if (child == 0) {
        _exit(0);
    }
    printf("%.1f %.2f %.2f %.1f ", start_ms, there_ms, back_ms,
           ms_since(start));
    waitpid(child, NULL, 0);
    for (long i = 0; i < places; i++) {
        wrong += memory[i * step * PAGE] != (char)(i % 127 + 2);
    }
    qsort(ns, (size_t)faults, sizeof *ns, by_value);
    printf("%.1f\n", (double)ns[faults / 2] / 1e3);
    return wrong != 0;
}
