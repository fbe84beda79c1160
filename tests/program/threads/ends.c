/* Ends the whole program from a thread that is not the first, while others
 * compute, wait and sleep.
 *
 *   ends exit|_exit|abort|segv|kill|return|handled|overflow
 */
#define _GNU_SOURCE
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "threads.h"

static sem_t never, ready;
static volatile long sink;

static NOINLINE void step(long n)
{
    for (long i = 0; i < n; i++) {
        sink = sink + i;
    }
}

static void *compute(void *unused)
{
    (void)unused;
    sem_post(&ready);
    for (;;) {
        step(50);
    }
}

static void *wait_long(void *unused)
{
    sem_post(&ready);
    sem_wait(&never);
    return unused;
}

static void *sleep_long(void *unused)
{
    sem_post(&ready);
    sleep(1000);
    return unused;
}

static void fault(int number, siginfo_t *info, void *context)
{
    (void)context;
    printf("signal %d at %p\n", number == SIGSEGV ? 11 : number, info->si_addr);
    fflush(stdout);
    _exit(9);
}

/* Into the guard page of the thread's stack. */
static NOINLINE long overflow(long depth, long *outer)
{
    volatile long block[64];

    block[depth % 64] = *outer;
    return overflow(depth + 1, (long *)&block[depth % 64]) + block[depth % 7];
}

static void *end(void *argument)
{
    const char *how = argument;

    step(1000);
    if (strcmp(how, "exit") == 0) {
        exit(3);
    } else if (strcmp(how, "_exit") == 0) {
        _exit(4);
    } else if (strcmp(how, "abort") == 0) {
        abort();
    } else if (strcmp(how, "segv") == 0 || strcmp(how, "handled") == 0) {
        *(volatile int *)0x1234560 = 1;
    } else if (strcmp(how, "kill") == 0) {
        kill(getpid(), SIGTERM);
        pause();
    } else if (strcmp(how, "overflow") == 0) {
        long start = 0;

        sink = overflow(0, &start);
    }
    return NULL;
}

static void at_exit(void)
{
    puts("at exit");
}

int main(int argc, char **argv)
{
    CHECK(argc == 2);
    atexit(at_exit);
    sem_init(&never, 0, 0);
    sem_init(&ready, 0, 0);
    if (strcmp(argv[1], "handled") == 0) {
        struct sigaction action = {.sa_sigaction = fault,
                                   .sa_flags = SA_SIGINFO};
        CHECK(sigaction(SIGSEGV, &action, NULL) == 0);
    }
    start(compute, NULL);
    start(wait_long, NULL);
    start(sleep_long, NULL);
    for (int i = 0; i < 3; i++) {
        sem_wait(&ready);
    }
    puts("started");
    fflush(stdout);
    if (strcmp(argv[1], "return") == 0) {
        return 6;
    }
    start(end, argv[1]);
    for (;;) {
        step(50);
    }
}
