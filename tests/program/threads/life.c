/* How threads begin and end: created by threads, joined, detached, cancelled
 * where they wait, ended by pthread_exit, and the program's end by any of them.
 *
 *   life exit|abort|main|return    what the last act is */
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static atomic_long leaves;

/* A tree of threads: each makes two and adds what they bring. */
static void *grow(void *argument)
{
    intptr_t depth = (intptr_t)argument;
    pthread_t child[2];
    intptr_t sum = 1;

    if (depth == 0) {
        atomic_fetch_add(&leaves, 1);
        return (void *)1;
    }
    for (int i = 0; i < 2; i++) {
        if (pthread_create(&child[i], NULL, grow, (void *)(depth - 1)) != 0) {
            abort();
        }
    }
    for (int i = 0; i < 2; i++) {
        void *value;
        pthread_join(child[i], &value);
        sum += (intptr_t)value;
    }
    return (void *)sum;
}

static sem_t done;

static void *detached(void *argument)
{
    char text[32];

    snprintf(text, sizeof text, "%ld", (long)argument);
    atomic_fetch_add(&leaves, atol(text));
    sem_post(&done);
    return NULL;
}

static void detach(void)
{
    pthread_attr_t attributes;

    sem_init(&done, 0, 0);
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    for (long i = 0; i < 20; i++) {
        pthread_t thread;
        if (pthread_create(&thread, i % 2 ? &attributes : NULL, detached,
                           (void *)i) != 0) {
            abort();
        }
        if (i % 2 == 0) {
            pthread_detach(thread);
        }
    }
    for (int i = 0; i < 20; i++) {
        sem_wait(&done);
    }
}

static int depth_of(int n)
{
    char filler[64];

    memset(filler, n, sizeof filler);
    if (n == 0) {
        pthread_exit((void *)77);
    }
    return depth_of(n - 1) + filler[5];
}

static void *exit_deep(void *argument)
{
    return (void *)(intptr_t)depth_of((int)(intptr_t)argument);
}

/* --- cancellation --- */

static int ends[2];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
static int cleaned;
static sem_t waiting;

static void clean(void *argument)
{
    cleaned += *(int *)argument;
}

static void unlock(void *argument)
{
    pthread_mutex_unlock(argument);
}

static void *wait_in_read(void *argument)
{
    char byte;
    int weight = 1;

    (void)argument;
    pthread_cleanup_push(clean, &weight);
    sem_post(&waiting);
    if (read(ends[0], &byte, 1) >= 0) {
        abort();
    }
    pthread_cleanup_pop(0);
    return NULL;
}

static void *wait_in_condition(void *argument)
{
    int weight = 10;

    (void)argument;
    pthread_cleanup_push(clean, &weight);
    pthread_mutex_lock(&mutex);
    pthread_cleanup_push(unlock, &mutex);
    sem_post(&waiting);
    for (;;) {
        pthread_cond_wait(&never, &mutex);
    }
    pthread_cleanup_pop(0);
    pthread_cleanup_pop(0);
    return NULL;
}

static void *wait_in_sleep(void *argument)
{
    int weight = 100;

    (void)argument;
    pthread_cleanup_push(clean, &weight);
    sem_post(&waiting);
    for (;;) {
        nanosleep(&(struct timespec){.tv_sec = 100}, NULL);
    }
    pthread_cleanup_pop(0);
    return NULL;
}

static volatile long spins;

static void *spin(void *argument)
{
    int old;

    (void)argument;
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &old);
    sem_post(&waiting);
    for (;;) {
        spins++;
    }
    return NULL;
}

static void *test_only(void *argument)
{
    (void)argument;
    sem_post(&waiting);
    for (;;) {
        pthread_testcancel();
    }
    return NULL;
}

static void cancel(void *(*function)(void *), const char *name, int times)
{
    int cancelled = 0;

    for (int i = 0; i < times; i++) {
        pthread_t thread;
        void *result;
        if (pthread_create(&thread, NULL, function, NULL) != 0) {
            abort();
        }
        sem_wait(&waiting);
        usleep(i * 2000 % 7000);
        pthread_cancel(thread);
        pthread_join(thread, &result);
        cancelled += result == PTHREAD_CANCELED;
    }
    printf("cancelled in %s: %d of %d, cleaned %d\n", name, cancelled, times,
           cleaned);
    fflush(stdout);
}

/* --- the end --- */

static void *end_program(void *argument)
{
    const char *how = argument;

    if (strcmp(how, "exit") == 0) {
        exit(23);
    } else if (strcmp(how, "abort") == 0) {
        abort();
    } else if (strcmp(how, "fault") == 0) {
        *(volatile int *)0x10 = 1;
    }
    usleep(20000);
    printf("the last thread\n");
    return NULL;
}

static void *idle(void *argument)
{
    (void)argument;
    for (;;) {
        pause();
    }
    return NULL;
}

int main(int argc, char **argv)
{
    char *how = argc > 1 ? argv[1] : "return";
    pthread_t thread;
    void *result;

    printf("tree: %ld", (long)(intptr_t)grow((void *)4));
    printf(", leaves %ld\n", (long)leaves);
    detach();
    printf("detached: %ld\n", (long)leaves);
    pthread_create(&thread, NULL, exit_deep, (void *)50);
    pthread_join(thread, &result);
    printf("pthread_exit: %ld\n", (long)(intptr_t)result);
    if (pipe(ends) != 0) {
        abort();
    }
    sem_init(&waiting, 0, 0);
    cancel(wait_in_read, "read", 8);
    cancel(wait_in_condition, "pthread_cond_wait", 8);
    cancel(wait_in_sleep, "nanosleep", 4);
    cancel(spin, "a loop", 4);
    cancel(test_only, "pthread_testcancel", 4);
    fflush(stdout);
    if (strcmp(how, "main") != 0) {
        pthread_create(&thread, NULL, idle, NULL);
    }
    if (strcmp(how, "return") == 0) {
        return 5;
    }
    pthread_create(&thread, NULL, end_program, how);
    if (strcmp(how, "main") == 0) {
        pthread_exit(NULL);
    }
    pthread_join(thread, NULL);
    return 99;
}
