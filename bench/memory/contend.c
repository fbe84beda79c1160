/* Two threads on two nodes and one page, for SECONDS seconds. Prints the way of
 * sharing it, microseconds a hand-over (free: an addition) and the part of the
 * work that the one which did less has done.
 *
 *   turns   each waits for its turn in an atomic and gives it to the other
 *   free    both add to one atomic as fast as they can
 *   mutex   both lock, add and unlock as fast as they can
 *   sem     each waits for its semaphore and posts the other's (futexes)
 *
 *   contend SECONDS turns|free|mutex|sem */
#include <popcorn.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../timing.h"

static struct { /* a page of its own */
    _Alignas(4096) atomic_long turn;
    atomic_long sum;
    pthread_mutex_t mutex;
    sem_t sem[2];
    long holder, handovers; /* of the mutex */
} page = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static _Alignas(4096) struct {
    atomic_int ready, stop;
} control;

struct side {
    _Alignas(4096) long done;
};
static struct side side[2];
static void (*step)(long me);

static void by_turns(long me)
{
    while (atomic_load(&page.turn) != me && !atomic_load(&control.stop)) {
    }
    atomic_store(&page.turn, !me);
}

static void freely(long me)
{
    (void)me;
    atomic_fetch_add(&page.sum, 1);
}

static void locked(long me)
{
    pthread_mutex_lock(&page.mutex);
    page.handovers += page.holder != me;
    page.holder = me;
    page.sum++;
    pthread_mutex_unlock(&page.mutex);
}

static void by_semaphore(long me)
{
    sem_wait(&page.sem[me]);
    sem_post(&page.sem[!me]);
}

static void *run(void *argument)
{
    long me = (long)argument, done = 0;

    popcorn_migrate((int)me); /* started plainly there is one node */
    atomic_fetch_add(&control.ready, 1);
    while (atomic_load(&control.ready) < 2) {
    }
    while (!atomic_load(&control.stop)) {
        step(me);
        done++;
    }
    sem_post(&page.sem[!me]);
    side[me].done = done;
    return NULL;
}

int main(int argc, char **argv)
{
    long duration_ns = (argc > 1 ? atol(argv[1]) : 1) * 1000000000L, start;
    const char *way = argc > 2 ? argv[2] : "turns";
    const struct timespec wait = {duration_ns / 1000000000L, 0};
    pthread_t thread[2];
    double share;
    long count;

    step = strcmp(way, "turns") == 0   ? by_turns
           : strcmp(way, "free") == 0  ? freely
           : strcmp(way, "mutex") == 0 ? locked
                                       : by_semaphore;
    sem_init(&page.sem[0], 0, 1);
    sem_init(&page.sem[1], 0, 0);
    for (long i = 0; i < 2; i++) {
        pthread_create(&thread[i], NULL, run, (void *)i);
    }
    while (atomic_load(&control.ready) < 2) {
        nanosleep(&(struct timespec){0, 1000000}, NULL);
    }
    start = now_ns();
    nanosleep(&wait, NULL);
    atomic_store(&control.stop, 1);
    duration_ns = now_ns() - start;
    for (int i = 0; i < 2; i++) {
        pthread_join(thread[i], NULL);
    }
    share =
        (double)(side[0].done < side[1].done ? side[0].done : side[1].done) /
        (double)(side[0].done + side[1].done);
    count = step == locked ? page.handovers : side[0].done + side[1].done;
    printf("%s %.4f %.2f\n", way, (double)duration_ns / 1e3 / (double)count,
           share);
    if ((step == freely || step == locked) &&
        page.sum != side[0].done + side[1].done) {
        fprintf(stderr, "%ld were added, %ld are there\n",
                side[0].done + side[1].done, (long)page.sum);
        return 1;
    }
    return 0;
}
