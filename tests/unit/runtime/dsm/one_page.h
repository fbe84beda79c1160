/* A directory of one page whose nodes answer at once: for tests of what becomes
 * of the page step by step. Schedules are directory_test.c's. */
#ifndef POPCORN_TESTS_DSM_ONE_PAGE_H
#define POPCORN_TESTS_DSM_ONE_PAGE_H

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
static int keeps = 1; /* home keeps copies of what is pushed */

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

static int keeps_copy(void *context, unsigned thread, unsigned node)
{
    (void)context;
    (void)thread;
    (void)node;
    return keeps;
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
    expect(directory_answer(&directory, node, &answer, reason, sizeof reason) ==
               0,
           "the directory takes an answer");
}

static void deliver_all(void)
{
    while (head != tail) {
        unsigned at = head++ % QUEUE;
        deliver(to[at], &queue[at]);
    }
}

static void demand(unsigned node, enum directory_access access)
{
    const struct popcorn_message request = {
        .request = 1, .arg = {space.shared_start, access, 1}};
    unsigned writers = 0, copies = 0;

    expect(directory_request(&directory, node, &request) == 0,
           "the directory takes a request");
    deliver_all();
    for (unsigned i = 0; i < NODES; i++) {
        writers += has[i] == PAGE_AS_MODIFIED;
        copies += has[i] != 0;
    }
    expect(writers == 0 || copies == 1, "one writer, or readers");
    expect(has[node] >=
               (access == DIRECTORY_WRITE ? PAGE_AS_MODIFIED : PAGE_AS_SHARED),
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

/* Home, node 0, has the page. */
static void begin(void)
{
    static const struct dsm_ports ports = {.send = post,
                                           .lost = lost,
                                           .now_us = now_us,
                                           .keeps_copy = keeps_copy,
                                           .granted = granted};
    static struct dsm_queue all_sent = {.ports = &ports, .node = NODES};

    memset(has, 0, sizeof has);
    head = tail = 0;
    directory_open(&directory, 0, NODES, &space, &all_sent);
    has[0] = PAGE_AS_MODIFIED;
}

#endif
