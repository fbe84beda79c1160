/* Threads that all leave at once, threads that go where a table says, and a
 * thread that waits to be told where. */
#include <pthread.h>

#include "check.h"
#include "migrate.h"

enum { THREADS = 6, ROUNDS = 5 };

static struct worker {
    pthread_t thread;
    int id, tid, at, finish;
    long count;
} *worker[THREADS];
static pthread_barrier_t start, end;
static int away; /* the other node, 0 if there is none */

static void *leaves(void *argument)
{
    struct worker *self = argument;

    self->tid = popcorn_gettid();
    for (int i = 0; i < ROUNDS; i++) {
        pthread_barrier_wait(&start);
        migrate(away, NULL, NULL);
        CHECK(popcorn_current_nid() == away && popcorn_gettid() == self->tid);
        self->count++;
        migrate(0, NULL, NULL);
        CHECK(popcorn_current_nid() == 0);
        pthread_barrier_wait(&end);
    }
    return NULL;
}

static void *follows_table(void *argument)
{
    struct worker *self = argument;
    int at = 0;

    while (!__atomic_load_n(&self->finish, __ATOMIC_SEQ_CST)) {
        int to = __atomic_load_n(&self->at, __ATOMIC_SEQ_CST);

        if (to != at) {
            migrate(to, NULL, NULL);
            CHECK(popcorn_current_nid() == to);
            __atomic_add_fetch(&self->count, 1, __ATOMIC_SEQ_CST);
        }
        at = to;
    }
    return NULL;
}

static void *waits_for_proposal(void *argument)
{
    struct worker *self = argument;
    struct popcorn_thread_status status;

    __atomic_store_n(&self->tid, popcorn_gettid(), __ATOMIC_SEQ_CST);
    for (int i = 0; i < ROUNDS; i++) {
        do {
            CHECK(popcorn_get_status(&status) == 0);
            CHECK(status.current_nid == i % 2 * away);
        } while (status.proposed_nid == -1);
        migrate(-1, NULL, NULL);
        CHECK(popcorn_current_nid() == (i + 1) % 2 * away);
        __atomic_add_fetch(&self->count, 1, __ATOMIC_SEQ_CST);
    }
    return NULL;
}

static void begin(void *(*body)(void *))
{
    for (int i = 0; i < THREADS; i++) {
        worker[i]->id = i;
        worker[i]->count = worker[i]->tid = 0;
        CHECK(!pthread_create(&worker[i]->thread, NULL, body, worker[i]));
    }
}

static void finish(long wanted)
{
    for (int i = 0; i < THREADS; i++) {
        pthread_join(worker[i]->thread, NULL);
        CHECK(worker[i]->count == wanted);
    }
}

static void wait_for(long *count, long wanted)
{
    while (__atomic_load_n(count, __ATOMIC_SEQ_CST) < wanted) {
    }
}

int main(void)
{
    struct popcorn_node_info nodes[MAX_POPCORN_NODES];
    void *page;

    CHECK(popcorn_get_node_info(NULL, nodes) == 0);
    away = nodes[1].status == POPCORN_NODE_ONLINE;
    for (int i = 0; i < THREADS; i++) {
        CHECK(posix_memalign(&page, PAGE_SIZE, sizeof **worker) == 0);
        worker[i] = page;
        worker[i]->at = worker[i]->finish = 0;
    }
    pthread_barrier_init(&start, NULL, THREADS + 1);
    pthread_barrier_init(&end, NULL, THREADS + 1);
    begin(leaves);
    for (int i = 0; i < ROUNDS; i++) {
        pthread_barrier_wait(&start);
        pthread_barrier_wait(&end);
    }
    finish(ROUNDS);

    begin(follows_table);
    for (int i = 0; away && i < THREADS * 2; i++) {
        struct worker *one = worker[i % THREADS];

        __atomic_store_n(&one->at, i < THREADS, __ATOMIC_SEQ_CST);
        wait_for(&one->count, i / THREADS + 1);
    }
    for (int i = 0; i < THREADS; i++) {
        __atomic_store_n(&worker[i]->finish, 1, __ATOMIC_SEQ_CST);
    }
    finish(away ? 2 : 0);

    begin(waits_for_proposal);
    for (int i = 0; i < THREADS * ROUNDS; i++) {
        struct worker *one = worker[i % THREADS];
        int tid;

        while ((tid = __atomic_load_n(&one->tid, __ATOMIC_SEQ_CST)) == 0) {
        }
        CHECK(popcorn_propose_migration(tid, (i / THREADS + 1) % 2 * away) ==
              0);
        wait_for(&one->count, i / THREADS + 1);
    }
    finish(ROUNDS);
    puts("crowded");
    return 0;
}
