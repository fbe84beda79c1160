/* malloc and its relations: limits, alignment, contents, errno, threads that free each
 * other's blocks and end, fork in the middle of it, memory that is given back. */
#define _GNU_SOURCE
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

#define KIB ((size_t)1024)
#define MIB (KIB * KIB)

/* What a compiler must not know, or it leaves calls out. */
static volatile size_t too_large = (size_t)PTRDIFF_MAX + 1, largest = SIZE_MAX,
                       no_power = 24;
static void *volatile seen;

static unsigned char *made_before_main;
__attribute__((constructor)) static void before_main(void)
{
    made_before_main = malloc(100);
    memset(made_before_main, 7, 100);
}

static unsigned random_from(unsigned *state)
{
    return (*state = *state * 1103515245u + 12345u) >> 8;
}

/* A block says at both ends, and in each page, which one it is. */
static void mark(unsigned char *block, size_t size, unsigned name)
{
    for (size_t at = 0; at < size; at += 4096) {
        block[at] = (unsigned char)name;
    }
    block[size - 1] = (unsigned char)name;
}

static int is_marked(const unsigned char *block, size_t size, unsigned name)
{
    for (size_t at = 0; at + 1 < size; at += 4096) {
        if (block[at] != (unsigned char)name) {
            return 0;
        }
    }
    return block[size - 1] == (unsigned char)name;
}

/* clang takes it that malloc leaves errno alone, and would know what it is. */
__attribute__((noinline)) static void set_errno(int error)
{
    errno = error;
}
__attribute__((noinline)) static int get_errno(void)
{
    return errno;
}

#define CHECK_FAILS(call, error)                                               \
    do {                                                                       \
        set_errno(0);                                                          \
        seen = (call);                                                         \
        CHECK(seen == NULL && get_errno() == (error));                         \
    } while (0)

static void test_limits(void)
{
    unsigned char *a = malloc(0), *b = malloc(0), *c;
    void *unchanged = &b;

    CHECK(a != NULL && b != NULL && a != b);
    free(a), free(b), free(NULL);
    CHECK_FAILS(malloc(too_large), ENOMEM);
    CHECK_FAILS(malloc(largest), ENOMEM);
    CHECK_FAILS(calloc(largest / 2, 3), ENOMEM);
    CHECK_FAILS(calloc(too_large, 1), ENOMEM);
    CHECK_FAILS(reallocarray(NULL, largest / 2, 3), ENOMEM);
    CHECK_FAILS(aligned_alloc(no_power, 100), EINVAL);
    CHECK_FAILS(aligned_alloc(64, largest - 32), ENOMEM);
    CHECK_FAILS(aligned_alloc(too_large, 64), ENOMEM);
    CHECK_FAILS(memalign(no_power, 1), EINVAL);
    CHECK(posix_memalign(&unchanged, 4, 100) == EINVAL);
    CHECK(posix_memalign(&unchanged, 64, too_large) == ENOMEM);
    CHECK(unchanged == &b);
    a = malloc(1000);
    mark(a, 1000, 5);
    CHECK_FAILS(realloc(a, too_large), ENOMEM);
    CHECK(is_marked(a, 1000, 5));
    c = realloc(a, 0);
    CHECK(c != NULL);
    free(c);
    CHECK(malloc_usable_size(NULL) == 0);
    CHECK(made_before_main != NULL && made_before_main[99] == 7);
    free(made_before_main);
}

static void test_errno(void)
{
    static const size_t sizes[] = {1, 1000, 100 * KIB, MIB, 3 * MIB, 40 * MIB};
    void *block;

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        block = malloc(sizes[i]);
        CHECK(block != NULL);
        seen = block;
        set_errno(77);
        free(block);
        CHECK(get_errno() == 77);
    }
}

