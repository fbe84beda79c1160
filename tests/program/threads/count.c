/* Threads count in shared memory, by mutex and by atomic operation. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { TURNS = 300 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static long by_mutex;
static atomic_long by_atomic;
static _Thread_local long mine;

struct job {
    int id;
    long *total; /* in the creator's frame */
};

static long step(long x)
{
    return x * 6364136223846793005 + 1442695040888963407;
}

static void *work(void *argument)
{
    struct job *job = argument;
    long x = job->id;

    for (int i = 0; i < TURNS; i++) {
        x = step(x);
        mine += x & 15;
        atomic_fetch_add(&by_atomic, 1);
        pthread_mutex_lock(&mutex);
        by_mutex++;
        *job->total += x & 15;
        pthread_mutex_unlock(&mutex);
    }
    return (void *)mine;
}

int main(int argc, char **argv)
{
    int count = argc > 1 ? atoi(argv[1]) : 2;
    pthread_t thread[16];
    struct job job[16];
    long total = 0, sum = 0;

    for (int i = 0; i < count; i++) {
        job[i] = (struct job){i + 1, &total};
        if (pthread_create(&thread[i], NULL, work, &job[i]) != 0) {
            return 1;
        }
    }
    for (int i = 0; i < count; i++) {
        void *result;
        pthread_join(thread[i], &result);
        printf("thread %d: %ld\n", i, (long)result);
        sum += (long)result;
    }
    printf("%ld %ld %ld %ld\n", by_mutex, (long)by_atomic, total, sum);
    return total == sum ? 0 : 1;
}
