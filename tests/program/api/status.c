/* What a program is told of its nodes and of itself, and proposals. */
#include "check.h"
#include "migrate.h"
#include <errno.h>

static const char *const names[] = {"unknown", "arm64", "x86-64", "ppc64le"};

static int nodes(void)
{
    struct popcorn_node_info node[MAX_POPCORN_NODES], two[3];
    int here = -1, there = -1, online = 0;

    CHECK(popcorn_get_node_info(&here, node) == 0 && here == 0);
    for (int i = 0; i < MAX_POPCORN_NODES; i++) {
        if (node[i].status != POPCORN_NODE_ONLINE) {
            CHECK(node[i].status == POPCORN_NODE_OFFLINE);
            CHECK(node[i].arch == POPCORN_NODE_UNKNOWN);
            continue;
        }
        CHECK(node[i].arch == POPCORN_NODE_X86 ||
              node[i].arch == POPCORN_NODE_AARCH64);
        CHECK(names[node[i].arch + 1][0] == "ax"[node[i].arch]);
        CHECK(node[i].distance == (i != here));
        online++;
    }
    /* The system call's form: no more than it was given room for. */
    two[2].status = 77;
    CHECK(popcorn_get_node_info(&there, two, 2) == 0 && there == here);
    CHECK(two[0].arch == node[0].arch && two[1].status == node[1].status);
    CHECK(two[2].status == 77);
    CHECK(popcorn_get_node_info(&there, two, -1) == -1 && errno == EINVAL);
    return online;
}

static void proposals(int online)
{
    struct popcorn_thread_status status;

    CHECK(popcorn_propose_migration(0, 30) == 0); /* nobody has it */
    CHECK(popcorn_get_status(&status) == 0 && status.proposed_nid == 30);
    CHECK(migrate(-1, NULL, NULL) == EAGAIN);
    CHECK(popcorn_propose_migration(0, POPCORN_MAX_NODES) == -1 &&
          errno == EINVAL);
    CHECK(popcorn_propose_migration(0, -1) == -1 && errno == EINVAL);
    CHECK(popcorn_propose_migration(999999, 1) == -1 && errno == ENOENT);
    if (online < 2) {
        return;
    }
    for (int i = 0; i < 10; i++) {
        CHECK(popcorn_propose_migration(popcorn_gettid(), 1) == 0);
        CHECK(popcorn_get_status(&status) == 0 && status.current_nid == 0);
        CHECK(status.proposed_nid == 1 && status.peer_nid == -1);
        CHECK(migrate(-1, NULL, NULL) == 0);
        CHECK(popcorn_get_thread_status(&status) == 0);
        CHECK(status.current_nid == 1 && status.proposed_nid == -1);
        CHECK(status.peer_nid == 0 && status.peer_pid == popcorn_gettid());
        CHECK(migrate(-1, NULL, NULL) == EINVAL);
        CHECK(popcorn_propose_migration(0, 0) == 0);
        if (i % 2) {
            check_migrate(NULL, NULL);
        } else {
            CHECK(popcorn_migrate(0) == 0); /* a move ends a proposal */
        }
        CHECK(popcorn_get_status(&status) == 0 && status.current_nid == 0);
        CHECK(status.proposed_nid == -1);
    }
}

int main(void)
{
    struct popcorn_thread_status status;

    CHECK(popcorn_get_status(NULL) == -1 && errno == EINVAL);
    CHECK(popcorn_get_status(&status) == 0);
    CHECK(status.current_nid == 0 && status.proposed_nid == -1);
    CHECK(status.peer_nid == -1 && status.peer_pid == -1);
    proposals(nodes());
    puts("told");
    return 0;
}
