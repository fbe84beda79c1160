/* A first program: counts, and says where it is.  README.md, "A program of
 * your own". */
#include <popcorn.h>
#include <stdio.h>

int main(void)
{
    struct popcorn_node_info nodes[POPCORN_MAX_NODES];
    for (int i = 0; i < 4; i++) {
        int here;
        popcorn_get_node_info(&here, nodes);
        printf("step %d on node %d (%s)\n", i, here, nodes[here].isa);
        popcorn_migrate((i + 1) % 2);
    }
    return 0;
}