static void test_alignment(void)
{
    unsigned char *blocks[64];

    for (size_t size = 0; size < 3000; size += size < 300 ? 1 : 97) {
        blocks[0] = malloc(size);
        CHECK((uintptr_t)blocks[0] % 16 == 0);
        CHECK(malloc_usable_size(blocks[0]) >= size);
        memset(blocks[0], 1, malloc_usable_size(blocks[0]));
        blocks[0] = realloc(blocks[0], size + 1);
        CHECK((uintptr_t)blocks[0] % 16 == 0);
        free(blocks[0]);
    }
    for (size_t align = 1; align <= 64 * MIB; align *= 2) {
        for (int i = 0; i < 3; i++) {
            size_t size = 1 + (size_t)i * 1234;

            blocks[i] = aligned_alloc(align, size);
            CHECK(blocks[i] != NULL && (uintptr_t)blocks[i] % align == 0);
            CHECK(malloc_usable_size(blocks[i]) >= size);
            mark(blocks[i], size, (unsigned)i);
        }
        for (int i = 0; i < 3; i++) {
            size_t size = 1 + (size_t)i * 1234;

            CHECK(is_marked(blocks[i], size, (unsigned)i));
            blocks[i] = realloc(blocks[i], size + 5000);
            CHECK(blocks[i][0] == (unsigned char)i);
            free(blocks[i]);
        }
    }
    /* Blocks of a size that is a multiple need not be aligned by themselves. */
    for (size_t align = 1; align <= 4 * KIB; align *= 2) {
        for (size_t size = align; size <= 4 * KIB; size *= 2) {
            for (int i = 0; i < 8; i++) {
                blocks[i] = aligned_alloc(align, size);
                CHECK((uintptr_t)blocks[i] % align == 0);
                mark(blocks[i], size, (unsigned)i);
            }
            for (int i = 0; i < 8; i++) {
                CHECK(is_marked(blocks[i], size, (unsigned)i));
                free(blocks[i]);
            }
        }
    }
    /* Large ones, which have segments of their own. */
    for (size_t align = 4 * KIB; align <= 8 * MIB; align *= 16) {
        blocks[0] = memalign(align, 5 * MIB);
        CHECK((uintptr_t)blocks[0] % align == 0);
        mark(blocks[0], 5 * MIB, 3);
        blocks[0] = realloc(blocks[0], 9 * MIB);
        CHECK(blocks[0][0] == 3 && blocks[0][5 * MIB - 1] == 3);
        free(blocks[0]);
    }
}

static void test_zeros(void)
{
    for (size_t size = 1; size < 24 * MIB; size *= 7) {
        for (int round = 0; round < 3; round++) {
            unsigned char *block = calloc(1, size);
            size_t i = 0;

            while (i < size && block[i] == 0) {
                i += size < 5000 ? 1 : 509;
            }
            CHECK(i >= size && block[size - 1] == 0);
            memset(block, 0xee, size < MIB ? size : MIB);
            free(block);
        }
    }
}

/* Two blocks grow in turns, so that neither has the room behind it for itself. */
static void test_growth(void)
{
    unsigned char *blocks[2] = {NULL, NULL};
    size_t size = 1, before = 0;

    while (size < 20 * MIB) {
        for (unsigned i = 0; i < 2; i++) {
            blocks[i] = realloc(blocks[i], size);
            CHECK(blocks[i] != NULL);
            CHECK(before == 0 || is_marked(blocks[i], before, i + 3));
            mark(blocks[i], size, i + 3);
        }
        before = size;
        size += size / 2 + 1;
    }
    while (before > 10) {
        size = before / 3;
        for (unsigned i = 0; i < 2; i++) {
            blocks[i] = realloc(blocks[i], size);
            CHECK(blocks[i][0] == (unsigned char)(i + 3));
            mark(blocks[i], size, i + 3);
        }
        before = size;
    }
    free(blocks[0]), free(blocks[1]);
}

/* One block alone grows in small steps: where it is, as long as it can. */
static void test_extension(void)
{
    unsigned char *block = NULL, *other = NULL;

    for (size_t size = 16; size < 12 * MIB; size += size / 5 + 1) {
        block = realloc(block, size);
        mark(block, 16, 9);
        block[size - 1] = 8;
        if (size > MIB && other == NULL) {
            other = calloc(1, 300 * KIB);
            CHECK(other[0] == 0 && other[300 * KIB - 1] == 0);
        }
        CHECK(malloc_usable_size(block) >= size && block[0] == 9);
    }
    free(other), free(block);
}

