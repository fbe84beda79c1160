/* Allocation, timed: nanoseconds an operation, the median of SERIES series.
 *
 *   small    a block of 8 to 400 bytes takes the place of one of 1,000
 *   tiny     100 blocks of 32 bytes, freed in the order they were made in
 *   medium   as small, 1 to 64 KiB, of 200
 *   large    64 KiB to 4 MiB, of 20; each page of a block is written
 *   grow     a block grows to 4 MiB by realloc, by an eighth each time
 *   pair     two blocks do, in turns, by a half
 *   zeroed   calloc of 16 to 512 KiB; each page of it is written
 *   threads  small, by four threads; elapsed time
 *   passed   four threads: each frees what the one before it made; elapsed time
 *
 *   churn small|tiny|...
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

#include "../timing.h"

#define SERIES 9
#define THREADS 4

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* What every block is written to, so that no compiler leaves one out. */
static _Thread_local void *volatile seen;

static void *must(void *block)
{
    seen = block;
    if (block == NULL) {
        fputs("churn: out of memory\n", stderr);
        exit(1);
    }
    return block;
}

/* `count` times another block at one of `alive` places; writes a byte every `step`. */
static void replace(uint64_t seed, long count, int alive, size_t least,
                    size_t most, size_t step)
{
    char *blocks[1000] = {0};

    for (long i = 0; i < count; i++) {
        uint64_t number = next_random(&seed);
        int place = (int)(number % (uint64_t)alive);
        size_t size = least + (number >> 20) % (most - least + 1);

        free(blocks[place]);
        blocks[place] = must(malloc(size));
        for (size_t at = 0; at < size; at += step) {
            blocks[place][at] = (char)i;
        }
    }
    for (int i = 0; i < alive; i++) {
        free(blocks[i]);
    }
}

static void small(long count)
{
    replace(1, count, 1000, 8, 400, 400);
}

static void medium(long count)
{
    replace(2, count, 200, 1024, 65536, 65536);
}

static void large(long count)
{
    replace(3, count, 20, 65536, 4 << 20, 4096);
}

static void tiny(long count)
{
    char *blocks[100];

    for (long i = 0; i < count; i += 100) {
        for (int k = 0; k < 100; k++) {
            blocks[k] = must(malloc(32));
            blocks[k][0] = 1;
        }
        for (int k = 0; k < 100; k++) {
            free(blocks[k]);
        }
    }
}

static void grow(long count)
{
    for (long i = 0; i < count;) {
        char *block = NULL;

        for (size_t size = 16; size < 4 << 20; size += size / 8 + 1, i++) {
            block = must(realloc(block, size));
            block[size - 1] = 1;
        }
        free(block);
    }
}

static void pair(long count)
{
    for (long i = 0; i < count;) {
        char *block[2] = {NULL, NULL};

        for (size_t size = 16; size < 4 << 20; size += size / 2, i += 2) {
            for (int k = 0; k < 2; k++) {
                block[k] = must(realloc(block[k], size));
                block[k][size - 1] = 1;
            }
        }
        free(block[0]);
        free(block[1]);
    }
}

static void zeroed(long count)
{
    uint64_t seed = 4;

    for (long i = 0; i < count; i++) {
        size_t size = 16384 + next_random(&seed) % 507904;
        char *block = must(calloc(1, size));

        for (size_t at = 0; at < size; at += 4096) {
            block[at] = 1;
        }
        free(block);
    }
}

static long each_count;

static void *run_small(void *argument)
{
    replace((uint64_t)(intptr_t)argument + 5, each_count, 1000, 8, 400, 400);
    return NULL;
}

/* Blocks on their way from one thread to the next. */
static struct ring {
    _Alignas(64) atomic_ulong made;
    _Alignas(64) atomic_ulong taken;
    _Alignas(64) void *blocks[1024];
} ring[THREADS];

static void *run_passed(void *argument)
{
    long me = (long)(intptr_t)argument, made = 0, freed = 0;
    struct ring *out = &ring[me], *in = &ring[(me + THREADS - 1) % THREADS];
    uint64_t seed = (uint64_t)me + 9;

    while (made < each_count || freed < each_count) {
        unsigned long first = atomic_load(&in->taken);
        unsigned long end = atomic_load(&in->made), next;
        long before = made + freed;

        for (; first != end; first++, freed++) {
            free(in->blocks[first % 1024]);
        }
        atomic_store(&in->taken, first);
        next = atomic_load(&out->made);
        end = atomic_load(&out->taken) + 1024;
        for (int k = 0; k < 64 && next != end && made < each_count; k++) {
            char *block = must(malloc(8 + next_random(&seed) % 393));

            block[0] = 1;
            out->blocks[next++ % 1024] = block;
            made++;
        }
        atomic_store(&out->made, next);
        if (made + freed == before) {
            sched_yield();
        }
    }
    return NULL;
}

static void in_threads(void *(*body)(void *), long count)
{
    pthread_t thread[THREADS];

    each_count = count / THREADS;
    for (long i = 0; i < THREADS; i++) {
        pthread_create(&thread[i], NULL, body, (void *)i);
    }
    for (long i = 0; i < THREADS; i++) {
        pthread_join(thread[i], NULL);
    }
}

static void threads(long count)
{
    in_threads(run_small, count);
}

static void passed(long count)
{
    in_threads(run_passed, count);
}

static const struct way {
    const char *name;
    void (*run)(long count);
    long count;
} ways[] = {
    {"small", small, 2000000},   {"tiny", tiny, 4000000},
    {"medium", medium, 200000},  {"large", large, 400},
    {"grow", grow, 3000},        {"pair", pair, 3000},
    {"zeroed", zeroed, 1000},    {"threads", threads, 4000000},
    {"passed", passed, 2000000},
};

int main(int argc, char **argv)
{
    long ns[SERIES];

    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        if (argc > 1 && strcmp(argv[1], ways[i].name) == 0) {
            for (int k = 0; k < SERIES; k++) {
                long start = now_ns();

                ways[i].run(ways[i].count);
                ns[k] = now_ns() - start;
            }
            qsort(ns, SERIES, sizeof *ns, by_value);
            printf("%s %.2f\n", argv[1],
                   (double)ns[SERIES / 2] / (double)ways[i].count);
            return 0;
        }
    }
    fputs("churn: which? see churn.c\n", stderr);
    return 2;
}
