/* Mutexes of every kind, condition variables, barriers, read-write locks,
 * semaphores, once, spin locks: several threads count under each of them. */
#define _GNU_SOURCE
#include <errno.h>
#include <semaphore.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "threads.h"

#define THREADS 4
#define ROUNDS 60

static struct {
    const char *name;
    int type;
    pthread_mutex_t mutex;
    long count;
} mutexes[] = {{.name = "normal", .type = PTHREAD_MUTEX_NORMAL},
               {.name = "recursive", .type = PTHREAD_MUTEX_RECURSIVE},
               {.name = "errorcheck", .type = PTHREAD_MUTEX_ERRORCHECK}};
#define KINDS (sizeof mutexes / sizeof mutexes[0])

static pthread_spinlock_t spin;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t barrier;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_mutex_t robust, gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static sem_t slots;
static long spun, written[2], once_count, semaphore_count, serial, turn;

static void count_once(void)
{
    once_count++;
}

static void use_mutexes(void)
{
    for (unsigned k = 0; k < KINDS; k++) {
        CHECK(pthread_mutex_lock(&mutexes[k].mutex) == 0);
        mutexes[k].count++;
        if (mutexes[k].type == PTHREAD_MUTEX_RECURSIVE) {
            CHECK(pthread_mutex_lock(&mutexes[k].mutex) == 0);
            mutexes[k].count++;
            CHECK(pthread_mutex_unlock(&mutexes[k].mutex) == 0);
        } else if (mutexes[k].type == PTHREAD_MUTEX_ERRORCHECK) {
            CHECK(pthread_mutex_lock(&mutexes[k].mutex) == EDEADLK);
        }
        CHECK(pthread_mutex_unlock(&mutexes[k].mutex) == 0);
    }
}

static void use_others(long round)
{
    pthread_spin_lock(&spin);
    spun++;
    pthread_spin_unlock(&spin);

    if (round % 4 == 0) {
        CHECK(pthread_rwlock_wrlock(&rwlock) == 0);
        written[0]++;
        written[1]++;
    } else {
        CHECK(pthread_rwlock_rdlock(&rwlock) == 0);
        CHECK(written[0] == written[1]);
    }
    CHECK(pthread_rwlock_unlock(&rwlock) == 0);

    CHECK(sem_wait(&slots) == 0);
    __atomic_fetch_add(&semaphore_count, 1, __ATOMIC_RELAXED);
    CHECK(sem_post(&slots) == 0);
}

/* Each in its turn. */
static void take_turn(long self)
{
    CHECK(pthread_mutex_lock(&gate) == 0);
    while (turn % THREADS != self) {
        CHECK(pthread_cond_wait(&changed, &gate) == 0);
    }
    turn++;
    CHECK(pthread_cond_broadcast(&changed) == 0);
    CHECK(pthread_mutex_unlock(&gate) == 0);
}

static void *work(void *argument)
{
    long self = (long)(intptr_t)argument;

    pthread_once(&once, count_once);
    for (long i = 0; i < ROUNDS; i++) {
        use_mutexes();
        use_others(i);
        if (i % 10 == 0) {
            int result = pthread_barrier_wait(&barrier);
            CHECK(result == 0 || result == PTHREAD_BARRIER_SERIAL_THREAD);
            if (result != 0) {
                __atomic_fetch_add(&serial, 1, __ATOMIC_RELAXED);
            }
            take_turn(self);
        }
    }
    return NULL;
}

static void *die_holding(void *unused)
{
    (void)unused;
    CHECK(pthread_mutex_lock(&robust) == 0);
    return NULL;
}

static void test_robust(void)
{
    pthread_mutexattr_t kind;
    void *head;
    size_t bytes;

    CHECK(pthread_mutexattr_init(&kind) == 0);
    CHECK(pthread_mutexattr_setrobust(&kind, PTHREAD_MUTEX_ROBUST) == 0);
    CHECK(pthread_mutex_init(&robust, &kind) == 0);
    join(start(die_holding, NULL));
    CHECK(pthread_mutex_lock(&robust) == EOWNERDEAD);
    CHECK(pthread_mutex_consistent(&robust) == 0);
    CHECK(pthread_mutex_unlock(&robust) == 0);
    CHECK(pthread_mutex_lock(&robust) == 0);
    CHECK(pthread_mutex_unlock(&robust) == 0);
    puts("robust: the owner's death was seen");
    /* Between processes it needs a kernel that keeps robust lists. */
    CHECK(pthread_mutexattr_setpshared(&kind, PTHREAD_PROCESS_SHARED) == 0);
    CHECK(pthread_mutex_init(&robust, &kind) ==
          (syscall(SYS_get_robust_list, 0, &head, &bytes) == 0 ? 0 : ENOSYS));
}

static void test_timed(void)
{
    struct timespec until;

    CHECK(pthread_mutex_lock(&gate) == 0);
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += 20000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    CHECK(pthread_cond_timedwait(&changed, &gate, &until) == ETIMEDOUT);
    CHECK(pthread_mutex_trylock(&gate) == EBUSY);
    CHECK(pthread_mutex_timedlock(&gate, &until) == ETIMEDOUT);
    CHECK(pthread_mutex_unlock(&gate) == 0);
    puts("timed: both waits ended");
}

int main(void)
{
    pthread_t threads[THREADS];

    for (unsigned k = 0; k < KINDS; k++) {
        pthread_mutexattr_t kind;
        CHECK(pthread_mutexattr_init(&kind) == 0);
        CHECK(pthread_mutexattr_settype(&kind, mutexes[k].type) == 0);
        CHECK(pthread_mutex_init(&mutexes[k].mutex, &kind) == 0);
    }
    CHECK(pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE) == 0);
    CHECK(pthread_barrier_init(&barrier, NULL, THREADS) == 0);
    CHECK(sem_init(&slots, 0, 2) == 0);
    for (intptr_t i = 0; i < THREADS; i++) {
        threads[i] = start(work, (void *)i);
    }
    for (int i = 0; i < THREADS; i++) {
        join(threads[i]);
    }
    for (unsigned k = 0; k < KINDS; k++) {
        printf("%s: %ld\n", mutexes[k].name, mutexes[k].count);
    }
    printf("spin: %ld\nrwlock: %ld %ld\nonce: %ld\nsemaphore: %ld\n"
           "barrier: %ld\nturns: %ld\n",
           spun, written[0], written[1], once_count, semaphore_count, serial,
           turn);
    test_robust();
    test_timed();
    return 0;
}
