/* A first program: counts, and says where it is.  README.md, "A program of
 * your own". */
#include <popcorn.h>
#include <stdio.h>

int main(void)
{
    for (int i = 0; i < 4; i++) {
        int here = popcorn_current_nid();
        printf("step %d on node %d (%s)\n", i, here, popcorn_node_isa(here));
        popcorn_migrate((i + 1) % 2);
    }
    return 0;
}
