/* Messages that name what is not there, to a real agent (rig.h): from another
 * agent, from the member, from the member's desk.
 *
 *   hostile AGENT named   those known to have crashed or pinned an agent, each
 *                         refused with the reason that names it
 *   hostile AGENT text    what it sends to be shown moves no cursor and begins no
 *                         line
 *   hostile AGENT N       every type, from each, with every kind of index out of
 *                         range (each Nth case): the agent lives until the
 *                         program ends
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "runtime/base/layout.h"
#include "runtime/message/connection.h"
#include "runtime/stack/pts.h"
#include "tests/unit/runtime/agent/rig.h"

enum from { FROM_PEER, FROM_STREAM, FROM_DESK };
static const char *const from_name[] = {"peer", "member", "desk"};
static const char *agent;
static unsigned failures, trials;

static void begin(struct rig *rig, int at_home, enum from from)
{
    rig_start(rig, agent, at_home);
    if (from == FROM_DESK) {
        rig_open_desk(rig);
    }
}

static int end_of(const struct rig *rig, enum from from)
{
    return from == FROM_PEER     ? rig->peer
           : from == FROM_STREAM ? rig->stream
                                 : rig->desk;
}

/* Ends the trial; what is wrong with the agent's end is a failure. */
static void finish(struct rig *rig, const char *what)
{
    int status = rig_end(rig);

    trials++;
    /* 99: the sanitizers' (CMakeLists.txt) */
    if (status == -1 || WIFSIGNALED(status) || WEXITSTATUS(status) == 99) {
        printf("failed: %s: the agent %s\n", what,
               status == -1          ? "does not end"
               : WIFSIGNALED(status) ? "was killed by a signal"
                                     : "broke a rule of C");
        rig_show(rig);
        failures++;
    }
}

/* --- named ones --- */

static const struct {
    int at_home;
    enum from from;
    uint16_t type, thread;
    uint64_t arg[6];
    const char *says;
} named[] = {
    {1, FROM_PEER, POPCORN_DECLINED, 0xffff, {2}, "DECLINED with thread 65535"},
    {1, FROM_DESK, POPCORN_THREAD_END, 0, {0}, "THREAD_END with thread 65535"},
    {1, FROM_DESK, POPCORN_DECLINED, 0, {2}, "DECLINED with thread 65535"},
    {1, FROM_DESK, POPCORN_EXIT, 0, {0}, "EXIT with thread 65535"},
    {0, FROM_DESK, POPCORN_DECLINED, 0, {2}, "DECLINED with thread 65535"},
    {1, FROM_STREAM, POPCORN_THREAD_OPEN, 0, {4096}, "0x1000 as argument 0"},
    {1, FROM_STREAM, POPCORN_THREAD_OPEN, 0, {0}, "0 as argument 0"},
    {1, FROM_STREAM, POPCORN_CPU_TIME, 0, {0, 0, 4097}, "as argument 2"},
    {1, FROM_STREAM, POPCORN_RANGE_PROTECT, 0, {8192, 4096}, "as argument 0"},
    {1, FROM_STREAM, POPCORN_ARENA_GROWN, 0, {1}, "0x1 as argument 0"},
    {1,
     FROM_PEER,
     POPCORN_PAGE_INVALIDATE,
     0,
     {RIG_DATA, 0, 1},
     "a node does not send PAGE_INVALIDATE"},
    {1,
     FROM_PEER,
     POPCORN_PAGE_REPLY,
     0,
     {RIG_DATA, 1, 1, 1},
     "a node does not send PAGE_REPLY"},
    {1,
     FROM_PEER,
     POPCORN_RANGE_PROTECT_ACK,
     0,
     {0},
     "RANGE_PROTECT_ACK with thread 0"},
    {0, FROM_PEER, POPCORN_REQUEST_MOVE, 0, {2}, "0x2 as argument 0"},
    {0, FROM_PEER, POPCORN_THREAD_OPEN, 1, {4096}, "0x1000 as argument 0"},
    {0, FROM_PEER, POPCORN_SIGNAL, 0xffff, {1}, "SIGNAL with thread 65535"},
    {0, FROM_PEER, POPCORN_CPU_TIME, 0, {0, 0, 65536}, "as argument 2"},
    {0,
     FROM_PEER,
     POPCORN_PAGE_REQUEST,
     0,
     {RIG_DATA, 0, 1},
     "home does not send PAGE_REQUEST"},
    {0, FROM_DESK, POPCORN_THREAD_REFUSED, 0, {4, 4096}, "as argument 1"},
    {0,
     FROM_STREAM,
     POPCORN_RANGE_DROP,
     0,
     {RIG_DATA, RIG_DATA + 4096},
     "a member does not send RANGE_DROP"},
};

