/* Random schedules against the directory alone: simulated nodes with FIFO
 * queues follow the real state table, and after every step at most one node may
 * write a page, and readers see the last written value.  Ranges are dropped,
 * and in every other round a node ends: what only it had is reported, nothing
 * else is lost.  A round ends when all is answered: nobody waits for a page. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/dsm/directory.h"
#include "runtime/dsm/page_state.h"

#ifndef TEST_NODES
#define TEST_NODES 8
#endif

enum {
    NODES = TEST_NODES,
    TEST_PAGES = 5,
    ROUNDS = TEST_NODES > 64 ? 6 : 60,
    STEPS = 60000,
    QUEUE = 1024
};

struct letter {
    struct popcorn_message header;
    uint64_t value[64];
};

struct fifo {
    struct letter letter[QUEUE];
    unsigned head, tail;
};

static struct fifo to_node[NODES], to_home[NODES];
static enum page_state state[NODES][TEST_PAGES];
static uint64_t memory[NODES][TEST_PAGES], latest[TEST_PAGES];
static struct directory directory;
static struct space space = {0x18000000, 0x18000000 + TEST_PAGES * 4096,
                             POPCORN_ARENA_BASE};
static uint64_t seed = 12345;
static uint64_t clock_us = 1, wakes;
static struct node_set busy_nodes; /* where threads run */
static unsigned restored;          /* pages that came back from an ended node */
static unsigned ended, rounds_lost, drops; /* node that ended, 0: none */
static int gone;                           /* memory was lost */

static _Noreturn void bad(const char *text, unsigned node, unsigned page)
{
    printf("%s: node %u page %u in state %s\n", text, node, page,
           page_state_name(state[node][page]));
    exit(1);
}

static unsigned pick(unsigned limit)
{
    uint64_t z = seed += 0x9e3779b97f4a7c15u; /* splitmix64 */

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (unsigned)((z ^ z >> 31) >> 33) % limit;
}

static struct letter *put(struct fifo *fifo)
{
    struct letter *letter = &fifo->letter[fifo->tail++ % QUEUE];

    if (fifo->tail - fifo->head > QUEUE) {
        bad("a queue overflowed", 0, 0);
    }
    memset(letter, 0, sizeof *letter);
    return letter;
}

/* Home's two sides share one queue, as in dsm.c. */
static struct fifo *queue_to_home(unsigned node)
{
    return node == 0 ? &to_node[0] : &to_home[node];
}

/* The first word of a page stands for its contents. */
static void post(void *context, unsigned node,
                 const struct popcorn_message *header, const void *payload,
                 size_t payload_bytes)
{
    struct letter *letter;

    (void)context;
    if (node == ended && ended != 0) {
        return;
    }
    letter = put(&to_node[node]);
    letter->header = *header;
    letter->header.length = (uint32_t)payload_bytes;
    for (size_t i = 0; i < payload_bytes / 4096; i++) {
        memcpy(&letter->value[i], (const char *)payload + i * 4096, 8);
    }
}

static void granted(void *context, unsigned node, uint64_t address,
                    uint32_t count, enum page_reply_kind kind, int pushed)
{
    (void)context;
    (void)node;
    (void)address;
    (void)count;
    (void)kind;
    (void)pushed;
}

static void lost(void *context, const char *why)
{
    (void)context;
    if (ended == 0) {
        bad(why, 0, 0);
    }
    gone = 1;
}

static void check(void)
{
    for (unsigned page = 0; page < TEST_PAGES; page++) {
        unsigned writers = 0, readers = 0;
        for (unsigned node = 0; node < NODES; node++) {
            enum page_state now = state[node][page];
            writers += now == PAGE_MODIFIED;
            readers += now == PAGE_SHARED || now == PAGE_UPGRADE_PENDING;
            if ((now == PAGE_MODIFIED || now == PAGE_SHARED ||
                 now == PAGE_UPGRADE_PENDING) &&
                memory[node][page] != latest[page]) {
                bad("an old value can be read", node, page);
            }
        }
        if (writers > 1 || (writers == 1 && readers != 0)) {
            bad("two nodes hold a modified page", 0, page);
        }
    }
}

static void ask(unsigned node, unsigned page, unsigned access)
{
    struct letter *letter = put(queue_to_home(node));

    letter->header.type = POPCORN_PAGE_REQUEST;
    letter->header.arg[0] = space_address(&space, page);
    letter->header.arg[1] = access;
    letter->header.arg[2] = 1 + pick(3);
}

