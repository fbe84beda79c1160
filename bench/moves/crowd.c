/* THREADS threads go there and back COUNT times each, writing PAGES pages of
 * their own and a word they share on each side; IDLE more wait all the while.
 * Prints nanoseconds, median and p99, of a round trip with its work.
 *
 *   crowd THREADS IDLE COUNT PAGES */
#include <popcorn.h>
#include <pthread.h>
#include <stdatomic.h>

#include "../timing.h"

enum { MOST = 64, WORDS = 4096 / sizeof(long) };

static long count, pages, *ns;
static atomic_long shared;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static void *moves(void *argument)
{
    long index = (long)argument, *took = ns + index * count;
    volatile long *set = aligned_alloc(4096, (size_t)pages * 4096);

    for (long p = 0; p < pages; p++) {
        set[p * (long)WORDS] = 0;
    }
    for (long i = 0; i < count; i++) {
        long start = now_ns();

        for (int node = 1; node >= 0; node--) {
            if (popcorn_migrate(node) != 0) {
                fprintf(stderr, "a move was declined\n");
                exit(1);
            }
            for (long p = 0; p < pages; p++) {
                set[p * (long)WORDS]++;
            }
            if (i % 16 == 0) {
                atomic_fetch_add(&shared, 1);
            }
        }
        took[i] = now_ns() - start;
    }
    for (long p = 0; p < pages; p++) {
        if (set[p * (long)WORDS] != 2 * count) {
            fprintf(stderr, "thread %ld, page %ld: %ld, not %ld\n", index, p,
                    set[p * (long)WORDS], 2 * count);
            exit(1);
        }
    }
    return NULL;
}

static void *waits(void *argument)
{
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    return argument;
}

int main(int argc, char **argv)
{
    long threads = argc > 4 ? atol(argv[1]) : 4;
    long idle = argc > 4 ? atol(argv[2]) : 0;
    pthread_t thread[MOST];

    count = argc > 4 ? atol(argv[3]) : 300;
    pages = argc > 4 ? atol(argv[4]) : 1;
    ns = calloc((size_t)(threads * count), sizeof *ns);
    if (ns == NULL || threads + idle > MOST) {
        return 1;
    }
    pthread_mutex_lock(&gate);
    for (long i = 0; i < threads + idle; i++) {
        if (pthread_create(&thread[i], NULL, i < threads ? moves : waits,
                           (void *)i) != 0) {
            return 1;
        }
    }
    for (long i = 0; i < threads; i++) {
        pthread_join(thread[i], NULL);
    }
    pthread_mutex_unlock(&gate);
    for (long i = threads; i < threads + idle; i++) {
        pthread_join(thread[i], NULL);
    }
    if (shared != threads * 2 * ((count + 15) / 16)) {
        fprintf(stderr, "the shared word: %ld\n", (long)shared);
        return 1;
    }
    report("round-trip", ns, threads * count);
    return 0;
}