static void try_named(void)
{
    for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
        struct popcorn_message message = {.type = named[i].type,
                                          .thread = named[i].thread};
        struct rig rig;
        char what[96];

        memcpy(message.arg, named[i].arg, sizeof message.arg);
        snprintf(what, sizeof what, "%s from %s", message_name(message.type),
                 from_name[named[i].from]);
        begin(&rig, named[i].at_home, named[i].from);
        rig_send(end_of(&rig, named[i].from), &message, NULL);
        if (!rig_closes(end_of(&rig, named[i].from))) {
            printf("failed: %s: the stream is not closed\n", what);
            failures++;
        }
        if (!rig_says(&rig, named[i].says)) {
            printf("failed: %s: no \"%s\"\n", what, named[i].says);
            rig_show(&rig);
            failures++;
        }
        finish(&rig, what);
    }
}

/* --- text --- */

static void try_text(void)
{
    static const char text[] = "gone\x1b[2J\npopcorn: all is well\r\xc2\x9b"
                               "31m\xff";
    static char much[4096];
    struct popcorn_message message = {
        .type = POPCORN_SHUTDOWN, .source_node = 1, .length = sizeof text - 1};
    struct rig rig;

    begin(&rig, 1, FROM_PEER);
    rig_send(rig.peer, &message, text);
    if (!rig_says(&rig, "ended (gone\\x1b[2J\\x0apopcorn: all is well\\x0d"
                        "\\xc2\\x9b31m\\xff); the program goes on")) {
        printf("failed: the text is not quoted\n");
        rig_show(&rig);
        failures++;
    }
    finish(&rig, "text");

    memset(much, '\x1b', sizeof much);
    message.length = sizeof much;
    begin(&rig, 1, FROM_PEER);
    rig_send(rig.peer, &message, much);
    if (!rig_says(&rig, "\\x1b...); the program goes on without it\n")) {
        printf("failed: the text is not cut\n");
        rig_show(&rig);
        failures++;
    }
    finish(&rig, "much text");
}

/* --- all --- */

/* The payload a type must have to be a message; 4 KiB at most. */
static uint32_t payload_bytes(uint16_t type)
{
    switch (type) {
    case POPCORN_THREAD_DEPART:
    case POPCORN_THREAD_ARRIVE:
        return sizeof(struct pts_header);
    case POPCORN_SYSCALL:
        return 7 * sizeof(uint64_t);
    case POPCORN_HELLO:
        return 64;
    }
    return 0;
}

static const struct {
    uint16_t thread, source, target;
    uint64_t arg;
} variants[] = {
    {POPCORN_DESK, 0, 0, 0},
    {POPCORN_DESK, 63, 63, UINT64_MAX},
    {POPCORN_MAX_THREADS - 1, 0, 1, POPCORN_DESK},
    {0, 1, 0, POPCORN_MAX_THREADS},
    {0, 1, 1, RIG_HIGH_WATER - POPCORN_PAGE_SIZE},
    {1, 1, 63, (uint64_t)1 << 63},
    {0, 0, 0, UINT64_MAX & ~(uint64_t)(POPCORN_PAGE_SIZE - 1)},
};

static void try_one(int at_home, enum from from, uint16_t type, size_t variant)
{
    static const uint8_t payload[4096];
    struct popcorn_message message = {.type = type,
                                      .thread = variants[variant].thread,
                                      .source_node = variants[variant].source,
                                      .target_node = variants[variant].target,
                                      .length = payload_bytes(type)};
    char what[96];
    struct rig rig;

    for (int i = 0; i < 6; i++) {
        message.arg[i] = variants[variant].arg;
    }
    snprintf(what, sizeof what, "%s from %s, at %s, variant %zu",
             message_name(type), from_name[from], at_home ? "home" : "a node",
             variant);
    begin(&rig, at_home, from);
    rig_send(end_of(&rig, from), &message, payload);
    finish(&rig, what);
}

static void try_all(unsigned every)
{
    unsigned number = 0;

    for (uint16_t type = 0; type < 64; type++) {
        for (size_t i = 0; message_name(type) != NULL &&
                           i < sizeof variants / sizeof *variants;
             i++) {
            for (enum from from = FROM_PEER; from <= FROM_DESK; from++) {
                for (int at_home = 0; at_home < 2; at_home++) {
                    if (number++ % every == 0) {
                        try_one(at_home, from, type, i);
                    }
                }
            }
        }
    }
}

int main(int argc, char **argv)
{
    unsigned every = argc == 3 ? (unsigned)atoi(argv[2]) : 0;

    rig_play_member();
    if (argc != 3) {
        fprintf(stderr, "usage: hostile AGENT named|text|N\n");
        return 99;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    agent = argv[1];
    if (strcmp(argv[2], "named") == 0) {
        try_named();
    } else if (strcmp(argv[2], "text") == 0) {
        try_text();
    } else if (every != 0) {
        try_all(every);
    }
    printf("%u trials, %u failures\n", trials, failures);
    return failures != 0 || trials == 0;
}
