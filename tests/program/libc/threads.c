/* Threads: creation, joining, thread-local storage, locks, cancellation, exit of
 * detached threads, C11 threads. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

#define THREADS 8

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t barrier;
static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static sem_t semaphore;
static int counter, once_count, destroyed;
static _Atomic long atomic_counter;
static _Thread_local int own = 42;
static _Thread_local _Alignas(64) char aligned[64];

static void count_once(void)
{
    once_count++;
}

static void destroy(void *value)
{
    (void)value;
    atomic_counter++;
}

static void *work(void *argument)
{
    char local[256];

    CHECK(own == 42 && (uintptr_t)aligned % 64 == 0);
    own = (int)(intptr_t)argument;
    errno = own;
    pthread_once(&once, count_once);
    pthread_setspecific(key, argument);
    pthread_barrier_wait(&barrier);
    for (int i = 0; i < 1000; i++) {
        pthread_mutex_lock(&mutex);
        counter++;
        pthread_mutex_unlock(&mutex);
        atomic_fetch_add(&atomic_counter, 1);
    }
    snprintf(local, sizeof local, "%d", own);
    CHECK(atoi(local) == (int)(intptr_t)argument && errno == own);
    CHECK(pthread_getspecific(key) == argument);
    return argument;
}

static void test_join(void)
{
    pthread_t threads[THREADS];

    pthread_key_create(&key, destroy);
    pthread_barrier_init(&barrier, NULL, THREADS);
    for (intptr_t i = 0; i < THREADS; i++) {
        CHECK(pthread_create(&threads[i], NULL, work, (void *)(i + 1)) == 0);
    }
    for (intptr_t i = 0; i < THREADS; i++) {
        void *result;
        CHECK(pthread_join(threads[i], &result) == 0);
        CHECK(result == (void *)(i + 1));
    }
    CHECK(counter == THREADS * 1000 && once_count == 1);
    CHECK(atomic_counter == THREADS * 1000 + THREADS);
    CHECK(own == 42);
}

static void *signal_turn(void *argument)
{
    (void)argument;
    pthread_mutex_lock(&mutex);
    counter = 1;
    pthread_cond_signal(&condition);
    pthread_mutex_unlock(&mutex);
    sem_post(&semaphore);
    return NULL;
}

static void test_condition(void)
{
    pthread_t thread;
    struct timespec when;

    counter = 0;
    sem_init(&semaphore, 0, 0);
    pthread_mutex_lock(&mutex);
    pthread_create(&thread, NULL, signal_turn, NULL);
    while (counter == 0) {
        pthread_cond_wait(&condition, &mutex);
    }
    clock_gettime(CLOCK_REALTIME, &when);
    when.tv_nsec = (when.tv_nsec + 1000000) % 1000000000;
    CHECK(pthread_cond_timedwait(&condition, &mutex, &when) == ETIMEDOUT ||
          when.tv_nsec < 1000000);
    pthread_mutex_unlock(&mutex);
    CHECK(sem_wait(&semaphore) == 0);
    pthread_join(thread, NULL);
}

static void note(void *value)
{
    *(int *)value += 1;
}

static void *block_forever(void *argument)
{
    char byte;
    int *pipes = argument;

    pthread_cleanup_push(note, &destroyed);
    pthread_barrier_wait(&barrier);
    if (read(pipes[0], &byte, 1) >= 0) {
        destroyed = 100;
    }
    pthread_cleanup_pop(0);
    return NULL;
}

static void *spin_forever(void *argument)
{
    (void)argument;
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
    pthread_barrier_wait(&barrier);
    for (;;) {
        atomic_fetch_add(&atomic_counter, 1);
    }
    return NULL;
}

static void *test_points(void *argument)
{
    int old;

    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old);
    pthread_barrier_wait(&barrier);
    usleep(1000);
    *(int *)argument = 1;
    pthread_setcancelstate(old, NULL);
    for (;;) {
        pthread_testcancel();
    }
    return NULL;
}

static void cancel(void *(*function)(void *), void *argument, int wait_us)
{
    pthread_t thread;
    void *result;

    CHECK(pthread_create(&thread, NULL, function, argument) == 0);
    pthread_barrier_wait(&barrier);
    usleep(wait_us);
    CHECK(pthread_cancel(thread) == 0);
    CHECK(pthread_join(thread, &result) == 0 && result == PTHREAD_CANCELED);
}

static void test_cancellation(void)
{
    int pipes[2], passed = 0;

    CHECK(pipe(pipes) == 0);
    pthread_barrier_destroy(&barrier);
    pthread_barrier_init(&barrier, NULL, 2);
    cancel(block_forever, pipes, 5000);
    CHECK(destroyed == 1);
    for (int i = 0; i < 50; i++) {
        cancel(block_forever, pipes, i);
    }
    CHECK(destroyed == 51);
    cancel(spin_forever, NULL, 100);
    cancel(test_points, &passed, 0);
    CHECK(passed == 1);
    close(pipes[0]);
    close(pipes[1]);
}

static void *short_life(void *argument)
{
    atomic_fetch_add((_Atomic long *)argument, 1);
    return NULL;
}

/* Detached and joined ones; tests/program/threads/many.c has more. */
static void test_many(void)
{
    _Atomic long lived = 0;
    pthread_attr_t attributes;
    pthread_t thread;
    int made = 0;

    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    for (int i = 0; i < 500; i++) {
        if (pthread_create(&thread, &attributes, short_life, &lived) == 0) {
            made++;
        } else {
            usleep(1000);
        }
    }
    for (int i = 0; i < 500; i++) {
        if (pthread_create(&thread, NULL, short_life, &lived) == 0) {
            made++;
            pthread_join(thread, NULL);
        }
    }
    for (int i = 0; i < 1000 && lived < made; i++) {
        usleep(1000);
    }
    CHECK(made == 1000 && lived == made);
}

