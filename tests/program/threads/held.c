/* Counts 300 real-time signals, computing. held.sh sends them. */
#include <signal.h>
#include <unistd.h>

#include "threads.h"

#define NUMBER 40 /* SIGRTMIN differs from libc to libc */
#define SIGNALS 300

static volatile sig_atomic_t handled;

static void count(int number)
{
    (void)number;
    handled++;
}

static NOINLINE long compute(long n)
{
    volatile long sum = 0;

    for (long i = 0; i < n; i++) {
        sum = sum + i % 7;
    }
    return sum;
}

int main(void)
{
    struct sigaction action = {.sa_handler = count};

    CHECK(sigaction(NUMBER, &action, NULL) == 0);
    puts("ready");
    fflush(stdout);
    while (handled < SIGNALS) {
        compute(500);
    }
    printf("handled %d\n", handled);
    return 0;
}
