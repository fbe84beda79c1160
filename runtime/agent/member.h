/* This node's member, the processor it shares with its agent, and its clocks. */
#ifndef POPCORN_AGENT_MEMBER_H
#define POPCORN_AGENT_MEMBER_H

#include <stdint.h>

#include "runtime/message/message.h"

struct agent;

/* member.c: the remote member. */
int member_start(struct agent *agent);
/* SIGKILL, also where seccomp filters pidfd_send_signal. 0 or -errno. */
int member_kill(struct agent *agent);
int member_stop(struct agent *agent);  /* kills; returns its wait status */
int member_adopt(struct agent *agent); /* home: it is popcorn run's process */

/* awake.c: from begin to end the agent does not sleep. */
void awake_begin(struct agent *agent);
void awake_before_waking(struct agent *agent); /* a thread of this node */
/* A thread of this node needs the processor. */
int awake_in_the_way(const struct agent *agent);
void awake_end(struct agent *agent);

/* clock.c: home's clocks, on messages to and from home. */
void clock_stamp(const struct agent *agent, unsigned node,
                 struct popcorn_message *header);
void clock_follow(struct agent *agent, const struct popcorn_message *header);
/* CLOCK_MONOTONIC of home's machine, as the members see it. */
uint64_t clock_home_ns(const struct agent *agent);

#endif
