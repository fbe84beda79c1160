/* Mutexes of each kind and conditions, by one thread and by several: nobody is
 * forgotten, nothing is counted twice. A thread that is forgotten hangs the test. */
#define _GNU_SOURCE
#include "check.h"
#include <errno.h>
#include <pthread.h>
#include <threads.h>
#include <time.h>

enum { THREADS = 4, ROUNDS = 3000, GAMES = 150 };

static pthread_mutex_t normal = PTHREAD_MUTEX_INITIALIZER, recursive, checked;
static pthread_cond_t begun = PTHREAD_COND_INITIALIZER,
                      done = PTHREAD_COND_INITIALIZER;
static mtx_t plain;
static long counts[4], timeouts;
static int game, finished;

static struct timespec soon(long ns)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_nsec += ns;
    t.tv_sec += t.tv_nsec / 1000000000;
    t.tv_nsec %= 1000000000;
    return t;
}

/* By lock, trylock and timedlock in turns. */
static void take(pthread_mutex_t *m, int i)
{
    struct timespec until;

    switch (i % 3) {
    case 0:
        pthread_mutex_lock(m);
        return;
    case 1:
        if (pthread_mutex_trylock(m) != 0) {
            pthread_mutex_lock(m);
        }
        return;
    }
    until = soon(20000);
    while (pthread_mutex_timedlock(m, &until) == ETIMEDOUT) {
        __atomic_add_fetch(&timeouts, 1, __ATOMIC_RELAXED);
        until = soon(100000);
    }
}

static void *count(void *unused)
{
    for (int i = 0; i < ROUNDS; i++) {
        take(&normal, i);
        counts[0]++;
        pthread_mutex_unlock(&normal);
        take(&recursive, i);
        pthread_mutex_lock(&recursive);
        counts[1]++;
        pthread_mutex_unlock(&recursive);
        pthread_mutex_unlock(&recursive);
        take(&checked, i);
        counts[2]++;
        pthread_mutex_unlock(&checked);
        mtx_lock(&plain);
        counts[3]++;
        mtx_unlock(&plain);
    }
    return unused;
}

/* All wait for a game to begin, by broadcast; the last one says that it is over. In
 * between others want the mutex too. */
static void *play(void *unused)
{
    for (int i = 1; i <= GAMES; i++) {
        pthread_mutex_lock(&normal);
        while (game < i) {
            struct timespec until = soon(200000);
            if (i % 4 != 0) {
                pthread_cond_wait(&begun, &normal);
            } else {
                pthread_cond_timedwait(&begun, &normal, &until);
            }
        }
        if (++finished == THREADS) {
            pthread_cond_signal(&done);
        }
        pthread_mutex_unlock(&normal);
        pthread_mutex_lock(&normal);
        counts[0]++;
        pthread_mutex_unlock(&normal);
    }
    return unused;
}

static void run(void *(*what)(void *), int is_game)
{
    pthread_t threads[THREADS];

    for (int i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, what, NULL);
    }
    for (int i = 1; is_game && i <= GAMES; i++) {
        pthread_mutex_lock(&normal);
        finished = 0;
        game = i;
        pthread_cond_broadcast(&begun);
        while (finished < THREADS) {
            pthread_cond_wait(&done, &normal);
        }
        pthread_mutex_unlock(&normal);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
}

/* One thread: before there are others, and after. */
static void alone(void)
{
    struct timespec past = {1, 0};

    CHECK(pthread_mutex_lock(&normal) == 0);
    CHECK(pthread_mutex_trylock(&normal) == EBUSY);
    CHECK(pthread_mutex_timedlock(&normal, &past) == ETIMEDOUT);
    CHECK(pthread_cond_timedwait(&begun, &normal, &past) == ETIMEDOUT);
    CHECK(pthread_mutex_trylock(&normal) == EBUSY);
    CHECK(pthread_mutex_unlock(&normal) == 0);
    CHECK(pthread_mutex_trylock(&normal) == 0);
    CHECK(pthread_mutex_unlock(&normal) == 0);
    CHECK(pthread_mutex_lock(&recursive) == 0);
    CHECK(pthread_mutex_lock(&recursive) == 0);
    CHECK(pthread_mutex_trylock(&recursive) == 0);
    CHECK(pthread_mutex_unlock(&recursive) == 0);
    CHECK(pthread_mutex_unlock(&recursive) == 0);
    CHECK(pthread_mutex_unlock(&recursive) == 0);
    CHECK(pthread_mutex_unlock(&recursive) == EPERM);
    CHECK(pthread_mutex_lock(&checked) == 0);
    CHECK(pthread_mutex_lock(&checked) == EDEADLK);
    CHECK(pthread_mutex_unlock(&checked) == 0);
    CHECK(pthread_mutex_unlock(&checked) == EPERM);
    CHECK(pthread_cond_signal(&begun) == 0);
    CHECK(pthread_cond_broadcast(&begun) == 0);
}

int main(void)
{
    pthread_mutexattr_t kind;

    pthread_mutexattr_init(&kind);
    pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&recursive, &kind);
    pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutex_init(&checked, &kind);
    mtx_init(&plain, mtx_plain);
    alone();
    run(count, 0);
    for (int i = 0; i < 4; i++) {
        CHECK(counts[i] == THREADS * ROUNDS);
    }
    run(play, 1);
    CHECK(counts[0] == THREADS * (ROUNDS + GAMES));
    alone();
    return finish("locks");
}
