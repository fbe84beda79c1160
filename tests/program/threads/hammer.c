/* Threads hammer shared memory: atomic counters of every width in one cache
 * line and across pages, a lock-free stack and queue, random pages whose
 * contents must be consistent under a mutex, 16-byte atomics, plain bytes that
 * are neighbours.
 *
 *   hammer [ROUNDS [THREADS [WAIT]]]
 *
 * WAIT: milliseconds before a thread begins, in which it gets to where it is
 * sent.
 */
#define _GNU_SOURCE
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "threads.h"

#define MAX_THREADS 16
#define PAGES 24
#define PAGE 4096
#define NODES 64 /* of the stack, per thread */

static long rounds = 200, thread_count = 4, wait_ms;

static struct {
    _Atomic uint8_t byte;
    _Atomic uint16_t half;
    _Atomic uint32_t word;
    _Atomic uint64_t xword;
    uint8_t neighbour[MAX_THREADS]; /* each thread has one, not atomic */
    _Atomic uint64_t last __attribute__((aligned(8)));
} counters;

static struct page {
    _Alignas(PAGE) pthread_mutex_t mutex;
    uint64_t version, values[64];
} pages[PAGES];

/* Both halves change together. */
union pair {
    unsigned __int128 whole;
    struct {
        uint64_t low, high;
    };
};
static _Alignas(16) unsigned __int128 pair;

struct link {
    struct link *next;
    uint64_t value;
};
static struct link links[MAX_THREADS][NODES];
/* A pointer and a count of changes, against ABA. */
static _Alignas(16) unsigned __int128 top;
static atomic_long taken_sum;

static void add_to_pair(uint64_t n)
{
    union pair old, new;

    old.whole = __atomic_load_n(&pair, __ATOMIC_RELAXED);
    do {
        CHECK(old.low == ~old.high);
        new.low = old.low + n;
        new.high = ~new.low;
    } while (!__atomic_compare_exchange_n(&pair, &old.whole, new.whole, 0,
                                          __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
}

static void push(struct link *link)
{
    union pair old, new;

    old.whole = __atomic_load_n(&top, __ATOMIC_RELAXED);
    do {
        __atomic_store_n(&link->next, (struct link *)(uintptr_t)old.low,
                         __ATOMIC_RELAXED);
        new.low = (uintptr_t)link;
        new.high = old.high + 1;
    } while (!__atomic_compare_exchange_n(&top, &old.whole, new.whole, 0,
                                          __ATOMIC_RELEASE, __ATOMIC_RELAXED));
}

static struct link *pop(void)
{
    union pair old, new;

    old.whole = __atomic_load_n(&top, __ATOMIC_ACQUIRE);
    do {
        struct link *first = (struct link *)(uintptr_t)old.low;
        if (first == NULL) {
            return NULL;
        }
        new.low = (uintptr_t)__atomic_load_n(&first->next, __ATOMIC_RELAXED);
        new.high = old.high + 1;
    } while (!__atomic_compare_exchange_n(&top, &old.whole, new.whole, 0,
                                          __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE));
    return (struct link *)(uintptr_t)old.low;
}

/* All values of a page are its version, except for those who are writing. */
static void use_page(struct page *page, uint64_t number)
{
    CHECK(pthread_mutex_lock(&page->mutex) == 0);
    for (int i = 0; i < 64; i++) {
        CHECK(page->values[i] == page->version);
    }
    if (number % 3 != 0) {
        page->version++;
        for (int i = 0; i < 64; i++) {
            page->values[i] = page->version;
        }
    }
    CHECK(pthread_mutex_unlock(&page->mutex) == 0);
}

static void *work(void *argument)
{
    long self = (long)(intptr_t)argument;
    uint64_t state = 0x9e3779b97f4a7c15u * (uint64_t)(self + 1);
    uint64_t writes = 0;

    usleep((useconds_t)wait_ms * 1000);
    for (long i = 0; i < rounds; i++) {
        uint64_t number = next_random(&state);
        atomic_fetch_add(&counters.byte, 1);
        atomic_fetch_add(&counters.half, 3);
        atomic_fetch_add(&counters.word, 5);
        atomic_fetch_add(&counters.xword, 1ull << 32 | 1);
        atomic_fetch_xor(&counters.last, 1ull << self * 4);
        counters.neighbour[self]++;
        add_to_pair(7);
        use_page(&pages[number % PAGES], number >> 8);
        writes += (number >> 8) % 3 != 0;
        if (i < NODES) {
            links[self][i].value = (uint64_t)(self * NODES + i + 1);
            push(&links[self][i]);
        }
        if (i % 2 == 1) {
            struct link *link = pop();
            if (link != NULL) {
                atomic_fetch_add(&taken_sum, (long)link->value);
            }
        }
    }
    return (void *)(uintptr_t)writes;
}

int main(int argc, char **argv)
{
    pthread_t threads[MAX_THREADS];
    union pair end = {.low = 0};
    uint64_t writes = 0, versions = 0;
    struct link *link;

    rounds = argc > 1 ? strtol(argv[1], NULL, 10) : rounds;
    thread_count = argc > 2 ? strtol(argv[2], NULL, 10) : thread_count;
    wait_ms = argc > 3 ? strtol(argv[3], NULL, 10) : 0;
    CHECK(thread_count >= 1 && thread_count <= MAX_THREADS);
    for (int i = 0; i < PAGES; i++) {
        CHECK(pthread_mutex_init(&pages[i].mutex, NULL) == 0);
    }
    end.high = ~0ull;
    pair = end.whole;
    for (intptr_t i = 0; i < thread_count; i++) {
        threads[i] = start(work, (void *)i);
    }
    for (int i = 0; i < thread_count; i++) {
        writes += (uintptr_t)join(threads[i]);
    }
    while ((link = pop()) != NULL) {
        taken_sum += (long)link->value;
    }
    end.whole = pair;
    printf("byte %u half %u word %u xword %llx last %llx\n", counters.byte,
           counters.half, counters.word, (unsigned long long)counters.xword,
           (unsigned long long)counters.last);
    for (int i = 0; i < thread_count; i++) {
        printf("neighbour %d: %u\n", i, counters.neighbour[i]);
    }
    for (int i = 0; i < PAGES; i++) {
        versions += pages[i].version;
    }
    printf("pair %llu, complement %d\nstack: %ld\n",
           (unsigned long long)end.low, end.high == ~end.low, taken_sum);
    printf("pages: %llu\n", (unsigned long long)versions);
    CHECK(versions == writes);
    return 0;
}