static int recurse(int depth)
{
    volatile char filler[512];

    filler[0] = (char)depth;
    return depth == 0 ? 0 : recurse(depth - 1) + (filler[0] == (char)depth);
}

static void *deep(void *argument)
{
    pthread_attr_t attributes;
    void *stack;
    size_t size;
    char local;

    pthread_getattr_np(pthread_self(), &attributes);
    pthread_attr_getstack(&attributes, &stack, &size);
    CHECK(&local >= (char *)stack && &local < (char *)stack + size);
    return (void *)(intptr_t)recurse((int)(intptr_t)argument);
}

static void test_attributes(void)
{
    pthread_attr_t attributes;
    pthread_t thread;
    void *result;
    static char stack[1 << 20] __attribute__((aligned(4096)));

    pthread_attr_init(&attributes);
    CHECK(pthread_attr_setstacksize(&attributes, 16 << 20) == 0);
    CHECK(pthread_create(&thread, &attributes, deep, (void *)10000) == 0);
    pthread_join(thread, &result);
    CHECK(result == (void *)10000);
    CHECK(pthread_attr_setstack(&attributes, stack, sizeof stack) == 0);
    CHECK(pthread_create(&thread, &attributes, deep, (void *)500) == 0);
    pthread_join(thread, &result);
    CHECK(result == (void *)500);
}

static int c11_work(void *argument)
{
    return *(int *)argument + 1;
}

static void test_c11(void)
{
    thrd_t thread;
    int argument = 41, result;

    CHECK(thrd_create(&thread, c11_work, &argument) == thrd_success);
    CHECK(thrd_join(thread, &result) == thrd_success && result == 42);
}

static _Atomic int in_handler;

static void on_signal(int signal)
{
    (void)signal;
    in_handler = (int)gettid();
}

static void *wait_for_signal(void *argument)
{
    *(int *)argument = (int)gettid();
    pthread_barrier_wait(&barrier);
    while (in_handler == 0) {
        sched_yield();
    }
    return NULL;
}

static void test_kill(void)
{
    pthread_t thread;
    int id = 0;

    signal(SIGUSR1, on_signal);
    pthread_create(&thread, NULL, wait_for_signal, &id);
    pthread_barrier_wait(&barrier);
    CHECK(pthread_kill(thread, SIGUSR1) == 0);
    pthread_join(thread, NULL);
    CHECK(in_handler == id && id != (int)gettid());
}

static void on_timer(union sigval value)
{
    CHECK(own == 42);
    own = 7;
    sem_post(value.sival_ptr);
}

static void test_timer_thread(void)
{
    timer_t timer;
    struct sigevent event = {.sigev_notify = SIGEV_THREAD,
                             .sigev_notify_function = on_timer,
                             .sigev_value = {.sival_ptr = &semaphore}};
    struct itimerspec when = {.it_value = {.tv_nsec = 1000000},
                              .it_interval = {.tv_nsec = 1000000}};

    CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
    CHECK(timer_settime(timer, 0, &when, NULL) == 0);
    for (int i = 0; i < 3; i++) {
        sem_wait(&semaphore);
    }
    timer_delete(timer);
}

int main(void)
{
    test_join();
    test_condition();
    test_cancellation();
    test_many();
    test_attributes();
    test_c11();
    test_kill();
    test_timer_thread();
    return finish("threads");
}
