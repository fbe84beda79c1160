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
    CHECK(popcorn_node_count() == 1 && popcorn_current_nid() == 0);
    CHECK(popcorn_migrate(0) == EBUSY && popcorn_migrate(1) == EAGAIN);
    CHECK(popcorn_request_migration(0, 0) == -1 && errno == ENOTSUP);
    CHECK(popcorn_move_count() == 0);
    popcorn_migrate_point();
    say("api done\n");
}

int main(void)
{
    struct popcorn_node_info nodes[POPCORN_MAX_NODES];
    struct popcorn_thread_status status;
    pid_t id = popcorn_gettid();
    int here = -1;
    int one = 1;

    CHECK(popcorn_get_node_info(&here, nodes, POPCORN_MAX_NODES) == 0);
    CHECK(here == 0 && nodes[0].status == POPCORN_NODE_ONLINE);
    CHECK(nodes[0].distance == 0 && popcorn_node_isa(0) != NULL);
    CHECK(popcorn_get_status(NULL) == -1 && errno == EINVAL);
    if (popcorn_node_count() == 1) {
        without_nodes();
        return 0;
    }
    CHECK(nodes[1].status == POPCORN_NODE_ONLINE && nodes[1].distance == 1);
    CHECK(nodes[POPCORN_MAX_NODES - 1].status == POPCORN_NODE_OFFLINE);
    CHECK(nodes[2].status == POPCORN_NODE_OFFLINE);
    CHECK(popcorn_node_isa(2) == NULL);
    CHECK(popcorn_migrate(2) == EAGAIN && errno == EAGAIN);
    CHECK(popcorn_migrate(-1) == EINVAL && popcorn_migrate(0) == EBUSY);
    for (int i = 0; i < 50; i++) {
        CHECK(migrate(1, callback, &one) == 0);
        CHECK(popcorn_current_nid() == 1 && called == 2 * i + 1);
        CHECK(popcorn_gettid() == id && getpid() == id);
        CHECK(popcorn_get_status(&status) == 0);
        CHECK(status.current_nid == 1 && status.peer_nid == 0);
        CHECK(popcorn_move_count() == (unsigned)(2 * i + 1));
        CHECK(popcorn_last_decline() == POPCORN_NOT_DECLINED);
        if (i % 2 == 0) {
            CHECK(popcorn_propose_migration(0, 0) == 0);
            CHECK(popcorn_current_nid() == 1);
        } else {
            CHECK(popcorn_request_migration(0, 0) == 0);
        }
        check_migrate(callback, &one);
        called = 2 * i + 2; /* a request may be served before */
        CHECK(popcorn_current_nid() == 0);
    }
    say("api done\n");
    return 0;
}