static void test_churn(void)
{
    static struct {
        unsigned char *block;
        size_t size;
    } slots[300];
    unsigned seed = 4;

    for (unsigned round = 0; round < 6000; round++) {
        unsigned number = random_from(&seed), slot = number % 300;
        size_t size = 1 + random_from(&seed) % (number % 50 == 0 ? MIB : 600);

        if (slots[slot].block != NULL) {
            CHECK(is_marked(slots[slot].block, slots[slot].size, slot));
        }
        if (number % 3 == 0) {
            slots[slot].block = realloc(slots[slot].block, size);
        } else {
            free(slots[slot].block);
            slots[slot].block = malloc(size);
        }
        slots[slot].size = size;
        mark(slots[slot].block, size, slot);
    }
    for (int i = 0; i < 300; i++) {
        free(slots[i].block);
    }
}

/* A block holds what the program stores in it, then the heap's own links, then again
 * the program's, of another type. */
static void test_types(void)
{
    double doubles = 0;
    float floats = 0;
    long longs = 0;

    for (int i = 1; i <= 3000; i++) {
        double *d = malloc(sizeof *d);
        long *l;
        float *f;

        *d = i;
        doubles += *d;
        free(d);
        l = malloc(sizeof *l);
        *l = i;
        longs += *l;
        f = malloc(sizeof *f);
        *f = (float)(i % 3);
        free(l);
        floats += *f;
        free(f);
    }
    CHECK(doubles == 4501500 && longs == 4501500 && floats == 3000);
}

/* Each thread frees what the one before it in the circle made. */
#define CIRCLE 3
#define ON_THE_WAY 64
static struct {
    pthread_mutex_t lock;
    unsigned char *blocks[ON_THE_WAY];
    int count;
} way[CIRCLE] = {{.lock = PTHREAD_MUTEX_INITIALIZER},
                 {.lock = PTHREAD_MUTEX_INITIALIZER},
                 {.lock = PTHREAD_MUTEX_INITIALIZER}};

static void *in_circle(void *argument)
{
    unsigned me = (unsigned)(uintptr_t)argument, seed = me, failed = 0;

    for (unsigned i = 0; i < 600; i++) {
        size_t size = 9 + random_from(&seed) % (i % 40 == 0 ? 400000 : 500);
        unsigned char *block = malloc(size), *taken = NULL;
        unsigned to = me, from = (me + CIRCLE - 1) % CIRCLE;

        memcpy(block, &size, sizeof size);
        block[size - 1] = 0x5a;
        pthread_mutex_lock(&way[to].lock);
        if (way[to].count < ON_THE_WAY) {
            way[to].blocks[way[to].count++] = block;
            block = NULL;
        }
        pthread_mutex_unlock(&way[to].lock);
        free(block);
        pthread_mutex_lock(&way[from].lock);
        if (way[from].count > 0) {
            taken = way[from].blocks[--way[from].count];
        }
        pthread_mutex_unlock(&way[from].lock);
        if (taken != NULL) {
            memcpy(&size, taken, sizeof size);
            failed += taken[size - 1] != 0x5a;
            free(taken);
        }
    }
    return (void *)(uintptr_t)failed;
}

/* When all threads have ended. */
static void empty_circle(void)
{
    for (int i = 0; i < CIRCLE; i++) {
        while (way[i].count > 0) {
            free(way[i].blocks[--way[i].count]);
        }
    }
}

static void test_threads(void)
{
    pthread_t threads[CIRCLE];
    void *failed;

    for (uintptr_t i = 0; i < CIRCLE; i++) {
        CHECK(pthread_create(&threads[i], NULL, in_circle, (void *)i) == 0);
    }
    for (int i = 0; i < CIRCLE; i++) {
        CHECK(pthread_join(threads[i], &failed) == 0 && failed == NULL);
    }
    empty_circle();
}

