/* Each kind of lock and of waiting, used by threads that move meanwhile. What
 * is printed does not depend on who comes first. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { THREADS = 4, TURNS = 40 };

static long turns = TURNS;

static void run(void *(*function)(void *), const char *name, long *result)
{
    pthread_t thread[THREADS];
    long sum = 0;

    for (long i = 0; i < THREADS; i++) {
        if (pthread_create(&thread[i], NULL, function, (void *)i) != 0) {
            abort();
        }
    }
    for (int i = 0; i < THREADS; i++) {
        void *value;
        pthread_join(thread[i], &value);
        sum += (long)value;
    }
    printf("%s: %ld %ld\n", name, *result, sum);
    fflush(stdout);
    *result = 0;
}

/* --- mutexes --- */

static pthread_mutex_t mutex;
static long counter;

static void *lock_and_count(void *argument)
{
    long busy = 0;

    for (long i = 0; i < turns; i++) {
        if ((i + (long)argument) % 3 == 0) {
            while (pthread_mutex_trylock(&mutex) != 0) {
                busy = 1;
            }
        } else if ((i + (long)argument) % 3 == 1) {
            struct timespec when;
            clock_gettime(CLOCK_REALTIME, &when);
            when.tv_sec += 60;
            if (pthread_mutex_timedlock(&mutex, &when) != 0) {
                return (void *)1000000;
            }
        } else {
            pthread_mutex_lock(&mutex);
        }
        counter++;
        pthread_mutex_unlock(&mutex);
    }
    return (void *)(busy < 2 ? turns : busy);
}

static void *lock_twice(void *argument)
{
    (void)argument;
    for (long i = 0; i < turns; i++) {
        pthread_mutex_lock(&mutex);
        pthread_mutex_lock(&mutex);
        counter++;
        pthread_mutex_unlock(&mutex);
        counter++;
        pthread_mutex_unlock(&mutex);
    }
    return (void *)(long)(pthread_mutex_unlock(&mutex) == EPERM);
}

static void *check_errors(void *argument)
{
    long right = 0;

    (void)argument;
    for (long i = 0; i < turns; i++) {
        pthread_mutex_lock(&mutex);
        right += pthread_mutex_lock(&mutex) == EDEADLK;
        counter++;
        pthread_mutex_unlock(&mutex);
        right += pthread_mutex_unlock(&mutex) == EPERM;
    }
    return (void *)right;
}

static void *leave_locked(void *argument)
{
    int result = pthread_mutex_lock(&mutex);

    (void)argument;
    if (result == EOWNERDEAD) {
        pthread_mutex_consistent(&mutex);
    }
    counter++;
    return (void *)(long)(result == EOWNERDEAD); /* keeps it */
}

static void make_mutex(int type, int robust, int protocol)
{
    pthread_mutexattr_t attributes;

    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, type);
    if (pthread_mutexattr_setrobust(&attributes, robust) != 0 ||
        pthread_mutexattr_setprotocol(&attributes, protocol) != 0 ||
        pthread_mutex_init(&mutex, &attributes) != 0) {
        abort();
    }
}

static void mutexes(void)
{
    make_mutex(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_NONE);
    run(lock_and_count, "normal", &counter);
    make_mutex(PTHREAD_MUTEX_RECURSIVE, PTHREAD_MUTEX_STALLED,
               PTHREAD_PRIO_NONE);
    run(lock_twice, "recursive", &counter);
    make_mutex(PTHREAD_MUTEX_ERRORCHECK, PTHREAD_MUTEX_STALLED,
               PTHREAD_PRIO_NONE);
    run(check_errors, "error check", &counter);
    make_mutex(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_ROBUST, PTHREAD_PRIO_NONE);
    run(leave_locked, "robust", &counter);
    make_mutex(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_STALLED,
               PTHREAD_PRIO_INHERIT);
    run(lock_and_count, "priority inheritance", &counter);
}

/* --- the others --- */

static pthread_spinlock_t spin;

static void *spin_and_count(void *argument)
{
    (void)argument;
    for (long i = 0; i < turns / 4; i++) {
        pthread_spin_lock(&spin);
        counter++;
        pthread_spin_unlock(&spin);
    }
    return NULL;
}

