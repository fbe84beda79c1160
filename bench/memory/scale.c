/* Work that needs no sharing, by THREADS threads, each on a node of its own:
 * counts the steps each start below LIMIT takes to 1 (Collatz). Prints
 * milliseconds from the first thread's creation to the last one's end.
 *
 *   scale THREADS LIMIT */
#include <popcorn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "../timing.h"

enum { MAX_THREADS = 64 };

static long threads, limit;
static struct {
    _Alignas(4096) long steps;
} part[MAX_THREADS];

static void *run(void *argument)
{
    long me = (long)argument, steps = 0;

    popcorn_migrate((int)me); /* started plainly there is one node */
    for (long i = 1 + me; i < limit; i += threads) {
        for (unsigned long n = (unsigned long)i; n != 1; steps++) {
            n = n & 1 ? 3 * n + 1 : n / 2;
        }
    }
    part[me].steps = steps;
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t thread[MAX_THREADS];
    long start = now_ns(), sum = 0;

    threads = argc > 1 ? atol(argv[1]) : 1;
    limit = argc > 2 ? atol(argv[2]) : 1000000;
    if (threads < 1 || threads > MAX_THREADS) {
        return 2;
    }
    for (long i = 0; i < threads; i++) {
        pthread_create(&thread[i], NULL, run, (void *)i);
    }
    for (long i = 0; i < threads; i++) {
        pthread_join(thread[i], NULL);
        sum += part[i].steps;
    }
    printf("scale %.1f %ld\n", (double)(now_ns() - start) / 1e6, sum);
    return 0;
}
