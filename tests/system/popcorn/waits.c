/* waits away ROUNDS | home ROUNDS | exit: goes to node 1 (or stays at home), does
 * there what needs its home, round after round, comes back and says "done"; exit
 * waits for a signal and ends. */
#define _GNU_SOURCE
#include <popcorn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static char memory[64][4096];

static void on_signal(int number)
{
    (void)number;
}

static __attribute__((noinline)) void work(int round)
{
    const struct timespec pause = {0, 10000000};

    nanosleep(&pause, NULL); /* carried out at home */
    memory[round % 64][0]++;
}

int main(int argc, char **argv)
{
    int rounds = argc > 2 ? atoi(argv[2]) : 0;

    signal(SIGUSR1, on_signal);
    memset(memory, 1, sizeof memory);
    if (strcmp(argv[1], "away") == 0 && popcorn_migrate(1) != 0) {
        return 1;
    }
    puts("ready");
    fflush(stdout);
    if (strcmp(argv[1], "exit") == 0) {
        pause();
    }
    for (int i = 0; i < rounds; i++) {
        work(i);
    }
    popcorn_migrate(0);
    puts("done");
    return 0;
}
