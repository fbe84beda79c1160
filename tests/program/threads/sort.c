/* A parallel merge sort: a thread for each half while parts are large. */
#include <string.h>

#include "threads.h"

#define COUNT 24000

struct part {
    double *values, *room;
    long count;
};

static NOINLINE void merge(struct part p)
{
    long left = 0, middle = p.count / 2, right = middle;

    for (long i = 0; i < p.count; i++) {
        if (right == p.count ||
            (left < middle && p.values[left] <= p.values[right])) {
            p.room[i] = p.values[left++];
        } else {
            p.room[i] = p.values[right++];
        }
    }
    memcpy(p.values, p.room, (size_t)p.count * sizeof p.values[0]);
}

static void *sort(void *argument)
{
    struct part p = *(struct part *)argument, left = p, right = p;

    if (p.count < 2) {
        return NULL;
    }
    left.count = p.count / 2;
    right.values += left.count;
    right.room += left.count;
    right.count -= left.count;
    if (p.count > COUNT / 5) { /* `left` is on this thread's stack */
        pthread_t thread = start(sort, &left);
        sort(&right);
        join(thread);
    } else {
        sort(&left);
        sort(&right);
    }
    merge(p);
    return NULL;
}

int main(void)
{
    static double values[COUNT], room[COUNT];
    struct part all = {values, room, COUNT};
    uint64_t seed = 1;
    double sum = 0, sum_before = 0;

    for (long i = 0; i < COUNT; i++) {
        values[i] = (double)(next_random(&seed) % 1000003);
        sum_before += values[i];
    }
    sort(&all);
    for (long i = 0; i < COUNT; i++) {
        CHECK(i == 0 || values[i - 1] <= values[i]);
        sum += values[i];
    }
    CHECK(sum == sum_before);
    for (long i = 0; i < COUNT; i += COUNT / 16) {
        printf("%ld: %.0f\n", i, values[i]);
    }
    return 0;
}
