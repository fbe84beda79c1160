/* The header by itself, before and behind others that know of pages, twice; what
 * it brings along. */
#include <migrate.h>
#include <popcorn.h>

#include <limits.h>
#include <unistd.h>

#include <migrate.h>

static void *(*const allocate)(size_t) = malloc;
static size_t (*const usable)(void *) = malloc_usable_size;
static int (*const info)(int *,
                         struct popcorn_node_info *) = popcorn_get_node_info;

int main(void)
{
    struct popcorn_node_info node[MAX_POPCORN_NODES];
    void *some = allocate(10);
    int wrong = usable(some) < 10 || info(NULL, node) != 0 ||
                sysconf(_SC_PAGESIZE) != PAGE_SIZE;

    return wrong ? EXIT_FAILURE : EXIT_SUCCESS;
}
