/* A first program: counts, and says where it is.  README.md, "A program of
 * your own". */
#include <popcorn.h>
#include <stdio.h>

int main(void)
{
    for (int i = 0; i < 4; i++) {
        struct popcorn_node_info here;
        popcorn_get_node_info(popcorn_get_nid(), &here);
        printf("step %d on node %d (%s)\n", i, here.nid, here.isa);
        popcorn_migrate((i + 1) % 2);
    }
    return 0;
}
