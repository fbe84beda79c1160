/* More threads, one after the other, than a program can have at a time: what
 * each had is given back on every node.
 *
 *   many [THREADS] */
#include "threads.h"

static void *work(void *argument)
{
    char text[32];

    snprintf(text, sizeof text, "%ld", (long)(intptr_t)argument);
    return (void *)(intptr_t)(strtol(text, NULL, 10) + 1);
}

int main(int argc, char **argv)
{
    long threads = argc > 1 ? strtol(argv[1], NULL, 10) : 100, right = 0;

    for (intptr_t i = 0; i < threads; i += 2) {
        pthread_t one = start(work, (void *)i);
        pthread_t two = start(work, (void *)(i + 1));
        right += (intptr_t)join(one) == i + 1;
        right += (intptr_t)join(two) == i + 2;
    }
    printf("%ld of %ld threads\n", right, threads);
    return 0;
}
