/* Faults of threads that are anywhere: the handler runs on the thread, sees the
 * address, may call anything, and leaves by siglongjmp to a place that may have
 * been on another node. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "threads.h"

#define THREADS 3
#define ROUNDS 12

static _Thread_local sigjmp_buf back;
static _Thread_local long self, handled;

static NOINLINE long compute(long n)
{
    long sum = 0;

    for (long i = 0; i < n; i++) {
        sum += i % 7;
    }
    return sum;
}

static char *address(long round)
{
    return (char *)(0x12340 + 4096 * self + 16 * round);
}

static void on_fault(int number, siginfo_t *info, void *context)
{
    char text[40];
    sigset_t mask;

    (void)context;
    CHECK(pthread_sigmask(SIG_BLOCK, NULL, &mask) == 0);
    CHECK(sigismember(&mask, SIGSEGV) && sigismember(&mask, SIGUSR1));
    CHECK(!sigismember(&mask, SIGUSR2));
    snprintf(text, sizeof text, "%d %d", number == SIGSEGV,
             info->si_addr == address(handled));
    CHECK(strcmp(text, "1 1") == 0);
    handled += getpid() > 0;
    siglongjmp(back, 1);
}

static void *work(void *argument)
{
    volatile long sum = 0;
    sigset_t mask;

    self = (long)(intptr_t)argument;
    for (volatile long round = 0; round < ROUNDS; round++) {
        if (sigsetjmp(back, 1) == 0) {
            sum += compute(500);
            *address(round) = 1;
            sum += 1000000;
        } else {
            sum += compute(200);
        }
    }
    CHECK(handled == ROUNDS);
    CHECK(pthread_sigmask(SIG_SETMASK, NULL, &mask) == 0);
    CHECK(!sigismember(&mask, SIGSEGV));
    return (void *)(intptr_t)sum;
}

int main(void)
{
    struct sigaction action = {.sa_sigaction = on_fault,
                               .sa_flags = SA_SIGINFO};
    pthread_t threads[THREADS];

    sigaddset(&action.sa_mask, SIGUSR1);
    CHECK(sigaction(SIGSEGV, &action, NULL) == 0);
    for (intptr_t i = 0; i < THREADS; i++) {
        threads[i] = start(work, (void *)i);
    }
    for (int i = 0; i < THREADS; i++) {
        printf("thread %d: %ld\n", i, (long)(intptr_t)join(threads[i]));
    }
    return 0;
}
