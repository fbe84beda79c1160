/* Storms: signals to threads that are anywhere, from other threads and from a
 * timer; threads cancelled while they wait in calls; threads that nobody joins,
 * by hundreds; threads made by threads while others fork. main ends by
 * pthread_exit. Prints counts that do not depend on who comes first.
 *
 *   storm [ROUNDS] */
#define _GNU_SOURCE
#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "threads.h"

#define RECEIVERS 3

static long rounds = 20;
static long sent; /* to each receiver: more than a thread that is away has room
                     for, so that most wait in the kernel */

static NOINLINE long compute(long n)
{
    volatile long sum = 0;

    for (long i = 0; i < n; i++) {
        sum = sum + i % 7;
    }
    return sum;
}

/* --- signals --- */

static _Thread_local volatile sig_atomic_t own;
static atomic_long alarms, ticks;

static void count_own(int number)
{
    (void)number;
    own++;
}

static void count_alarm(int number)
{
    atomic_fetch_add(number == SIGALRM ? &alarms : &ticks, 1);
}

/* Real-time signals are queued: none may be lost. */
static void *receive(void *unused)
{
    (void)unused;
    while (own < sent) {
        compute(200);
    }
    return (void *)(intptr_t)own;
}

static void send_storm(pthread_t thread)
{
    for (long i = 0; i < sent; i++) {
        while (pthread_kill(thread, SIGRTMIN) != 0) {
            sched_yield(); /* the queue is full */
        }
    }
}

static void *send_all(void *argument)
{
    pthread_t *threads = argument;

    for (int i = 0; i < RECEIVERS; i++) {
        send_storm(threads[i]);
    }
    return NULL;
}

static void signals(void)
{
    struct sigaction action = {.sa_handler = count_own, .sa_flags = SA_RESTART};
    struct sigaction tick = {.sa_handler = count_alarm, .sa_flags = SA_RESTART};
    struct itimerval often = {{0, 2000}, {0, 2000}}, never = {{0, 0}, {0, 0}};
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL,
                             .sigev_signo = SIGRTMIN + 1};
    struct itimerspec soon = {{0, 3000000}, {0, 3000000}};
    pthread_t threads[RECEIVERS], sender;
    timer_t timer;

    CHECK(sigaction(SIGRTMIN, &action, NULL) == 0);
    CHECK(sigaction(SIGRTMIN + 1, &tick, NULL) == 0);
    CHECK(sigaction(SIGALRM, &tick, NULL) == 0);
    CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
    for (int i = 0; i < RECEIVERS; i++) {
        threads[i] = start(receive, NULL);
    }
    CHECK(setitimer(ITIMER_REAL, &often, NULL) == 0);
    CHECK(timer_settime(timer, 0, &soon, NULL) == 0);
    sender = start(send_all, threads);
    for (int i = 0; i < RECEIVERS; i++) {
        printf("receiver %d: %ld\n", i,
               (long)(intptr_t)join(threads[i]) - sent);
    }
    join(sender);
    while (alarms < 3 || ticks < 3) {
        compute(100);
    }
    CHECK(setitimer(ITIMER_REAL, &never, NULL) == 0);
    CHECK(timer_delete(timer) == 0);
    puts("alarms and ticks came");
}

/* --- cancellation, in calls that block --- */

static int pipe_ends[2];
static sem_t never, waiting;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static atomic_long cleaned;

static void clean(void *unlock)
{
    if (unlock != NULL) {
        CHECK(pthread_mutex_unlock(unlock) == 0);
    }
    atomic_fetch_add(&cleaned, 1);
}

static void *wait_to_be_cancelled(void *argument)
{
    struct timespec long_time = {1000, 0};
    int kind = (int)(intptr_t)argument;
    char byte;

    compute(300);
    if (kind == 2) {
        CHECK(pthread_mutex_lock(&mutex) == 0);
    }
    pthread_cleanup_push(clean, kind == 2 ? &mutex : NULL);
    sem_post(&waiting);
    switch (kind) {
    case 0:
        read(pipe_ends[0], &byte, 1);
        break;
    case 1:
        sem_wait(&never);
        break;
    case 2:
        pthread_cond_wait(&condition, &mutex);
        break;
    default:
        nanosleep(&long_time, NULL);
    }
    pthread_cleanup_pop(0);
    return NULL;
}

static void cancellation(void)
{
    long cancelled = 0;

    CHECK(pipe(pipe_ends) == 0);
    for (long i = 0; i < rounds; i++) {
        pthread_t threads[4];
        for (intptr_t kind = 0; kind < 4; kind++) {
            threads[kind] = start(wait_to_be_cancelled, (void *)kind);
        }
        for (int kind = 0; kind < 4; kind++) {
            while (sem_wait(&waiting) != 0) {
            }
        }
        for (int kind = 0; kind < 4; kind++) {
            CHECK(pthread_cancel(threads[kind]) == 0);
        }
        for (int kind = 0; kind < 4; kind++) {
            cancelled += join(threads[kind]) == PTHREAD_CANCELED;
        }
    }
    printf("cancelled %d, cleaned %d\n", cancelled == 4 * rounds,
           cleaned == 4 * rounds);
}

/* --- detached threads; threads made by threads while others fork --- */

static atomic_long ended, children;

static void *end_detached(void *unused)
{
    (void)unused;
    compute(100);
    atomic_fetch_add(&ended, 1);
    return NULL;
}

static void *detach_storm(void *unused)
{
    (void)unused;
    for (long i = 0; i < 2 * rounds; i++) {
        CHECK(pthread_detach(start(end_detached, NULL)) == 0);
        if (i % 8 == 7) {
            compute(2000); /* let some end */
        }
    }
    return NULL;
}

static void *fork_storm(void *unused)
{
    (void)unused;
    for (long i = 0; i < rounds / 4; i++) {
        int status;
        pid_t child = fork();
        if (child == 0) {
            _exit(7);
        }
        CHECK(child > 0 && waitpid(child, &status, 0) == child);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
        atomic_fetch_add(&children, 1);
    }
    return NULL;
}

static void *last(void *unused)
{
    (void)unused;
    while (ended < 4 * rounds) {
        sched_yield();
    }
    printf("detached: all ended, children %d\n", children == rounds / 4);
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t threads[3];

    rounds = argc > 1 ? strtol(argv[1], NULL, 10) : rounds;
    sent = 20 * rounds;
    signals();
    cancellation();
    threads[0] = start(detach_storm, NULL);
    threads[1] = start(fork_storm, NULL);
    threads[2] = start(detach_storm, NULL);
    for (int i = 0; i < 3; i++) {
        join(threads[i]);
    }
    start(last, NULL);
    pthread_exit(NULL);
}
