/* Signals to the process and to one thread, timers, sleeping. */
#define _GNU_SOURCE
#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "threads.h"

static sem_t ready, handled;
static atomic_int woken;
static atomic_int process_signals, alarms;
static _Thread_local volatile sig_atomic_t own_signals;

static void on_thread_signal(int number)
{
    (void)number;
    own_signals++;
    sem_post(&handled);
}

static void on_process_signal(int number)
{
    if (number == SIGALRM) {
        atomic_fetch_add(&alarms, 1);
    } else {
        atomic_fetch_add(&process_signals, 1);
    }
}

static NOINLINE long compute(long n)
{
    volatile long sum = 0;

    for (long i = 0; i < n; i++) {
        sum = sum + i;
    }
    return sum;
}

/* Computes until it has got `argument` signals of its own. */
static void *receive(void *argument)
{
    sem_post(&ready);
    while (own_signals < (intptr_t)argument) {
        compute(100);
    }
    return (void *)(intptr_t)own_signals;
}

static void *sleep_long(void *unused)
{
    struct timespec request = {100, 0}, remaining = {0, 0};

    (void)unused;
    sem_post(&ready);
    CHECK(nanosleep(&request, &remaining) == -1 && errno == EINTR);
    CHECK(remaining.tv_sec >= 50 && own_signals >= 1);
    woken = 1;
    return NULL;
}

static void *wait_for_signal(void *unused)
{
    sigset_t set;
    int number;

    (void)unused;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sem_post(&ready);
    CHECK(sigwait(&set, &number) == 0);
    return (void *)(intptr_t)number;
}

static void pause_ms(long ms)
{
    struct timespec request = {ms / 1000, ms % 1000 * 1000000};

    while (nanosleep(&request, &request) != 0) {
        CHECK(errno == EINTR);
    }
}

static void handle(int number, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};

    CHECK(sigaction(number, &action, NULL) == 0);
}

int main(void)
{
    struct itimerval timer = {{0, 5000}, {0, 5000}}, off = {{0, 0}, {0, 0}};
    pthread_t threads[3];
    sigset_t set;

    sem_init(&ready, 0, 0);
    sem_init(&handled, 0, 0);
    handle(SIGUSR1, on_thread_signal);
    handle(SIGHUP, on_process_signal);
    handle(SIGALRM, on_process_signal);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    CHECK(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0); /* threads inherit it */

    for (intptr_t i = 0; i < 3; i++) {
        threads[i] = start(receive, (void *)(i + 1));
        sem_wait(&ready);
    }
    for (int i = 0; i < 3; i++) {
        for (int count = 0; count <= i; count++) {
            CHECK(pthread_kill(threads[i], SIGUSR1) == 0);
            while (sem_wait(&handled) != 0) { /* two pending would be one */
            }
        }
        printf("thread %d got %ld\n", i, (long)(intptr_t)join(threads[i]));
    }

    threads[0] = start(sleep_long, NULL);
    sem_wait(&ready);
    while (!woken) { /* the first may come before it sleeps */
        CHECK(pthread_kill(threads[0], SIGUSR1) == 0);
        pause_ms(50);
    }
    join(threads[0]);
    puts("sleep interrupted");

    threads[0] = start(wait_for_signal, NULL);
    sem_wait(&ready);
    CHECK(kill(getpid(), SIGUSR2) == 0);
    printf("sigwait: %d\n", (int)(intptr_t)join(threads[0]) == SIGUSR2);

    threads[0] = start(receive, (void *)1);
    sem_wait(&ready);
    CHECK(kill(getpid(), SIGHUP) == 0);
    while (process_signals == 0) {
        compute(100);
    }
    puts("signal to the process handled");
    CHECK(setitimer(ITIMER_REAL, &timer, NULL) == 0);
    while (alarms < 5) {
        compute(100);
    }
    CHECK(setitimer(ITIMER_REAL, &off, NULL) == 0);
    alarms = 0;
    alarm(1);
    while (alarms < 1) { /* any thread may get it */
        pause_ms(5);
    }
    puts("timers expired");
    CHECK(pthread_kill(threads[0], SIGUSR1) == 0);
    join(threads[0]);
    return 0;
}
