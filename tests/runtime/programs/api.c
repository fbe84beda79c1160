/* <popcorn.h>: moves the program asks for itself, and what it is told. */
#include <errno.h>
#include <migrate.h>

#include "say.h"

static int called;

static void callback(void *argument)
{
    called += *(int *)argument;
}

static void without_nodes(void)
{
    struct popcorn_thread_status status;

    CHECK(popcorn_node_count() == 1 && popcorn_current_node() == 0);
    CHECK(popcorn_migrate(0) == -1 && errno == ENOTSUP);
    CHECK(popcorn_get_thread_status(&status) == 0);
    CHECK(status.current_nid == 0 && status.moves == 0);
    popcorn_migrate_point();
    say("api done\n");
}

int main(int argc, char **argv)
{
    struct popcorn_node_info nodes[POPCORN_MAX_NODES];
    struct popcorn_thread_status status;
    pid_t id = popcorn_gettid();
    int origin = -1;
    int one = 1;

    (void)argc;
    (void)argv;
    CHECK(popcorn_get_node_info(&origin, nodes) == 0);
    CHECK(origin == 0 && nodes[0].status == 1 && nodes[0].distance == 0);
    CHECK(popcorn_get_thread_status(NULL) == -1 && errno == EINVAL);
    if (popcorn_node_count() == 1) {
        without_nodes();
        return 0;
    }
    CHECK(nodes[1].status == 1 && nodes[1].distance == 1);
    CHECK(nodes[2].status == 0 && nodes[0].isa[0] != '\0');
    CHECK(popcorn_migrate(2) == -1 && errno == EINVAL);
    CHECK(popcorn_migrate(-1) == -1 && errno == EINVAL);
    CHECK(popcorn_migrate(0) == 0);
    for (int i = 0; i < 50; i++) {
        CHECK(migrate(1, callback, &one) == 0);
        CHECK(popcorn_current_node() == 1);
        CHECK(popcorn_gettid() == id && getpid() == id);
        CHECK(popcorn_get_thread_status(&status) == 0);
        CHECK(status.current_nid == 1 && status.peer_nid == 0);
        CHECK(status.moves == (unsigned)(2 * i + 1) && status.declined == 0);
        CHECK(popcorn_propose_migration(0, 0) == 0);
        check_migrate(callback, &one);
        CHECK(popcorn_current_node() == 0);
    }
    CHECK(called >= 50);
    say("api done\n");
    return 0;
}
