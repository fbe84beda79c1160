/* A sum over a file's words, cut into parts for the threads of each node: data on
 * pages of their own, settings, regions, and OpenMP's macros. */
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check.h"
#include "migrate.h"

enum { THREADS = 4, COUNT = 200000 };

POPCORN_DEFINE_CONFIGS();

typedef struct {
    int tid;
    const unsigned *from;
    long count;
    unsigned sum;
} ALIGN_TO_PAGE part_t;

static _Thread_local int thread_number;
static part_t total;
static int nodes;

int omp_get_thread_num(void)
{
    return thread_number;
}

static unsigned sum_of(const unsigned *words, long count)
{
    unsigned sum = 0;

    for (long i = 0; i < count; i++) {
        sum = sum * 31 + (words[i] ^ (words[i] >> 7));
    }
    return sum;
}

/* The node a thread's number stands for, as far as there is one. */
static int node_of(int tid)
{
    int node = tid / POPCORN_CONFIG_CORES_PER_NODE;

    return node < nodes ? node : 0;
}

static void *worker(void *argument)
{
    part_t *part = argument;
    unsigned first, second, third;

    thread_number = part->tid;
    POPCORN_MIGRATE_START(part->tid);
    CHECK(popcorn_current_nid() == node_of(part->tid));
    first = sum_of(part->from, part->count);
    POPCORN_MIGRATE_END();
    CHECK(popcorn_current_nid() == 0);

    POPCORN_MIGRATE_REGION_START(part->tid, 3)
    CHECK(popcorn_current_nid() == node_of(part->tid));
    second = sum_of(part->from, part->count);
    POPCORN_MIGRATE_REGION_END()
    CHECK(popcorn_current_nid() == 0);

    POPCORN_OMP_MIGRATE_START(4)
    int here = popcorn_current_nid();
    CHECK(here == node_of(part->tid));
    third = sum_of(part->from, part->count);
    POPCORN_OMP_MIGRATE_END()
    CHECK(popcorn_current_nid() == 0);

    popcorn_region_id(0);
    part->sum = first;
    CHECK(first == second && second == third);
    return NULL;
}

static const unsigned *make_file(void)
{
    char name[] = "/tmp/popcorn-linux-XXXXXX";
    unsigned *words = popcorn_malloc(COUNT * sizeof *words), state = 1;
    int file = mkstemp(name);
    void *mapped;

    CHECK(words != NULL && ((size_t)words & ~(size_t)PAGE_MASK) == 0);
    for (long i = 0; i < COUNT; i++) {
        words[i] = state = state * 1103515245 + 12345;
    }
    CHECK(write(file, words, COUNT * sizeof *words) ==
          (ssize_t)(COUNT * sizeof *words));
    mapped = mmap(NULL, COUNT * sizeof *words, PROT_READ, MAP_PRIVATE, file, 0);
    CHECK(mapped != MAP_FAILED && memcmp(mapped, words, PAGE_SIZE) == 0);
    CHECK(popcorn_release_ownership(words, PAGE_SIZE) == 0);
    CHECK(words[0] == *(unsigned *)mapped);
    unlink(name);
    free(words);
    return mapped;
}

int main(void)
{
    struct popcorn_node_info node[MAX_POPCORN_NODES];
    const unsigned *words = make_file();
    part_t *parts = popcorn_malloc(sizeof *parts * THREADS);
    pthread_t thread[THREADS];
    unsigned sum = 0;

    CHECK(sizeof(part_t) == 1 << PAGE_SHIFT && PAGE_SIZE == 1 << PAGE_SHIFT);
    CHECK(((size_t)&total & (PAGE_SIZE - 1)) == 0);
    CHECK(popcorn_get_node_info(NULL, node) == 0);
    while (node[nodes].status == POPCORN_NODE_ONLINE) {
        nodes++;
    }
    POPCORN_CONFIG_CORES_PER_NODE = 2;
    POPCORN_CONFIG_NODES = nodes;
    for (int i = 0; i < THREADS; i++) {
        parts[i] = (part_t){.tid = i,
                            .from = words + i * (COUNT / THREADS),
                            .count = COUNT / THREADS};
        CHECK(!pthread_create(&thread[i], NULL, worker, &parts[i]));
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(thread[i], NULL);
        sum ^= sum_of(parts[i].from, parts[i].count) ^ parts[i].sum;
    }
    CHECK(sum == 0 && POPCORN_CONFIG_NODES == nodes);
    free(parts);
    puts("worked");
    return 0;
}
