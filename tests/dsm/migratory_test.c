/* What the directory learns of one page: migratory while each node in turn reads
 * and writes it, shared by its readers when nobody writes it any more.  Nodes
 * answer at once here; schedules are directory_test.c's. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/dsm/directory.h"

enum { NODES = 4, QUEUE = 64 };

static struct directory directory;
static struct space space = {0x18000000, 0x18001000, POPCORN_ARENA_BASE};
static struct popcorn_message queue[QUEUE];
static unsigned head, tail, to[QUEUE];
static enum page_grant has[NODES]; /* 0: no copy */
static unsigned grants[NODES];

static void post(void *context, unsigned node,
                 const struct popcorn_message *header, const void *payload,
                 size_t payload_bytes)
{
    (void)context;
    (void)payload;
    (void)payload_bytes;
    to[tail % QUEUE] = node;
    queue[tail++ % QUEUE] = *header;
}

static void granted(void *context, unsigned node, uint64_t address,
                    uint32_t count, enum page_reply_kind kind, int pushed)
{
    (void)context;
    (void)address;
    (void)count;
    (void)kind;
    (void)pushed;
    grants[node]++;
}

static void lost(void *context, const char *why)
{
    (void)context;
    printf("lost: %s\n", why);
    exit(1);
}

static uint64_t now_us(void)
{
    static uint64_t us;

    return us += 1000; /* no page is held */
}

static void expect(int condition, const char *what)
{
    if (!condition) {
        printf("not so: %s\n", what);
        exit(1);
    }
}

/* A demand is answered with zeros, a reply is what the node has now. */
static void deliver(unsigned node, const struct popcorn_message *header)
{
    struct message_view answer = {.header = *header};
    char reason[160];

    if (header->type == POPCORN_PAGE_REPLY) {
        has[node] = (enum page_grant)header->arg[1];
        return;
    }
    expect(has[node] != 0, "only who has a copy is asked for it");
    has[node] = header->type == POPCORN_PAGE_DOWNGRADE ? PAGE_AS_SHARED : 0;
    answer.header.arg[1] = PAGE_HAD_ZERO;
    answer.header.arg[3] = 0;
    expect(directory_answer(&directory, node, &answer, reason,
                            sizeof reason) == 0,
           "the directory takes an answer");
}

static void demand(unsigned node, enum directory_access access)
{
    unsigned writers = 0, copies = 0;

    expect(directory_request(&directory, node, 1, space.shared_start, access,
                             1) == 0,
           "the directory takes a request");
    while (head != tail) {
        unsigned at = head++ % QUEUE;
        deliver(to[at], &queue[at]);
    }
    for (unsigned i = 0; i < NODES; i++) {
        writers += has[i] == PAGE_AS_MODIFIED;
        copies += has[i] != 0;
    }
    expect(writers == 0 || copies == 1, "one writer, or readers");
    expect(has[node] >= (access == DIRECTORY_WRITE ? PAGE_AS_MODIFIED
                                                   : PAGE_AS_SHARED),
           "who asks gets it");
}

static void node_reads(unsigned node)
{
    if (has[node] == 0) {
        demand(node, DIRECTORY_READ);
    }
}

static void node_writes(unsigned node)
{
    if (has[node] != PAGE_AS_MODIFIED) {
        demand(node, DIRECTORY_WRITE);
    }
}

/* Each node in turn reads and writes; returns the demands that took. */
static unsigned take_turns(unsigned turns)
{
    unsigned before = 0, after = 0;

    for (unsigned i = 0; i < NODES; i++) {
        before += grants[i];
    }
    for (unsigned i = 0; i < turns; i++) {
        node_reads(i % NODES);
        node_writes(i % NODES);
    }
    for (unsigned i = 0; i < NODES; i++) {
        after += grants[i];
    }
    return after - before;
}

/* The first `nodes` read in turn until all of them have a copy; returns the
 * rounds that took. */
static unsigned read_until_shared(unsigned nodes)
{
    unsigned rounds = 0, sharing = 0;

    for (; sharing < nodes && rounds < 100; rounds++) {
        sharing = 0;
        for (unsigned node = 0; node < nodes; node++) {
            node_reads(node);
        }
        for (unsigned node = 0; node < nodes; node++) {
            sharing += has[node] == PAGE_AS_SHARED;
        }
    }
    return rounds;
}

static int share(unsigned a, unsigned b)
{
    return has[a] == PAGE_AS_SHARED && has[b] == PAGE_AS_SHARED;
}

int main(void)
{
    struct directory_ports ports = {NULL, post, granted, NULL,
                                    NULL, lost, now_us};
    unsigned rounds, demands;

    expect(directory_open(&directory, 0, NODES, &space, &ports) == 0, "open");
    has[0] = PAGE_AS_MODIFIED;
    take_turns(2);
    node_reads(2);
    expect(has[2] == PAGE_AS_MODIFIED, "a migratory page is given away");
    rounds = read_until_shared(NODES);
    printf("shared by all after %u rounds of reads\n", rounds);
    expect(rounds <= 3, "what is only read is soon shared by its readers");

    node_writes(1); /* it was not the last to read */
    node_reads(2);
    expect(share(1, 2), "that is not forgotten at a write");
    node_writes(1); /* a producer's page */
    node_reads(2);
    expect(share(1, 2), "one that writes and one that reads share");

    demands = take_turns(1000);
    printf("%u demands in 1000 turns of a read and a write\n", demands);
    expect(demands <= 1000 + 20, "a migratory page stays so");
    rounds = read_until_shared(NODES);
    printf("shared by all after %u rounds of reads\n", rounds);
    expect(rounds <= 128 / NODES + 2, "but not for ever");

    take_turns(2 * NODES);
    read_until_shared(NODES - 1);
    node_writes(NODES - 1); /* without a copy */
    node_reads(0);
    expect(share(0, NODES - 1), "nor is it forgotten when another node writes");
    directory_close(&directory);
    return 0;
}
