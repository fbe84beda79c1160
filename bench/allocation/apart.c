/* THREADS threads, each on a node of its own, that share nothing they know of: each
 * replaces blocks of 16 to 400 bytes among 200, and writes and reads what it has, for
 * ROUNDS rounds of 100 blocks.  Prints milliseconds a thread, the median; page faults
 * are in --stats.  "mixed": the first thread made half of each one's first blocks.
 *
 *   apart THREADS ROUNDS [mixed] */
#include <popcorn.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>

#include "../timing.h"

enum { MAX_THREADS = 16, BLOCKS = 200 };

static long threads, rounds;
static pthread_barrier_t ready;

static struct mine { /* pages of its own */
    _Alignas(4096) unsigned char *blocks[BLOCKS];
    size_t sizes[BLOCKS];
    long ns;
} mine[MAX_THREADS];

static size_t next_size(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return 16 + (*state >> 33) % 385;
}

static void replace(struct mine *me, int place, uint64_t *state)
{
    free(me->blocks[place]);
    me->sizes[place] = next_size(state);
    me->blocks[place] = malloc(me->sizes[place]);
    if (me->blocks[place] == NULL) {
        exit(1);
    }
    memset(me->blocks[place], place, me->sizes[place]);
}

static void *run(void *argument)
{
    long number = (long)argument, start, bad = 0;
    struct mine *me = &mine[number];
    uint64_t state = (uint64_t)number;

    popcorn_migrate((int)number); /* started plainly there is one node */
    for (int i = 0; i < BLOCKS; i++) {
        if (me->blocks[i] == NULL) {
            replace(me, i, &state);
        }
    }
    pthread_barrier_wait(&ready);
    start = now_ns();
    for (long round = 0; round < rounds; round++) {
        for (int i = 0; i < 100; i++) {
            replace(me, (int)(state >> 40) % BLOCKS, &state);
        }
        for (int i = 0; i < BLOCKS; i++) {
            bad += me->blocks[i][0] != (unsigned char)i;
            me->blocks[i][0] = (unsigned char)i;
        }
    }
    me->ns = now_ns() - start;
    pthread_barrier_wait(&ready);
    return (void *)bad;
}

int main(int argc, char **argv)
{
    pthread_t thread[MAX_THREADS];
    long ns[MAX_THREADS];
    uint64_t state = 77;

    threads = argc > 1 ? atol(argv[1]) : 2;
    rounds = argc > 2 ? atol(argv[2]) : 1000;
    if (threads < 1 || threads > MAX_THREADS) {
        return 2;
    }
    pthread_barrier_init(&ready, NULL, (unsigned)threads);
    for (int i = 0; argc > 3 && i < BLOCKS; i += 2) {
        for (long t = 0; t < threads; t++) {
            replace(&mine[t], i, &state);
        }
    }
    for (long i = 0; i < threads; i++) {
        pthread_create(&thread[i], NULL, run, (void *)i);
    }
    for (long i = 0; i < threads; i++) {
        void *bad;

        pthread_join(thread[i], &bad);
        if (bad != NULL) {
            puts("apart: a block has changed");
            return 1;
        }
        ns[i] = mine[i].ns;
    }
    qsort(ns, (size_t)threads, sizeof *ns, by_value);
    printf("apart %.1f\n", (double)ns[threads / 2] / 1e6);
    return 0;
}
