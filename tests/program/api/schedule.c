/* Threads that go where a schedule says: schedule FILE WORD. WORD is what the file
 * is: right, broken, or missing. */
#include <pthread.h>
#include <string.h>

#include "check.h"
#include "migrate.h"

static int others, calls;

static int at(int node)
{
    return node < others ? node : 0;
}

static void called(void *argument)
{
    __atomic_add_fetch((int *)argument, 1, __ATOMIC_SEQ_CST);
}

/* The file has: region 7: 0 1 1; the others: 1 0. */
static void *right(void *argument)
{
    int id = (int)(size_t)argument;

    popcorn_migrate_schedule(7, id);
    CHECK(popcorn_current_nid() == at(id > 0 && id < 3));
    migrate_schedule(12, id, called, &calls);
    CHECK(popcorn_current_nid() == at(id == 0));
    popcorn_migrate_schedule(7, -1);
    CHECK(popcorn_current_nid() == 0);
    return NULL;
}

static void *none(void *argument)
{
    popcorn_migrate_schedule(7, (int)(size_t)argument);
    CHECK(popcorn_current_nid() == 0);
    return NULL;
}

int main(int argc, char **argv)
{
    struct popcorn_node_info nodes[MAX_POPCORN_NODES];
    pthread_t thread[4];

    CHECK(argc == 3 && setenv("POPCORN_THREAD_SCHEDULE", argv[1], 1) == 0);
    CHECK(popcorn_get_node_info(NULL, nodes) == 0);
    others = nodes[1].status == POPCORN_NODE_ONLINE ? 2 : 1;
    for (size_t i = 0; i < 4; i++) {
        CHECK(!pthread_create(&thread[i], NULL,
                              strcmp(argv[2], "right") == 0 ? right : none,
                              (void *)i));
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(thread[i], NULL);
    }
    /* Thread 0 goes to node 1, 1 and 2 come from there. */
    CHECK(calls == (strcmp(argv[2], "right") == 0 && others == 2 ? 3 : 0));
    puts("scheduled");
    return 0;
}
