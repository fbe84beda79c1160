/* Values two ISAs could see differently, while threads on both write them:
 * what one instruction may not tear, what several instructions of AArch64 do
 * together, and what a page boundary cuts.
 *
 *   values [ROUNDS [THREADS [WAIT]]]
 *
 * WAIT: milliseconds before a thread begins, in which it gets to where it is
 * sent.
 *
 * In each value one part is a function of another, so half a value shows. */
#define _GNU_SOURCE
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "threads.h"

#define MAX_THREADS 16
#define PAGE 4096

static long rounds = 100, thread_count = 4, wait_ms;

/* The last and the first bytes of pages, and a value across a boundary. */
static _Alignas(PAGE) unsigned char pages[4][PAGE];

/* --- 16 bytes: one instruction on x86-64, a pair of them on AArch64 --- */

struct pair {
    uint64_t value, complement;
};
static _Atomic struct pair counted;

static struct pair pair_of(uint64_t value)
{
    return (struct pair){value, ~value};
}

static void use_pair(_Atomic struct pair *pair, uint64_t n)
{
    struct pair seen = atomic_load(pair);

    CHECK(seen.complement == ~seen.value);
    while (
        !atomic_compare_exchange_weak(pair, &seen, pair_of(seen.value + n))) {
        CHECK(seen.complement == ~seen.value);
    }
}

/* Every value that is put in is taken out once, or is there at the end. */
static _Atomic struct pair handed_on;
static atomic_ullong put_in, taken_out;

static void exchange_pair(uint64_t n)
{
    struct pair seen = atomic_exchange(&handed_on, pair_of(n));

    CHECK(seen.complement == ~seen.value);
    atomic_fetch_add(&put_in, n);
    atomic_fetch_add(&taken_out, seen.value);
}

/* --- 8 bytes, aligned: at the edges of pages --- */

static void use_edge(unsigned char *bytes, uint32_t n)
{
    _Atomic uint64_t *edge = (void *)bytes;
    uint64_t seen = atomic_load_explicit(edge, memory_order_relaxed);

    CHECK((uint32_t)seen == (uint32_t)(seen >> 32));
    atomic_store_explicit(edge, (uint64_t)n << 32 | n, memory_order_relaxed);
}

/* --- 8 bytes across a boundary: natively too another thread may see a part of
 * them, but each byte is one that was written, and nobody waits for ever --- */

struct across {
    uint64_t value;
} __attribute__((packed));

static NOINLINE void use_across(volatile struct across *across, unsigned n)
{
    uint64_t seen = across->value;

    for (; seen != 0; seen >>= 8) {
        CHECK((seen & 15) == (~seen >> 4 & 15));
    }
    across->value = ((n & 15) | (~n & 15) << 4) * 0x0101010101010101u;
}

/* --- loops of load-exclusive and store-exclusive, of each width, whose page
 * leaves between the two: neighbours of one granule --- */

static _Alignas(64) struct {
    _Atomic uint8_t byte[4];
    _Atomic uint16_t half[2];
    _Atomic uint32_t word;
    _Atomic float sum;
    _Atomic uint64_t largest;
    uint8_t plain[MAX_THREADS];
} granule;

static void use_granule(long self, uint64_t n)
{
    float sum = atomic_load(&granule.sum);
    uint64_t largest = atomic_load(&granule.largest);

    atomic_fetch_add(&granule.byte[n % 4], 1);
    atomic_fetch_sub(&granule.half[n % 2], 1);
    atomic_fetch_xor(&granule.word, 1u << n % 32);
    atomic_fetch_xor(&granule.word, 1u << n % 32);
    while (!atomic_compare_exchange_weak(&granule.sum, &sum, sum + 0.5f)) {
    }
    while (largest < n &&
           !atomic_compare_exchange_weak(&granule.largest, &largest, n)) {
    }
    granule.plain[self]++;
}

static void *work(void *argument)
{
    long self = (long)(intptr_t)argument;
    uint64_t state = 0x9e3779b97f4a7c15u * (uint64_t)(self + 1);
    uint64_t largest = 0;

    usleep((useconds_t)wait_ms * 1000);
    for (long i = 0; i < rounds; i++) {
        uint64_t n = next_random(&state);
        use_pair(&counted, 3);
        use_pair((void *)(pages[1] - 16), 5);
        exchange_pair(n >> 32);
        use_edge(pages[1], (uint32_t)n);
        use_edge(pages[2] - 8, (uint32_t)n);
        use_across((void *)(pages[3] - 4), (unsigned)n);
        use_granule(self, n);
        largest = n > largest ? n : largest;
    }
    return (void *)(uintptr_t)largest;
}

int main(int argc, char **argv)
{
    pthread_t threads[MAX_THREADS];
    _Atomic struct pair *at_end = (void *)(pages[1] - 16);
    struct pair one, two;
    uint64_t largest = 0, plain = 0;
    unsigned bytes = 0;

    rounds = argc > 1 ? strtol(argv[1], NULL, 10) : rounds;
    thread_count = argc > 2 ? strtol(argv[2], NULL, 10) : thread_count;
    wait_ms = argc > 3 ? strtol(argv[3], NULL, 10) : 0;
    CHECK(thread_count >= 1 && thread_count <= MAX_THREADS);
    atomic_init(&counted, pair_of(0));
    atomic_init(&handed_on, pair_of(0));
    atomic_init(at_end, pair_of(0));
    for (intptr_t i = 0; i < thread_count; i++) {
        threads[i] = start(work, (void *)i);
    }
    for (int i = 0; i < thread_count; i++) {
        uint64_t its = (uintptr_t)join(threads[i]);
        largest = its > largest ? its : largest;
    }
    one = atomic_load(&counted);
    two = atomic_load(at_end);
    printf("pairs %llu %llu, complements %d %d\n",
           (unsigned long long)one.value, (unsigned long long)two.value,
           one.complement == ~one.value, two.complement == ~two.value);
    one = atomic_load(&handed_on);
    printf("handed on: %d\n", put_in == taken_out + one.value);
    for (int i = 0; i < 4; i++) {
        bytes = (bytes + granule.byte[i]) & 255;
    }
    for (int i = 0; i < thread_count; i++) {
        plain += granule.plain[i] == (uint8_t)rounds;
    }
    printf("bytes %u halves %u word %u sum %g largest %d plain %llu\n", bytes,
           (uint16_t)(granule.half[0] + granule.half[1]), granule.word,
           (double)granule.sum, granule.largest == largest,
           (unsigned long long)plain);
    return 0;
}
