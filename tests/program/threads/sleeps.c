/* Signals that come just before or while a thread sleeps: what is left of the
 * sleep is always told, and a handler that ran before it does not shorten it. */
#define _GNU_SOURCE
#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>

#include "threads.h"

enum { SLEEPS = 100, PAUSE_NS = 3000000 };

static sem_t ready;
static atomic_int over;
static _Thread_local volatile sig_atomic_t handled;

static void on_signal(int number)
{
    (void)number;
    handled++;
}

static void *sleep_long(void *unused)
{
    struct timespec request = {100, 0}, remaining = {0, 0};

    (void)unused;
    sem_post(&ready);
    CHECK(nanosleep(&request, &remaining) == -1 && errno == EINTR);
    CHECK(remaining.tv_sec >= 50 && remaining.tv_sec <= 100);
    CHECK(handled >= 1);
    over = 1;
    return NULL;
}

int main(void)
{
    const struct timespec pause = {0, PAUSE_NS};
    struct sigaction action = {.sa_handler = on_signal};

    sem_init(&ready, 0, 0);
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    for (int i = 0; i < SLEEPS; i++) {
        pthread_t sleeper;

        over = 0;
        sleeper = start(sleep_long, NULL);
        while (sem_wait(&ready) != 0) {
        }
        while (!over) {
            CHECK(pthread_kill(sleeper, SIGUSR1) == 0);
            nanosleep(&pause, NULL);
        }
        join(sleeper);
    }
    printf("%d sleeps interrupted\n", SLEEPS);
    return 0;
}
