/* LU decomposition by rows, with a barrier after each column. Each thread has
 * rows of its own, so the result does not depend on who was first. */
#include <math.h>

#include "threads.h"

#define THREADS 4
#define N 72

static double a[N][N], copy[N][N];
static pthread_barrier_t barrier;

static NOINLINE void eliminate(long row, long column)
{
    double factor = a[row][column] /= a[column][column];

    for (long j = column + 1; j < N; j++) {
        a[row][j] -= factor * a[column][j];
    }
}

static void *work(void *argument)
{
    long self = (long)(intptr_t)argument;

    for (long column = 0; column < N - 1; column++) {
        for (long row = column + 1; row < N; row++) {
            if (row % THREADS == self) {
                eliminate(row, column);
            }
        }
        pthread_barrier_wait(&barrier);
    }
    return NULL;
}

static double worst_error(void)
{
    double worst = 0;

    for (long i = 0; i < N; i++) {
        for (long j = 0; j < N; j++) {
            double sum = i <= j ? a[i][j] : 0;
            for (long k = 0; k < (i <= j ? i : j + 1); k++) {
                sum += a[i][k] * a[k][j];
            }
            worst = fmax(worst, fabs(sum - copy[i][j]));
        }
    }
    return worst;
}

int main(void)
{
    pthread_t threads[THREADS];
    uint64_t seed = 5, sum = 0;

    for (long i = 0; i < N; i++) {
        for (long j = 0; j < N; j++) {
            a[i][j] = copy[i][j] = (double)(next_random(&seed) % 1000) / 64 +
                                   (i == j ? N * 16 : 0);
        }
    }
    CHECK(pthread_barrier_init(&barrier, NULL, THREADS) == 0);
    for (intptr_t i = 0; i < THREADS; i++) {
        threads[i] = start(work, (void *)i);
    }
    for (int i = 0; i < THREADS; i++) {
        join(threads[i]);
    }
    for (long i = 0; i < N; i++) {
        for (long j = 0; j < N; j++) {
            sum = sum * 31 + (uint64_t)(int64_t)(a[i][j] * 1048576);
        }
    }
    printf("last %.12g, sum %016llx\n", a[N - 1][N - 1],
           (unsigned long long)sum);
    CHECK(worst_error() < 1e-9);
    return 0;
}
