/* What migrate() returns for a node that was lost meanwhile: says "ready", and goes
 * on when it can read a line. One of nodes 1 and 2 is lost then. */
#include "check.h"
#include "migrate.h"
#include <errno.h>

int main(void)
{
    struct popcorn_node_info nodes[MAX_POPCORN_NODES];
    int here, lost = 0;

    CHECK(popcorn_get_node_info(&here, nodes) == 0);
    CHECK(nodes[1].status == POPCORN_NODE_ONLINE);
    CHECK(nodes[2].status == POPCORN_NODE_ONLINE);
    puts("ready");
    fflush(stdout);
    CHECK(getchar() == '\n');
    for (int node = 1; node <= 2; node++) {
        int result = migrate(node, NULL, NULL);

        if (result == 0) {
            CHECK(popcorn_current_nid() == node);
            CHECK(popcorn_get_node_info(&here, nodes) == 0 && here == node);
            CHECK(nodes[node].status == POPCORN_NODE_ONLINE);
            CHECK(nodes[3 - node].status == POPCORN_NODE_OFFLINE);
            CHECK(migrate(0, NULL, NULL) == 0);
            continue;
        }
        CHECK(result == EAGAIN && errno == EAGAIN &&
              popcorn_current_nid() == 0);
        CHECK(popcorn_get_node_info(&here, nodes) == 0);
        CHECK(nodes[node].status == POPCORN_NODE_OFFLINE);
        CHECK(migrate(node, NULL, NULL) == EAGAIN);
        lost++;
    }
    CHECK(lost == 1);
    puts("lost");
    return 0;
}
