/* A real agent between a member and another agent that the test plays.
 *
 * The test's process is the member: it makes the userfaultfd, maps the program's
 * memory and has the streams; and it is the agent of the other node.  Home's
 * agent also watches a process that is to be `popcorn run`'s, a child that
 * sleeps; a node's agent starts its member, for which the test's own executable
 * is the image: rig_play_member() hands the descriptors over and sleeps.
 */
#ifndef POPCORN_TESTS_AGENT_RIG_H
#define POPCORN_TESTS_AGENT_RIG_H

#include <sys/types.h>

#include "runtime/message/message.h"

#define RIG_DATA 0x18000000ull
#define RIG_DATA_BYTES 0x100000ull
#define RIG_HIGH_WATER (POPCORN_ARENA_BASE + POPCORN_ARENA_GRANULE)
#define RIG_WAIT_MS 10000 /* for what must come */

struct rig {
    int is_home; /* the agent is home's */
    pid_t agent;
    pid_t program; /* home: what it watches */
    int peer;      /* the other agent's end */
    int stream;    /* the first thread's, the member's end */
    int desk;      /* -1: not open */
    int log;       /* its standard error, a file */
    int userfault;
};

/* To be called first in main(): returns unless this is the agent's member. */
void rig_play_member(void);

/* Starts the agent at `path`, as home's or another node's, and its member's
 * memory; both have said HELLO, the member is ready. Ends the test if not. */
void rig_start(struct rig *rig, const char *path, int is_home);
/* The member opens a stream for its desk. */
void rig_open_desk(struct rig *rig);
/* magic is filled in. */
void rig_send(int fd, const struct popcorn_message *header,
              const void *payload);
/* Reads until the agent closes the stream; 0: not in time. */
int rig_closes(int fd);
/* Has the agent said this, or does it in time? */
int rig_says(const struct rig *rig, const char *text);
/* The program ends, and home. The agent's wait status; -1: it had to be killed,
 * for it did not end in time. */
int rig_end(struct rig *rig);
/* What it said, to standard output. */
void rig_show(const struct rig *rig);

#endif