/* Pages of the process that are there, in MiB. */
static long resident_mib(void)
{
    long size = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");

    CHECK(file != NULL && fscanf(file, "%ld %ld", &size, &resident) == 2);
    fclose(file);
    return resident * sysconf(_SC_PAGESIZE) / (long)MIB;
}

/* Leaves one block of many, in each of several places. */
static void *leave_one(void *argument)
{
    unsigned char *blocks[400];

    (void)argument;
    for (int i = 0; i < 400; i++) {
        blocks[i] = malloc(1000);
        mark(blocks[i], 1000, (unsigned)i);
    }
    for (int i = 0; i < 400; i++) {
        if (i != 200) {
            free(blocks[i]);
        }
    }
    return blocks[200];
}

static void test_ends_of(int threads)
{
    unsigned char *left[4] = {NULL};
    pthread_t thread;
    void *result;

    for (int i = 0; i < threads; i++) {
        CHECK(pthread_create(&thread, NULL, leave_one, NULL) == 0);
        CHECK(pthread_join(thread, &result) == 0);
        CHECK(is_marked(result, 1000, 200));
        free(left[i % 4]);
        left[i % 4] = result;
    }
    for (int i = 0; i < 4; i++) {
        free(left[i]);
    }
}

static void test_ends(void)
{
    test_ends_of(20);
}

/* What threads leave is used again, or 400 of them would take 160 MiB; what is free
 * goes back to the system.  Only where the process has one node and no emulator. */
static void test_resident(void)
{
    static unsigned char *blocks[1000];
    long before = resident_mib(), full;

    test_ends_of(400);
    CHECK(resident_mib() - before < 40);
    before = resident_mib();
    for (int i = 0; i < 1000; i++) {
        blocks[i] = malloc(80 * KIB);
        memset(blocks[i], 1, 80 * KIB);
    }
    full = resident_mib();
    CHECK(full - before > 60);
    for (int i = 0; i < 1000; i++) {
        free(blocks[i]);
    }
    CHECK(full - resident_mib() > 30);
    blocks[0] = malloc(60 * MIB);
    memset(blocks[0], 1, 60 * MIB);
    full = resident_mib();
    free(blocks[0]);
    CHECK(full - resident_mib() > 50);
}

/* What the heap says of itself, which is what was done to it. */
static void test_description(void)
{
    enum { BLOCKS = 1000, BLOCK_BYTES = 1000 };
    struct mallinfo2 before, with, after;
    struct mallinfo small;
    void *blocks[BLOCKS], *first, *large;

    first = seen = malloc(1); /* so that there is a heap */
    before = mallinfo2();
    for (int i = 0; i < BLOCKS; i++) {
        blocks[i] = malloc(BLOCK_BYTES);
    }
    seen = large = malloc(10 * MIB);
    with = mallinfo2();
    CHECK(with.uordblks - before.uordblks ==
          BLOCKS * malloc_usable_size(blocks[0]));
    CHECK(with.arena >= with.uordblks);
    CHECK(with.fordblks == with.arena - with.uordblks);
    CHECK(with.hblks == before.hblks + 1);
    CHECK(with.hblkhd - before.hblkhd >= 10 * MIB &&
          with.hblkhd - before.hblkhd <= 11 * MIB);
    small = mallinfo();
    CHECK(small.hblkhd == (int)with.hblkhd && small.arena == (int)with.arena);
    CHECK(small.uordblks == (int)with.uordblks);
    free(large);
    for (int i = 0; i < BLOCKS; i++) {
        free(blocks[i]);
    }
    after = mallinfo2();
    CHECK(after.uordblks == before.uordblks && after.hblks == before.hblks);
    CHECK(after.hblkhd == before.hblkhd && after.keepcost >= 10 * MIB);
    CHECK(malloc_trim(0) == 1 && mallinfo2().keepcost == 0);
    CHECK(malloc_trim(0) == 0);
    seen = large = malloc(3 * MIB);
    free(large);
    CHECK(malloc_trim(8 * MIB) == 0 && mallinfo2().keepcost != 0);
    free(first);
}

