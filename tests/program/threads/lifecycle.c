/* The life of threads: created by threads, joined, detached, cancelled, with
 * cleanup handlers, keys and thread-local variables; main ends before others. */
#define _GNU_SOURCE
#include <errno.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <string.h>
#include <threads.h>
#include <unistd.h>

#include "threads.h"

static _Thread_local long own = 7;
static _Thread_local char name[40] = "nobody";
static pthread_key_t key;
static atomic_long destroyed, cleaned, detached;
static sem_t ready;

static void destroy(void *value)
{
    atomic_fetch_add(&destroyed, (long)(intptr_t)value);
}

static void clean(void *value)
{
    atomic_fetch_add(&cleaned, (long)(intptr_t)value);
}

static NOINLINE long fibonacci(long n)
{
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

/* A tree of threads: each starts two and adds what they return. */
static void *tree(void *argument)
{
    long depth = (long)(intptr_t)argument, sum;

    CHECK(own == 7 && strcmp(name, "nobody") == 0);
    own = depth;
    snprintf(name, sizeof name, "thread of depth %ld", depth);
    CHECK(pthread_setspecific(key, argument) == 0);
    errno = (int)depth;
    sum = fibonacci(8 + depth);
    if (depth > 0) {
        pthread_t left = start(tree, (void *)(intptr_t)(depth - 1));
        pthread_t right = start(tree, (void *)(intptr_t)(depth - 1));
        sum += (long)(intptr_t)join(left) + (long)(intptr_t)join(right);
    }
    CHECK(own == depth && errno == (int)depth);
    CHECK(pthread_getspecific(key) == argument);
    CHECK(strtol(name + strlen("thread of depth "), NULL, 10) == depth);
    return (void *)(intptr_t)sum;
}

static void *leave_alone(void *argument)
{
    atomic_fetch_add(&detached, (long)(intptr_t)argument + fibonacci(10));
    sem_post(&ready);
    return NULL;
}

static void test_detached(void)
{
    pthread_attr_t attributes;

    CHECK(pthread_attr_init(&attributes) == 0);
    CHECK(pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED) ==
          0);
    CHECK(pthread_attr_setstacksize(&attributes, 256 << 10) == 0);
    for (intptr_t i = 0; i < 3; i++) {
        pthread_t thread;
        CHECK(pthread_create(&thread, i == 0 ? NULL : &attributes, leave_alone,
                             (void *)i) == 0);
        if (i == 0) {
            CHECK(pthread_detach(thread) == 0);
        }
    }
    for (int i = 0; i < 3; i++) {
        CHECK(sem_wait(&ready) == 0);
    }
    printf("detached: %ld\n", detached);
}

static void *wait_for_ever(void *argument)
{
    int ends[2];
    char byte;

    pthread_cleanup_push(clean, argument);
    pthread_cleanup_push(clean, (void *)1);
    CHECK(pipe(ends) == 0);
    sem_post(&ready);
    read(ends[0], &byte, 1); /* a cancellation point */
    pthread_cleanup_pop(0);
    pthread_cleanup_pop(0);
    return NULL;
}

static void *compute_for_ever(void *argument)
{
    pthread_cleanup_push(clean, argument);
    sem_post(&ready);
    for (;;) {
        fibonacci(10);
        pthread_testcancel();
    }
    pthread_cleanup_pop(0);
    return NULL;
}

static void *wait_on_condition(void *argument)
{
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    static pthread_cond_t never = PTHREAD_COND_INITIALIZER;

    CHECK(pthread_mutex_lock(&mutex) == 0);
    pthread_cleanup_push(clean, argument);
    sem_post(&ready);
    for (;;) {
        pthread_cond_wait(&never, &mutex);
    }
    pthread_cleanup_pop(0);
    return NULL;
}

static void test_cancel(void)
{
    void *(*const bodies[])(void *) = {wait_for_ever, compute_for_ever,
                                       wait_on_condition};

    for (intptr_t i = 0; i < 3; i++) {
        pthread_t thread = start(bodies[i], (void *)(10 * (i + 1)));
        CHECK(sem_wait(&ready) == 0);
        CHECK(pthread_cancel(thread) == 0);
        CHECK(join(thread) == PTHREAD_CANCELED);
    }
    printf("cancelled: %ld\n", cleaned);
}

static int c11(void *argument)
{
    return *(int *)argument + (int)fibonacci(9);
}

static void *last(void *argument)
{
    join(*(pthread_t *)argument); /* main */
    printf("main has ended: %ld\n", fibonacci(12));
    exit(5);
}

int main(void)
{
    static pthread_t self;
    thrd_t thread;
    int number = 6, result;

    CHECK(pthread_key_create(&key, destroy) == 0);
    CHECK(sem_init(&ready, 0, 0) == 0);
    printf("tree: %ld\n", (long)(intptr_t)join(start(tree, (void *)3)));
    printf("keys destroyed: %ld\n", destroyed);
    test_detached();
    test_cancel();
    CHECK(thrd_create(&thread, c11, &number) == thrd_success);
    CHECK(thrd_join(thread, &result) == thrd_success);
    printf("C11 thread: %d\nown: %ld, %s\n", result, own, name);
    self = pthread_self();
    start(last, &self);
    pthread_exit(NULL);
}
