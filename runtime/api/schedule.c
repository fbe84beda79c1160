/* Where the threads of a region go: the schedule of migrate_schedule(). */
#include <limits.h>
#include <popcorn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

struct region {
    long id; /* -1: of regions without a line */
    long count;
    int *nodes;
    struct region *next;
};

static struct region *regions;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void forget(struct region *region)
{
    while (region != 0) {
        struct region *next = region->next;

        free(region->nodes);
        free(region);
        region = next;
    }
}

/* One line. 1, 0 at the end of the file, -1: it is not like this. */
static int read_region(FILE *file, struct region *region)
{
    int items = fscanf(file, "%ld %ld", &region->id, &region->count);

    if (items == EOF) {
        return ferror(file) ? -1 : 0;
    }
    if (items != 2 || region->count < 0 || region->count > INT_MAX) {
        return -1;
    }
    region->nodes = calloc((size_t)region->count + 1, sizeof *region->nodes);
    for (long i = 0; region->nodes != 0 && i < region->count; i++) {
        if (fscanf(file, "%d", &region->nodes[i]) != 1) {
            return -1;
        }
    }
    return region->nodes != 0 ? 1 : -1;
}

static void read_schedule(void)
{
    const char *name = getenv("POPCORN_THREAD_SCHEDULE");
    FILE *file = fopen(name != 0 ? name : "thread-schedule.txt", "re");
    struct region *region = 0, *read = 0;
    int more = -1;

    while (file != 0 && (region = calloc(1, sizeof *region)) != 0 &&
           (more = read_region(file, region)) == 1) {
        region->next = read;
        read = region;
    }
    forget(region); /* the one that is not whole */
    if (more == 0) {
        regions = read;
    } else {
        forget(read);
    }
    if (file != 0) {
        fclose(file);
    }
}

static int scheduled_node(long id, int thread)
{
    const struct region *found = 0;

    for (const struct region *r = regions; r != 0; r = r->next) {
        if (r->id == id || (r->id == -1 && found == 0)) {
            found = r;
        }
    }
    return found != 0 && thread >= 0 && thread < found->count
               ? found->nodes[thread]
               : 0;
}

void migrate_schedule(size_t region, int popcorn_tid, void (*callback)(void *),
                      void *argument)
{
    int node;

    pthread_once(&once, read_schedule);
    node = scheduled_node((long)region, popcorn_tid);
    if (node != popcorn_current_nid()) {
        migrate(node, callback, argument);
    }
}

void popcorn_migrate_schedule(size_t region, int popcorn_tid)
{
    migrate_schedule(region, popcorn_tid, 0, 0);
}
