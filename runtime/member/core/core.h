/* The floor of the runtime inside a program: what a member is, memory and text
 * without a libc, signals off and on, the lock, lines to the user, the end.
 *
 * Everything in runtime/member is native and node-local: it is linked into the
 * ISA-private range of the image, and nothing in it is coherent with other
 * nodes. All of it may be called with signals blocked and by any thread of the
 * member. May use isa, isa/<isa>/native, isa/neutral, runtime/base, runtime/stack
 * and runtime/message.
 */
#ifndef POPCORN_MEMBER_CORE_H
#define POPCORN_MEMBER_CORE_H

#include <stddef.h>
#include <stdint.h>

#include "isa/native.h"
#include "isa/neutral/abi.h"
#include "runtime/base/align.h"
#include "runtime/base/exit_status.h"
#include "runtime/base/layout.h"
#include "runtime/base/node_page.h"
#include "runtime/base/private_calls.h"
#include "runtime/message/message.h"

#define POPCORN_MEMBER_VARIABLE "POPCORN_MEMBER"

enum popcorn_mode {
    POPCORN_STANDALONE = 0, /* no agent; the kernel's own mmap, signals... */
    POPCORN_CHILD,          /* forked from a member: memory is private now */
    POPCORN_HOME,           /* home member */
    POPCORN_REMOTE          /* member on another node */
};

/* Node-local state of a member. */
struct popcorn_member {
    uint32_t mode;         /* enum popcorn_mode */
    uint32_t pinned;       /* enum popcorn_pin: seats/stay_home.c */
    uint32_t thread_count; /* home: threads that live, wherever they are */
    uint32_t thread_limit; /* end of the indexes seen here */
    uint32_t agent_lost;   /* a socket is closed: no moves any more */
    uint32_t ever_moved;   /* home: pages may be on other nodes */
    int arena_file;
    int userfault;       /* own copy: keeps faults waiting if the agent dies */
    uint32_t started;    /* MEMBER_READY was sent */
    uint32_t emulated;   /* by QEMU user mode */
    uint32_t no_threads; /* forked child: cannot start any (calls/fork.c) */
    uint64_t high_water; /* end of the mapped arena */
};

extern struct popcorn_member popcorn_member;

static inline struct popcorn_node_page *popcorn_node_page(void)
{
    return (struct popcorn_node_page *)(uintptr_t)POPCORN_NODE_PAGE;
}

/* util.c */
void popcorn_copy(void *to, const void *from, uint64_t size_bytes);
void popcorn_zero(void *to, uint64_t size_bytes);
uint64_t popcorn_text_length(const char *text);
int popcorn_starts_with(const char *text, const char *start);
uint64_t popcorn_block_signals(void); /* the mask before */
void popcorn_restore_signals(uint64_t mask);
/* An anonymous private mapping, or NULL. */
void *popcorn_map_private(uint64_t size_bytes);
/* What this node's kernel says. */
uint64_t popcorn_kernel_ns(long clock);

/* lock.c: signals are blocked inside; the mask before. */
uint64_t popcorn_lock(void);
void popcorn_unlock(uint64_t mask);

/* say.c: writes "popcorn: ", the parts, a newline to standard error. */
void popcorn_say(const char *text, const char *detail, int64_t number);
/* The last line of a program that has lost memory; appends to a file. */
void popcorn_say_last(const char *text);

/* end.c */
_Noreturn void popcorn_exit_now(int status);
_Noreturn void popcorn_fatal(const char *text);
_Noreturn void popcorn_fatal_errno(const char *text, long result);
_Noreturn void popcorn_raise_default(int signal);
/* Ends the program if a part of it can be elsewhere; returns if not, or if it
 * is exiting. */
void popcorn_agent_lost(void);
/* Waits for the end, which another thread is about to bring. */
_Noreturn void popcorn_wait_for_end(void);

#endif
