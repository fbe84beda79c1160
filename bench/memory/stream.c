/* THREADS threads go to another node and read MIB MiB each that home wrote, from
 * the first word to the last. Prints MB/s of all, with what was read checked.
 *
 *   stream MIB [THREADS] */
#include <popcorn.h>
#include <pthread.h>
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

enum { MOST = 8 };

static struct part {
    unsigned long *words, wanted, sum;
    long start, end;
} part[MOST];
static size_t count;
static pthread_barrier_t there;

static void *reads(void *argument)
{
    struct part *mine = argument;

    if (popcorn_migrate(1) != 0) {
        fprintf(stderr, "the move was declined\n");
        exit(1);
    }
    pthread_barrier_wait(&there);
    mine->start = now_ns();
    mine->sum = sum_of(mine->words, count);
    mine->end = now_ns();
    return NULL;
}

static void write_words(struct part *mine)
{
    mine->words = mmap(NULL, count * sizeof(long), PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mine->words == MAP_FAILED) {
        exit(1);
    }
    for (size_t i = 0; i < count; i++) {
        mine->words[i] = i * 0x9e3779b97f4a7c15;
    }
    mine->wanted = sum_of(mine->words, count);
}

int main(int argc, char **argv)
{
    size_t size_bytes = (size_t)(argc > 1 ? atol(argv[1]) : 256) << 20;
    unsigned threads = argc > 2 ? (unsigned)atol(argv[2]) : 1;
    pthread_t thread[MOST];
    long start, end = 0;

    count = size_bytes / sizeof(long);
    if (threads == 0 || threads > MOST) {
        return 1;
    }
    pthread_barrier_init(&there, NULL, threads);
    for (unsigned i = 0; i < threads; i++) {
        write_words(&part[i]);
    }
    for (unsigned i = 1; i < threads; i++) {
        if (pthread_create(&thread[i], NULL, reads, &part[i]) != 0) {
            return 1;
        }
    }
    reads(&part[0]);
    for (unsigned i = 1; i < threads; i++) {
        pthread_join(thread[i], NULL);
    }
    start = part[0].start;
    for (unsigned i = 0; i < threads; i++) {
        start = part[i].start < start ? part[i].start : start;
        end = part[i].end > end ? part[i].end : end;
        if (part[i].sum != part[i].wanted) {
            fprintf(stderr, "read something else than was written\n");
            return 1;
        }
    }
    printf("stream %.0f\n",
           (double)(threads * size_bytes) * 1e3 / (double)(end - start));
    return 0;
}
