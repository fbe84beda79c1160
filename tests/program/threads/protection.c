/* mprotect holds wherever a thread is: a collector's write barrier (pages are
 * read-only until a thread writes one), guard pages, memory that another thread
 * takes away and gives back, and an array of the program's own data. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "threads.h"

#define THREADS 3
#define PAGES 8
#define PAGE 4096
#define ROUNDS 4

static char data[THREADS][PAGES][PAGE] __attribute__((aligned(PAGE)));
static char *region[THREADS];
static char *guarded;
static char *common;
static atomic_int turn;

static _Thread_local long self, written;
static _Thread_local sigjmp_buf back;
static _Thread_local volatile int expects_fault;

static int is_in(const char *at, const char *start)
{
    return at >= start && at < start + PAGES * PAGE;
}

static void on_fault(int number, siginfo_t *info, void *context)
{
    char *at = info->si_addr;

    (void)number;
    (void)context;
    if (expects_fault) {
        siglongjmp(back, 1);
    }
    CHECK(is_in(at, region[self]) || is_in(at, data[self][0]));
    written++;
    CHECK(mprotect(at - (uintptr_t)at % PAGE, PAGE, PROT_READ | PROT_WRITE) ==
          0);
}

static NOINLINE int faults(volatile char *at, int write)
{
    int result = 1;

    expects_fault = 1;
    if (sigsetjmp(back, 1) == 0) {
        if (write) {
            *at = 1;
        } else {
            (void)*at;
        }
        result = 0;
    }
    expects_fault = 0;
    return result;
}

/* Every second page is written, twice. */
static NOINLINE void write_some(char *pages, long round)
{
    CHECK(mprotect(pages, PAGES * PAGE, PROT_READ) == 0);
    for (int twice = 0; twice < 2; twice++) {
        for (int i = (int)(round % 2); i < PAGES; i += 2) {
            pages[i * PAGE + 8 * round] += (char)(1 + self);
        }
    }
}

static NOINLINE long sum(const char *pages)
{
    long result = 0;

    for (long i = 0; i < (long)PAGES * PAGE; i += 8) {
        result += pages[i];
    }
    return result;
}

static void *work(void *argument)
{
    char *mine;

    self = (long)(intptr_t)argument;
    mine = mmap(NULL, 3 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(mine != MAP_FAILED);
    CHECK(mprotect(mine + PAGE, PAGE, PROT_READ | PROT_WRITE) == 0);
    for (long round = 0; round < ROUNDS; round++) {
        write_some(region[self], round);
        write_some(data[self][0], round);
        CHECK(faults(guarded, 1) && faults(guarded + 2 * PAGE, 0));
        CHECK(!faults(guarded + PAGE + 16 * self, 1));
        CHECK(faults(mine, 0) && faults(mine + 2 * PAGE, 1));
        CHECK(!faults(mine + PAGE, 1));
        while (atomic_load(&turn) % (2 * THREADS) != 2 * self) {
            sched_yield();
        }
        CHECK(mprotect(common, PAGE, round % 2 == 0 ? PROT_NONE : PROT_READ) ==
              0);
        atomic_fetch_add(&turn, 1);
        while (atomic_load(&turn) % (2 * THREADS) != 2 * self + 1) {
            sched_yield();
        }
        CHECK(faults(common, 1) && faults(common, 0) == (round % 2 == 0));
        atomic_fetch_add(&turn, 1);
    }
    CHECK(munmap(mine, 3 * PAGE) == 0);
    mine = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(!faults(mine, 1) && !faults(mine + 2 * PAGE, 1));
    return (void *)(intptr_t)written;
}

int main(void)
{
    struct sigaction action = {.sa_sigaction = on_fault,
                               .sa_flags = SA_SIGINFO};
    pthread_t threads[THREADS];

    CHECK(sigaction(SIGSEGV, &action, NULL) == 0);
    for (int i = 0; i < THREADS; i++) {
        region[i] = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(region[i] != MAP_FAILED);
    }
    guarded = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    common = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(guarded != MAP_FAILED && common != MAP_FAILED);
    CHECK(mprotect(guarded, PAGE, PROT_READ) == 0);
    CHECK(mprotect(guarded + 2 * PAGE, PAGE, PROT_NONE) == 0);
    for (intptr_t i = 0; i < THREADS; i++) {
        threads[i] = start(work, (void *)i);
    }
    for (int i = 0; i < THREADS; i++) {
        printf("thread %d: %ld pages written\n", i,
               (long)(intptr_t)join(threads[i]));
    }
    for (int i = 0; i < THREADS; i++) {
        printf("%ld %ld\n", sum(region[i]), sum(data[i][0]));
    }
    return 0;
}