static void give(unsigned node, unsigned page, uint16_t type, uint64_t id,
                 enum page_had had, unsigned target)
{
    struct letter *letter = put(queue_to_home(node));

    letter->header.type = type;
    letter->header.request = id;
    letter->header.arg[0] = space_address(&space, page);
    letter->header.arg[1] = had;
    letter->header.arg[2] = 1;
    letter->header.arg[3] = target;
    letter->header.thread = (uint16_t)node;
    letter->value[0] = memory[node][page];
}

static enum page_action step(unsigned node, unsigned page,
                             enum page_event event)
{
    struct page_step next = page_step(state[node][page], event);

    page_step_check(state[node][page], event, next);
    if (next.action == PAGE_DO_BUG) {
        printf("event %s: ", page_event_name(event));
        bad("a cell that cannot happen", node, page);
    }
    state[node][page] = (enum page_state)next.next;
    return (enum page_action)next.action;
}

static int keeps_copy(void *context, unsigned thread, unsigned node)
{
    (void)context;
    (void)thread;
    return !node_set_has(busy_nodes, node);
}

/* A thread comes to a node where none is: one that pushed pages there or any
 * other. It may write from now on. */
static void runs(unsigned node)
{
    unsigned thread = pick(NODES);

    busy_nodes = node_set_with(busy_nodes, node);
    directory_thread_comes(&directory, thread, node);
    directory_move_done(&directory, thread);
}

/* Often the page it touched last: what is read, then written, is learned. */
static void touch(unsigned node)
{
    static unsigned last[NODES];
    unsigned page = last[node] = pick(3) ? last[node] : pick(TEST_PAGES);
    unsigned write = pick(2);
    enum page_state now = state[node][page];
    enum page_action action;

    if (pick(32) == 0) {
        busy_nodes = node_set_without(busy_nodes, node); /* its threads leave */
    }
    if (!node_set_has(busy_nodes, node)) {
        if (pick(4) != 0) {
            return;
        }
        runs(node);
    }
    if (now == PAGE_MODIFIED && write) {
        memory[node][page] = ++latest[page];
        return;
    }
    if (now == PAGE_MODIFIED || (now == PAGE_SHARED && !write)) {
        return;
    }
    action = step(node, page,
                  now == PAGE_SHARED ? PAGE_PROTECT_FAULT
                  : write            ? PAGE_WRITE_FAULT
                                     : PAGE_READ_FAULT);
    if (action == PAGE_DO_REQUEST_READ || action == PAGE_DO_REQUEST_WRITE) {
        ask(node, page, action == PAGE_DO_REQUEST_WRITE);
    }
}

static void push(unsigned node, unsigned page, unsigned target)
{
    if (state[node][page] == PAGE_MODIFIED) {
        step(node, page, PAGE_PUSH);
        give(node, page, POPCORN_PAGE_INVALIDATED, 0, PAGE_HAD_DATA, target);
    }
}

static void node_receives(unsigned node)
{
    struct fifo *fifo = &to_node[node];
    struct letter *letter = &fifo->letter[fifo->head % QUEUE];
    const struct popcorn_message *header = &letter->header;
    unsigned first = (unsigned)space_index(&space, header->arg[0]);
    unsigned reply = header->type == POPCORN_PAGE_REPLY;

    if (fifo->head == fifo->tail) {
        return;
    }
    fifo->head++;
    for (unsigned i = 0; i < header->arg[reply ? 3 : 2]; i++) {
        unsigned page = first + i;
        int modified = header->arg[1] == PAGE_AS_MODIFIED;
        enum page_event event = PAGE_INVALIDATE;
        enum page_action action;
        if (reply && header->arg[2] == PAGE_KIND_UPGRADE) {
            event = modified ? PAGE_CONFIRM_MODIFIED : PAGE_CONFIRM_SHARED;
        } else if (reply) {
            event = modified ? PAGE_GRANT_MODIFIED : PAGE_GRANT_SHARED;
        } else if (header->type == POPCORN_PAGE_DOWNGRADE) {
            event = PAGE_DOWNGRADE;
        }
        action = step(node, page, event);
        if (action == PAGE_DO_INSTALL_SHARED ||
            action == PAGE_DO_INSTALL_MODIFIED) {
            memory[node][page] =
                header->arg[2] == PAGE_KIND_ZERO ? 0 : letter->value[i];
        }
        if (!reply) {
            give(node, page,
                 event == PAGE_DOWNGRADE ? POPCORN_PAGE_DOWNGRADED
                                         : POPCORN_PAGE_INVALIDATED,
                 header->request,
                 action == PAGE_DO_ANSWER_EMPTY ||
                         (event == PAGE_INVALIDATE && !header->arg[1])
                     ? PAGE_HAD_NONE
                     : PAGE_HAD_DATA,
                 0);
        }
    }
}

