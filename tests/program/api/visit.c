/* A thread that goes to another node and back: what migrate() returns, and where
 * its callback runs. */
#include "check.h"
#include "migrate.h"
#include <errno.h>
#include <string.h>

static int called_on[2];

static void called(void *argument)
{
    called_on[popcorn_current_nid()] += *(int *)argument;
}

static void refusals(int nodes)
{
    CHECK(migrate(0, called, NULL) == EBUSY && errno == EBUSY);
    CHECK(popcorn_migrate(0) == EBUSY);
    CHECK(migrate(nodes, called, NULL) == EAGAIN && errno == EAGAIN);
    CHECK(migrate(31, NULL, NULL) == EAGAIN);
    CHECK(migrate(POPCORN_MAX_NODES, NULL, NULL) == EINVAL);
    CHECK(migrate(-2, NULL, NULL) == EINVAL);
    CHECK(migrate(-1, called, NULL) == EINVAL && errno == EINVAL);
    CHECK(popcorn_current_nid() == 0);
}

int main(void)
{
    struct popcorn_node_info nodes[MAX_POPCORN_NODES];
    int here, one = 1, visits = 0, local[64];
    pid_t id = popcorn_gettid();

    CHECK(popcorn_get_node_info(&here, nodes) == 0 && here == 0);
    for (here = 0;
         here < MAX_POPCORN_NODES && nodes[here].status == POPCORN_NODE_ONLINE;
         here++) {
    }
    refusals(here);
    memset(local, 0, sizeof local);
    while (here > 1 && visits++ < 20) {
        local[visits] = visits;
        CHECK(migrate(1, called, &one) == 0);
        CHECK(popcorn_current_nid() == 1 && popcorn_gettid() == id);
        local[visits] *= 2;
        CHECK(migrate(0, visits % 2 ? called : NULL, &one) == 0);
        CHECK(popcorn_current_nid() == 0 && local[visits] == visits * 2);
    }
    CHECK(called_on[1] == (here > 1 ? 20 : 0));
    CHECK(called_on[0] == (here > 1 ? 10 : 0));
    puts("visited");
    return 0;
}
