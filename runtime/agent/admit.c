/* The door for messages: what a message names must be there before anybody uses
 * it as an index (admission.def).  What a message may mean now, in the state
 * that threads and pages are in, is for who handles it. */
#include <errno.h>
#include <inttypes.h>
#include <stddef.h>

#include "runtime/agent/agent.h"
#include "runtime/dsm/space.h"

enum { AT_NODE, AT_HOME };
enum {
    FROM_MEMBER = FAULT_FROM_MEMBER,
    FROM_HOME = FAULT_FROM_AGENT,
    FROM_NODE = FAULT_FROM_AGENT
};
enum whose { NOBODYS, OF_THREAD, OF_DESK, OF_EITHER }; /* NOBODYS: no row */
enum meaning {
    IS_FREE,
    IS_NODE,
    IS_NEW,
    IS_SEAT,
    IS_THREAD,
    IS_COUNTED,
    IS_MARK,
    IS_DATA,
    IS_RANGE
};

struct argument {
    uint8_t meaning; /* enum meaning */
    uint8_t place;   /* in header.arg */
};

struct row {
    uint8_t whose; /* enum whose */
    struct argument argument[2];
};

enum { TYPES = 64 };

#define PLACE(argument)                                                        \
    ((offsetof(struct popcorn_message, argument) -                             \
      offsetof(struct popcorn_message, arg)) /                                 \
     sizeof(uint64_t))
#define FREE {IS_FREE, 0}
#define NODE(argument) {IS_NODE, PLACE(argument)}
#define NEW(argument) {IS_NEW, PLACE(argument)}
#define SEAT(argument) {IS_SEAT, PLACE(argument)}
#define THREAD(argument) {IS_THREAD, PLACE(argument)}
#define COUNTED(argument) {IS_COUNTED, PLACE(argument)}
#define MARK(argument) {IS_MARK, PLACE(argument)}
#define DATA(argument) {IS_DATA, PLACE(argument)}
#define RANGE(argument) {IS_RANGE, PLACE(argument)}
#define ADMIT(at, from, type, of, first, second)                               \
    [AT_##at][FROM_##from][POPCORN_##type] = {OF_##of, {first, second}},
static const struct row rows[2][2][TYPES] = {
#include "runtime/agent/admission.def"
};
#undef ADMIT

static int is_whole_pages(uint64_t start, uint64_t end)
{
    return start <= end && start % POPCORN_PAGE_SIZE == 0 &&
           end % POPCORN_PAGE_SIZE == 0;
}

static int is_there(const struct agent *agent, struct argument argument,
                    const uint64_t *arg)
{
    uint64_t value = arg[argument.place];

    switch ((enum meaning)argument.meaning) {
    case IS_FREE:
        return 1;
    case IS_NODE:
        return value < agent->config.node_count;
    case IS_NEW:
        return value != 0 && value < POPCORN_MAX_THREADS;
    case IS_SEAT:
        return (value != 0 && value < POPCORN_MAX_THREADS) ||
               value == POPCORN_DESK;
    case IS_THREAD:
        return value < POPCORN_MAX_THREADS;
    case IS_COUNTED:
        return value <= POPCORN_MAX_THREADS;
    case IS_MARK:
        return value <= POPCORN_ARENA_BASE + POPCORN_ARENA_SIZE &&
               value % POPCORN_PAGE_SIZE == 0;
    case IS_DATA:
        return is_whole_pages(value, arg[argument.place + 1]) &&
               arg[argument.place + 1] <= POPCORN_ARENA_BASE &&
               arg[argument.place + 1] - value <= POPCORN_ARENA_FILE_OFFSET;
    case IS_RANGE:
        return is_whole_pages(value, arg[argument.place + 1]);
    }
    return 0;
}

static const char *who(const struct agent *agent, enum fault_from from)
{
    return from == FAULT_FROM_MEMBER    ? "a member"
           : agent->node == agent->home ? "a node"
                                        : "home";
}

int admit(const struct agent *agent, enum fault_from from,
          const struct popcorn_message *header, char *reason,
          size_t reason_bytes)
{
    const struct row *row =
        &rows[agent->node == agent->home][from][header->type % TYPES];
    const char *name = message_name(header->type);

    if (row->whose == NOBODYS) {
        snprintf(reason, reason_bytes, "%s does not send %s", who(agent, from),
                 name);
        return -EPROTO;
    }
    if (header->thread < POPCORN_MAX_THREADS ? row->whose == OF_DESK
                                             : row->whose == OF_THREAD) {
        snprintf(reason, reason_bytes, "%s with thread %u", name,
                 header->thread);
        return -EPROTO;
    }
    /* A thread that wants to go where nothing is stays: it may have asked. */
    if (header->source_node >= agent->config.node_count ||
        (header->target_node >= agent->config.node_count &&
         header->type != POPCORN_THREAD_DEPART)) {
        snprintf(reason, reason_bytes, "%s from node %u to node %u", name,
                 header->source_node, header->target_node);
        return -EPROTO;
    }
    for (unsigned i = 0; i < 2; i++) {
        unsigned place = row->argument[i].place;

        if (!is_there(agent, row->argument[i], header->arg)) {
            snprintf(reason, reason_bytes,
                     "%s with %#" PRIx64 " as argument %u", name,
                     header->arg[place], place);
            return -EPROTO;
        }
    }
    return 0;
}
