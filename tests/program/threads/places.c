/* Where threads are: placed by a list, asked by name from outside and by each
 * other. For every line on standard input each of three threads and main print
 * the node they are on. Without `popcorn run` all are on node 0. */
#define _GNU_SOURCE
#include <popcorn.h>
#include <semaphore.h>
#include <string.h>
#include <unistd.h>

#include "threads.h"

static sem_t wanted[3], answered;
static int node_of[3], ids[3];

static void *answer(void *argument)
{
    long self = (long)(intptr_t)argument;

    ids[self] = popcorn_gettid();
    sem_post(&answered);
    for (;;) {
        while (sem_trywait(&wanted[self]) != 0) {
            usleep(2000);
        }
        node_of[self] = popcorn_current_nid();
        sem_post(&answered);
    }
    return NULL;
}

static void print_nodes(void)
{
    for (int i = 0; i < 3; i++) {
        sem_post(&wanted[i]);
    }
    for (int i = 0; i < 3; i++) {
        sem_wait(&answered);
    }
    printf("%d %d %d %d\n", popcorn_current_nid(), node_of[0], node_of[1],
           node_of[2]);
    fflush(stdout);
}

int main(void)
{
    char line[80];

    sem_init(&answered, 0, 0);
    for (intptr_t i = 0; i < 3; i++) {
        sem_init(&wanted[i], 0, 0);
        start(answer, (void *)i);
    }
    for (int i = 0; i < 3; i++) {
        sem_wait(&answered);
    }
    printf("%d %d %d %d\n", (int)getpid(), ids[0], ids[1], ids[2]);
    fflush(stdout);
    while (fgets(line, sizeof line, stdin) != NULL) {
        int thread, node;
        if (sscanf(line, "propose %d %d", &thread, &node) == 2) {
            CHECK(popcorn_request_migration(ids[thread], node) == 0);
            CHECK(popcorn_request_migration(1, node) == -1);
        }
        usleep(100000);
        print_nodes();
    }
    return 0;
}