static void home_receives(unsigned node)
{
    static uint8_t page[4096];
    struct fifo *fifo = queue_to_home(node);
    struct letter *letter = &fifo->letter[fifo->head % QUEUE];
    struct message_view view = {letter->header, page};
    char reason[160] = "";
    int result;

    if (fifo->head == fifo->tail) {
        return;
    }
    fifo->head++;
    if (letter->header.type == POPCORN_PAGE_REQUEST) {
        result = directory_request(&directory, node, &letter->header);
    } else {
        memcpy(page, &letter->value[0], 8);
        view.header.length = letter->header.arg[1] == PAGE_HAD_DATA ? 4096 : 0;
        result =
            directory_answer(&directory, node, &view, reason, sizeof reason);
    }
    if (result != 0) {
        bad(reason, node, 0);
    }
}

static void drop_ends(void)
{
    struct letter *letter = &to_node[0].letter[to_node[0].head++ % QUEUE];

    for (uint64_t at = letter->header.range.start;
         at < letter->header.range.end; at += POPCORN_PAGE_SIZE) {
        unsigned page = (unsigned)space_index(&space, at);
        state[0][page] = PAGE_MODIFIED;
        memory[0][page] = latest[page] = 0;
    }
}

/* Home does all it has to tell itself before it looks at anything else. */
static void home_settles(void)
{
    while (!gone && to_node[0].head != to_node[0].tail) {
        switch (to_node[0].letter[to_node[0].head % QUEUE].header.type) {
        case POPCORN_RANGE_DROP_ACK:
            drop_ends();
            break;
        case POPCORN_PAGE_REPLY:
        case POPCORN_PAGE_INVALIDATE:
        case POPCORN_PAGE_DOWNGRADE:
            node_receives(0);
            break;
        default:
            home_receives(0);
            break;
        }
    }
}

static void drop(void)
{
    unsigned first = pick(TEST_PAGES), count = 1 + pick(TEST_PAGES - first);

    drops++;
    directory_drop(&directory, space_address(&space, first),
                   space_address(&space, first + count));
}

/* Did home get its contents? Then they are the last that were written. */
static int comes_home(unsigned page)
{
    for (unsigned at = to_node[0].head; at != to_node[0].tail; at++) {
        const struct letter *letter = &to_node[0].letter[at % QUEUE];
        unsigned first = (unsigned)space_index(&space, letter->header.arg[0]);

        if (letter->header.type == POPCORN_PAGE_REPLY && page >= first &&
            page < first + letter->header.arg[3]) {
            if (letter->value[page - first] != latest[page]) {
                bad("a page came back as it was before", 0, page);
            }
            restored++;
            return 1;
        }
    }
    return 0;
}

/* Rather a node without threads, of which nothing need be lost. */
static unsigned victim(void)
{
    unsigned node = 1 + pick(NODES - 1);

    for (unsigned i = 0; i < NODES && node_set_has(busy_nodes, node); i++) {
        node = 1 + pick(NODES - 1);
    }
    return node;
}

static void push_all_to(unsigned target)
{
    for (unsigned i = 0; i < NODES * TEST_PAGES; i++) {
        if (i / TEST_PAGES != target) {
            push(i / TEST_PAGES, i % TEST_PAGES, target);
        }
    }
    home_settles();
}

static void node_ends(unsigned node)
{
    unsigned only_there = 0;
    uint64_t reported, missing = 0;

    ended = node;
    for (unsigned page = 0; page < TEST_PAGES; page++) {
        only_there |= (unsigned)(state[node][page] == PAGE_MODIFIED) << page;
        state[node][page] = PAGE_INVALID;
    }
    to_node[node].head = to_node[node].tail;
    to_home[node].head = to_home[node].tail;
    reported = directory_node_down(&directory, node);
    for (unsigned page = 0; page < TEST_PAGES; page++) {
        missing += (only_there >> page & 1) && !comes_home(page);
    }
    if (reported < missing) {
        bad("a page that only the ended node had is not reported", node, 0);
    }
    gone |= reported != 0;
}

static uint64_t now_us(void)
{
    return clock_us;
}

