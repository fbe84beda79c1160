/* Producers, workers and a collector, connected by bounded queues with
 * condition variables. */
#include "threads.h"

#define ITEMS 600
#define SLOTS 7

struct queue {
    pthread_mutex_t mutex;
    pthread_cond_t not_empty, not_full;
    uint64_t slot[SLOTS];
    int first, count, writers;
};

#define QUEUE(n)                                                               \
    {PTHREAD_MUTEX_INITIALIZER,                                                \
     PTHREAD_COND_INITIALIZER,                                                 \
     PTHREAD_COND_INITIALIZER,                                                 \
     {0},                                                                      \
     0,                                                                        \
     0,                                                                        \
     (n)}

static struct queue raw = QUEUE(2), cooked = QUEUE(3);

static NOINLINE void put(struct queue *q, uint64_t value)
{
    pthread_mutex_lock(&q->mutex);
    while (q->count == SLOTS) {
        pthread_cond_wait(&q->not_full, &q->mutex);
    }
    q->slot[(q->first + q->count++) % SLOTS] = value;
    pthread_cond_signal(&q->not_empty);
    pthread_mutex_unlock(&q->mutex);
}

/* 0 when all writers have closed it and it is empty. */
static NOINLINE int get(struct queue *q, uint64_t *value)
{
    int found;

    pthread_mutex_lock(&q->mutex);
    while (q->count == 0 && q->writers != 0) {
        pthread_cond_wait(&q->not_empty, &q->mutex);
    }
    found = q->count != 0;
    if (found) {
        *value = q->slot[q->first];
        q->first = (q->first + 1) % SLOTS;
        q->count--;
        pthread_cond_signal(&q->not_full);
    }
    pthread_mutex_unlock(&q->mutex);
    return found;
}

static void close_one(struct queue *q)
{
    pthread_mutex_lock(&q->mutex);
    q->writers--;
    pthread_cond_broadcast(&q->not_empty);
    pthread_mutex_unlock(&q->mutex);
}

static void *produce(void *argument)
{
    for (uint64_t i = (uint64_t)(intptr_t)argument; i < ITEMS; i += 2) {
        put(&raw, i);
    }
    close_one(&raw);
    return NULL;
}

static void *cook(void *unused)
{
    uint64_t value;

    (void)unused;
    while (get(&raw, &value)) {
        uint64_t state = value + 1;
        for (int i = 0; i < 20; i++) {
            next_random(&state);
        }
        put(&cooked, value << 32 | (state & 0xffffffff));
    }
    close_one(&cooked);
    return NULL;
}

int main(void)
{
    static unsigned result[ITEMS];
    static int seen[ITEMS];
    pthread_t threads[5];
    uint64_t value, sum = 0;
    int count = 0;

    for (intptr_t i = 0; i < 5; i++) {
        threads[i] = start(i < 2 ? produce : cook, (void *)i);
    }
    while (get(&cooked, &value)) {
        CHECK(!seen[value >> 32]);
        seen[value >> 32] = 1;
        result[value >> 32] = (unsigned)value;
        count++;
    }
    for (int i = 0; i < 5; i++) {
        join(threads[i]);
    }
    for (int i = 0; i < ITEMS; i++) {
        sum = sum * 33 + result[i];
    }
    printf("%d items, sum %016llx\n", count, (unsigned long long)sum);
    return 0;
}
