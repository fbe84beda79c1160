/* Memory that is not mapped cannot be accessed, wherever a thread is: pages
 * given back by munmap and mremap, wild addresses, and what another thread has
 * just given back. The signal says where, and that nothing
 * is mapped there, not that it is protected. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>

#include "threads.h"

#define THREADS 3
#define PAGE 4096
#define PAGES 16
#define ROUNDS 3

static char *common;
static pthread_barrier_t barrier;
static _Thread_local sigjmp_buf back;
static _Thread_local void *volatile fault_address;
static _Thread_local volatile int fault_code;

static void on_fault(int number, siginfo_t *info, void *context)
{
    (void)context;
    fault_address = info->si_addr;
    fault_code = info->si_code;
    siglongjmp(back, number);
}

/* si_code of the fault that an access raises at its address; 0: none. */
static NOINLINE int access_fault(volatile char *at, int write)
{
    if (sigsetjmp(back, 1) != 0) {
        CHECK(fault_address == at);
        return fault_code;
    }
    if (write) {
        *at = 1;
    } else {
        (void)*at;
    }
    return 0;
}

static void check_gone(char *at)
{
    CHECK(access_fault(at, 0) == SEGV_MAPERR);
    CHECK(access_fault(at, 1) == SEGV_MAPERR);
}

static void check_there(char *at)
{
    CHECK(access_fault(at, 0) == 0 && access_fault(at, 1) == 0);
}

static char *map(void *at, size_t pages, int protection)
{
    char *mapped =
        mmap(at, pages * PAGE, protection,
             MAP_PRIVATE | MAP_ANONYMOUS | (at ? MAP_FIXED : 0), -1, 0);

    CHECK(mapped != MAP_FAILED);
    return mapped;
}

static NOINLINE void of_ones_own(void)
{
    char *pages = map(NULL, PAGES, PROT_READ | PROT_WRITE);

    pages[5 * PAGE] = 7;
    CHECK(munmap(pages + 4 * PAGE, 4 * PAGE) == 0);
    check_there(pages + 4 * PAGE - 1);
    check_gone(pages + 4 * PAGE);
    check_gone(pages + 8 * PAGE - 1);
    check_there(pages + 8 * PAGE);
    map(pages + 5 * PAGE, 1, PROT_READ | PROT_WRITE);
    CHECK(pages[5 * PAGE] == 0);
    check_there(pages + 5 * PAGE);
    check_gone(pages + 6 * PAGE);
    map(pages + 6 * PAGE, 1, PROT_READ);
    CHECK(access_fault(pages + 6 * PAGE, 0) == 0);
    CHECK(access_fault(pages + 6 * PAGE, 1) == SEGV_ACCERR);
    CHECK(mremap(pages + 8 * PAGE, 8 * PAGE, 2 * PAGE, 0) == pages + 8 * PAGE);
    check_there(pages + 10 * PAGE - 1);
    check_gone(pages + 10 * PAGE);
    CHECK(munmap(pages, PAGES * PAGE) == 0);
    check_gone(pages);
    check_gone(pages + 5 * PAGE);
    check_gone((char *)8);
}

static void *work(void *argument)
{
    long self = (long)(intptr_t)argument;

    for (int round = 0; round < ROUNDS; round++) {
        int owns = round % THREADS == self;

        pthread_barrier_wait(&barrier);
        if (owns) {
            common = map(NULL, PAGES, PROT_READ | PROT_WRITE);
        }
        pthread_barrier_wait(&barrier);
        check_there(common + self);
        pthread_barrier_wait(&barrier);
        if (owns) {
            CHECK(munmap(common, PAGES * PAGE) == 0);
        }
        pthread_barrier_wait(&barrier);
        check_gone(common + self);
        check_gone(common + 5 * PAGE);
        pthread_barrier_wait(&barrier);
        for (long turn = 0; turn < THREADS; turn++) {
            if (turn == self) { /* the others' mappings do not take its place */
                of_ones_own();
            }
            pthread_barrier_wait(&barrier);
        }
    }
    return NULL;
}

int main(void)
{
    struct sigaction action = {.sa_sigaction = on_fault,
                               .sa_flags = SA_SIGINFO};
    pthread_t threads[THREADS];

    CHECK(sigaction(SIGSEGV, &action, NULL) == 0);
    CHECK(pthread_barrier_init(&barrier, NULL, THREADS) == 0);
    for (intptr_t i = 0; i < THREADS; i++) {
        threads[i] = start(work, (void *)i);
    }
    for (int i = 0; i < THREADS; i++) {
        join(threads[i]);
    }
    puts("what is not mapped cannot be accessed");
    return 0;
}