/* Requests that wait for a page that is held. */
static void time_passes(void)
{
    clock_us += pick(30);
    if (directory.wake_us != 0 && clock_us >= directory.wake_us) {
        wakes++;
        directory_wake(&directory);
    }
}

static int has_mail(unsigned node)
{
    return to_node[node].head != to_node[node].tail ||
           to_home[node].head != to_home[node].tail;
}

/* busy: 1 keeps every page in a transaction, more leaves them with nodes. */
static void any_step(unsigned i, int with_program, unsigned busy)
{
    unsigned node = pick(NODES);
    int to_reader = !with_program || (NODES > 64 && pick(8) != 0);

    for (unsigned k = 0; to_reader && k < NODES && !has_mail(node); k++) {
        node = (node + 1) % NODES;
    }
    if (node == ended && ended != 0) {
        return;
    }
    switch (pick(5)) {
    case 0:
        if (with_program && pick(busy) == 0) {
            touch(node);
        }
        break;
    case 1:
        if (with_program && pick(8 * busy) == 0) {
            push(node, pick(TEST_PAGES), pick(NODES));
        } else if (with_program && i % 64 == 0 && directory.waiting == NULL) {
            drop();
        }
        break;
    case 2:
        if (node != 0) {
            node_receives(node);
        }
        break;
    default:
        if (node != 0) {
            home_receives(node);
        }
        break;
    }
    time_passes();
    home_settles();
}

static void check_all_answered(void)
{
    for (unsigned node = 0; node < NODES; node++) {
        for (unsigned page = 0; page < TEST_PAGES; page++) {
            if (state[node][page] >= PAGE_READ_PENDING) {
                bad("nobody answers a request", node, page);
            }
        }
    }
    if (directory.active != NULL || directory.waiting != NULL) {
        bad("a transaction never ends", 0, 0);
    }
}

static void round_of(unsigned number)
{
    static const struct dsm_ports ports = {.send = post,
                                           .lost = lost,
                                           .now_us = now_us,
                                           .keeps_copy = keeps_copy,
                                           .granted = granted};
    static struct dsm_queue all_sent = {.ports = &ports, .node = NODES};
    unsigned doom_at = number % 2 == 0 ? 2 * STEPS : pick(STEPS);
    unsigned doomed = 0, lives_on = pick(200);

    memset(state, 0, sizeof state);
    memset(memory, 0, sizeof memory);
    memset(latest, 0, sizeof latest);
    for (unsigned node = 0; node < NODES; node++) {
        to_node[node].head = to_node[node].tail = 0;
        to_home[node].head = to_home[node].tail = 0;
    }
    ended = 0;
    gone = 0;
    busy_nodes = node_set_of(0);
    directory_open(&directory, 0, NODES, &space, &all_sent);
    for (unsigned page = 0; page < TEST_PAGES; page++) {
        state[0][page] = PAGE_MODIFIED;
    }
    for (unsigned i = 0; i < 2 * STEPS && !gone; i++) {
        if (i == doom_at) {
            doomed = victim();
            push_all_to(doomed);
        }
        if (i == doom_at + lives_on) {
            node_ends(doomed);
        }
        if (!gone) {
            any_step(i, i < STEPS, 1 + number % 3 * 8);
        }
        if (!gone) {
            check();
        }
    }
    if (!gone) {
        check_all_answered();
    }
    rounds_lost += (unsigned)gone;
}

int main(void)
{
    struct dsm_stats sum = {0};

    for (unsigned number = 0; number < ROUNDS; number++) {
        round_of(number);
        sum.read_faults += directory.stats.read_faults;
        sum.write_faults += directory.stats.write_faults;
        sum.upgrades += directory.stats.upgrades;
        sum.pushed_pages += directory.stats.pushed_pages;
        sum.trial_pages += directory.stats.trial_pages;
        directory_close(&directory);
    }
    printf(
        "%llu reads, %llu writes, %llu upgrades, %llu pushed, %llu on trial, "
        "%u drops, %llu waits for a held page; %u pages came back from nodes "
        "that ended; %u of %u rounds ended with memory lost\n",
        (unsigned long long)sum.read_faults,
        (unsigned long long)sum.write_faults, (unsigned long long)sum.upgrades,
        (unsigned long long)sum.pushed_pages,
        (unsigned long long)sum.trial_pages, drops, (unsigned long long)wakes,
        restored, rounds_lost, ROUNDS);
    /* A page seldom comes back to the same of so many nodes. */
    return (wakes == 0 && NODES <= 64) || sum.trial_pages == 0 || restored == 0;
}