/* Called with nothing but one process: free memory within segments goes too. */
static void test_trim(void)
{
    enum { BLOCKS = 1000, BLOCK_BYTES = 30 * KIB };
    unsigned char *blocks[BLOCKS];
    long full;

    for (unsigned i = 0; i < BLOCKS; i++) {
        blocks[i] = malloc(BLOCK_BYTES);
        mark(blocks[i], BLOCK_BYTES, i);
    }
    full = resident_mib();
    for (unsigned i = 0; i < BLOCKS; i++) {
        if (i % 100 != 0) {
            free(blocks[i]);
        }
    }
    CHECK(malloc_trim(0) == 1);
    CHECK(full - resident_mib() >= 20);
    for (unsigned i = 0; i < BLOCKS; i += 100) {
        CHECK(is_marked(blocks[i], BLOCK_BYTES, i));
        free(blocks[i]);
    }
}

static atomic_int is_over;

static void *allocate_on(void *argument)
{
    unsigned seed = (unsigned)(uintptr_t)argument;
    unsigned char *blocks[50] = {NULL};

    while (!atomic_load(&is_over)) {
        unsigned number = random_from(&seed), slot = number % 50;

        free(blocks[slot]);
        blocks[slot] = malloc(1 + number % (number % 64 == 0 ? 300000 : 2000));
        in_circle((void *)(uintptr_t)(number % CIRCLE));
    }
    for (int i = 0; i < 50; i++) {
        free(blocks[i]);
    }
    return NULL;
}

/* In the child the heap works, whatever other threads were doing. */
static void use_heap(void)
{
    unsigned char *blocks[200];

    for (unsigned i = 0; i < 200; i++) {
        blocks[i] = malloc(1 + i * (i % 20 == 0 ? 1000 : 13));
        mark(blocks[i], 1 + i * (i % 20 == 0 ? 1000 : 13), i);
    }
    for (unsigned i = 0; i < 200; i++) {
        if (!is_marked(blocks[i], 1 + i * (i % 20 == 0 ? 1000 : 13), i)) {
            _exit(1);
        }
        free(blocks[i]);
    }
    for (int i = 0; i < CIRCLE; i++) {
        /* made by any thread; if one of them was adding a block, it is not there */
        for (int k = 0; k + 1 < way[i].count; k++) {
            free(way[i].blocks[k]);
        }
    }
    _exit(0);
}

static void test_fork(int forks)
{
    pthread_t threads[2];
    int status;

    for (uintptr_t i = 0; i < 2; i++) {
        CHECK(pthread_create(&threads[i], NULL, allocate_on, (void *)i) == 0);
    }
    for (int i = 0; i < forks; i++) {
        pid_t child;

        free(malloc(5000));
        child = fork();
        if (child == 0) {
            use_heap();
        }
        CHECK(child > 0 && waitpid(child, &status, 0) == child && status == 0);
    }
    atomic_store(&is_over, 1);
    for (int i = 0; i < 2; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
    }
    empty_circle();
}

/* allocation [PART]: where moves are to be at every point, a part at a time. */
int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*test)(void);
    } parts[] = {
        {"limits", test_limits},
        {"errno", test_errno},
        {"alignment", test_alignment},
        {"zeros", test_zeros},
        {"growth", test_growth},
        {"extension", test_extension},
        {"churn", test_churn},
        {"threads", test_threads},
        {"ends", test_ends},
        {"types", test_types},
        {"description", test_description},
    };

    if (argc > 1 && strcmp(argv[1], "resident") == 0) {
        test_resident();
        test_trim();
    }
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (argc < 2 || strcmp(argv[1], parts[i].name) == 0) {
            parts[i].test();
        }
    }
    if (argc < 2 || strcmp(argv[1], "fork") == 0) {
        test_fork(argc < 2 ? 10 : 30);
    }
    return finish("allocation");
}