static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static long pair[2];

static void *read_or_write(void *argument)
{
    long torn = 0;

    for (long i = 0; i < turns; i++) {
        if ((i + (long)argument) % 4 == 0) {
            pthread_rwlock_wrlock(&rwlock);
            pair[0]++;
            counter++;
            pair[1]++;
        } else {
            pthread_rwlock_rdlock(&rwlock);
            torn += pair[0] != pair[1];
        }
        pthread_rwlock_unlock(&rwlock);
    }
    return (void *)torn;
}

static pthread_barrier_t barrier;
static long stage[THREADS];

static void *keep_step(void *argument)
{
    long me = (long)argument, wrong = 0, serial = 0;

    for (long i = 0; i < turns; i++) {
        stage[me] = i;
        serial +=
            pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD;
        for (int other = 0; other < THREADS; other++) {
            wrong += stage[other] != i;
        }
        pthread_barrier_wait(&barrier);
    }
    __atomic_fetch_add(&counter, serial, __ATOMIC_RELAXED);
    return (void *)wrong;
}

static sem_t empty, full;
static long slot[3], put_at, got_at;

static void *pass_on(void *argument)
{
    long sum = 0;

    for (long i = 0; i < turns; i++) {
        if ((long)argument % 2 == 0) {
            sem_wait(&empty);
            pthread_mutex_lock(&mutex);
            slot[put_at++ % 3] = i;
            counter += i;
            pthread_mutex_unlock(&mutex);
            sem_post(&full);
        } else {
            sem_wait(&full);
            pthread_mutex_lock(&mutex);
            sum += slot[got_at++ % 3];
            pthread_mutex_unlock(&mutex);
            sem_post(&empty);
        }
    }
    return (void *)sum;
}

static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static long turn;

static void *take_turns(void *argument)
{
    for (long i = 0; i < turns; i++) {
        pthread_mutex_lock(&mutex);
        while (turn % THREADS != (long)argument) {
            pthread_cond_wait(&condition, &mutex);
        }
        counter = counter * 3 + (long)argument;
        turn++;
        pthread_cond_broadcast(&condition);
        pthread_mutex_unlock(&mutex);
    }
    return NULL;
}

static void *wait_in_vain(void *argument)
{
    struct timespec when;
    long result;

    (void)argument;
    clock_gettime(CLOCK_REALTIME, &when);
    when.tv_nsec += 20000000;
    when.tv_sec += when.tv_nsec / 1000000000;
    when.tv_nsec %= 1000000000;
    pthread_mutex_lock(&mutex);
    result = pthread_cond_timedwait(&condition, &mutex, &when);
    counter++;
    pthread_mutex_unlock(&mutex);
    return (void *)(long)(result == ETIMEDOUT);
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static atomic_long destroyed;
static _Thread_local long own = 5;

static void make_key_destroyed(void *value)
{
    atomic_fetch_add(&destroyed, (long)value);
}

static void make_key(void)
{
    pthread_key_create(&key, make_key_destroyed);
    counter += 100;
}

static void *own_values(void *argument)
{
    pthread_once(&once, make_key);
    pthread_setspecific(key, (void *)((long)argument + 1));
    for (long i = 0; i < turns; i++) {
        own += (long)argument;
        errno = (int)(long)argument;
    }
    if (pthread_getspecific(key) != (void *)((long)argument + 1) ||
        errno != (long)argument) {
        return (void *)-1000000;
    }
    return (void *)own;
}

int main(int argc, char **argv)
{
    turns = argc > 1 ? atol(argv[1]) : TURNS;
    mutexes();
    pthread_spin_init(&spin, 0);
    run(spin_and_count, "spin", &counter);
    run(read_or_write, "rwlock", &counter);
    pthread_barrier_init(&barrier, NULL, THREADS);
    run(keep_step, "barrier", &counter);
    make_mutex(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_NONE);
    sem_init(&empty, 0, 3);
    sem_init(&full, 0, 0);
    run(pass_on, "semaphore", &counter);
    run(take_turns, "condition", &counter);
    run(wait_in_vain, "timed wait", &counter);
    run(own_values, "own", &counter);
    printf("keys destroyed: %ld\n", (long)destroyed);
    return 0;
}
