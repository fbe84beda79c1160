/* The runtime inside a program: what its files share.
 *
 * Everything here is native and node-local: it is linked into the ISA-private
 * range of the image, and nothing in it is coherent with other nodes.
 *
 * Invariants:
 *  1. A member has one moving thread. It is on exactly one node; elsewhere the
 *     member sits in popcorn_wait_loop() on the runtime stack.
 *  2. While the thread is away, its home member touches coherent memory only
 *     inside a delegated system call.
 *  3. Only the holder of popcorn_lock() uses the agent's socket.
 *  4. At home every signal is blocked while runtime state changes.
 *  5. Signal handlers run at home only, so every stack frame of a thread that
 *     is away has a frame map, and it can always go home.
 */
#ifndef POPCORN_MIGRATE_MEMBER_H
#define POPCORN_MIGRATE_MEMBER_H

#include <stddef.h>
#include <stdint.h>

#include "isa/isa.h"
#include "isa/native.h"
#include "runtime/layout.h"
#include "runtime/message/message.h"
#include "runtime/migrate/neutral.h"
#include "runtime/migrate/node_page.h"
#include "runtime/migrate/private_calls.h"
#include "runtime/stack-transform/stack_transform.h"

#define POPCORN_MEMBER_VARIABLE "POPCORN_MEMBER"
#define POPCORN_EXIT_FAILURE 125  /* popcorn itself could not do its part */
#define POPCORN_EXIT_LOST_NODE 70 /* the thread was on a node that is gone */
#define POPCORN_ARENA_FILE_OFFSET 0x40000000 /* of the arena in the memfd */
#define POPCORN_RUNTIME_STACK_SIZE 0x800000

enum popcorn_mode {
    POPCORN_STANDALONE = 0, /* no agent; the kernel's own mmap, signals... */
    POPCORN_CHILD,          /* forked from a member: memory is private now */
    POPCORN_HOME,           /* home member */
    POPCORN_REMOTE          /* member on another node */
};

/* Node-local state of a member. */
struct popcorn_member {
    uint32_t mode; /* enum popcorn_mode */
    uint32_t pinned;         /* enum popcorn_decline that can no longer change */
    uint32_t thread_count;
    uint32_t thread_away;    /* home: the thread is on another node */
    uint32_t agent_lost;     /* the socket is closed: no moves any more */
    uint32_t ever_moved;     /* home: pages may be on other nodes */
    int socket;
    int arena_file;
    int userfault; /* own copy: keeps faults waiting if the agent dies */
    uint32_t started;        /* MEMBER_READY was sent */
    uint32_t own_request;    /* request_node was set by the program */
    uint64_t high_water;     /* end of the mapped arena */
    uint64_t control_low;    /* control stack of the moving thread */
    uint64_t control_top;
    struct token_frames tokens; /* of its frames at the last arrival */
    uint64_t runtime_top;
    uint64_t program_mask;   /* home, away: the program's signal mask */
    struct popcorn_context context; /* of a thread about to be resumed */
};

extern struct popcorn_member popcorn_member;

/* What the linker and libc define. */
extern char __popcorn_shared_start[], __popcorn_shared_file_end[];
extern char __popcorn_shared_end[];
extern const char __popcorn_framemap_start[], __popcorn_framemap_end[];
extern const uint8_t __popcorn_program_id[32];
void __popcorn_entry(void);
uint64_t popcorn_tls_bytes(void);
void *popcorn_tls_init_main(void *memory);

static inline struct popcorn_node_page *popcorn_node_page(void)
{
    return (struct popcorn_node_page *)(uintptr_t)POPCORN_NODE_PAGE;
}

/* start.c */
void popcorn_start(long *kernel_sp);
void popcorn_set_up_main_thread(char *top);
_Noreturn void popcorn_enter(void (*function)(void), uint64_t stack_top);
_Noreturn void popcorn_outermost_return(void);

/* member_start.c: returns for a home member, never for a remote one. */
void popcorn_member_start(const char *value, long *kernel_sp,
                          uint64_t stack_top);

/* arguments.c: returns the copy, which ends below top_address. */
uint64_t popcorn_copy_arguments(const long *block, uint64_t top_address);

/* util.c */
void popcorn_copy(void *to, const void *from, uint64_t size_bytes);
void popcorn_zero(void *to, uint64_t size_bytes);
uint64_t popcorn_text_length(const char *text);
/* Writes "popcorn: ", the parts, a newline to standard error. */
void popcorn_say(const char *text, const char *detail, int64_t number);
_Noreturn void popcorn_exit_now(int status);
_Noreturn void popcorn_fatal(const char *text);
_Noreturn void popcorn_fatal_errno(const char *text, long result);
uint64_t popcorn_now_ns(void);
uint64_t popcorn_block_signals(void);
void popcorn_restore_signals(uint64_t mask);
uint64_t popcorn_lock(void);
void popcorn_unlock(uint64_t mask);
/* An anonymous private mapping, or NULL. */
void *popcorn_map_private(uint64_t size_bytes);

/* wire.c: the socket to the agent. -EPIPE: the agent is gone. */
struct popcorn_incoming {
    struct popcorn_message message;
    uint8_t *payload; /* valid until the next receive */
};
int popcorn_send(const struct popcorn_message *message, const void *payload);
void popcorn_message_init(struct popcorn_message *message, uint16_t type,
                          uint32_t target_node);
int popcorn_send_descriptor(int descriptor);
int popcorn_receive(struct popcorn_incoming *incoming);
/* Waits for `type`; on the way handles DIE. Ends the program if the agent
 * speaks out of turn. */
int popcorn_receive_type(uint16_t type, struct popcorn_incoming *incoming);
/* Sends a message of this type and waits for `reply`. */
int popcorn_ask(uint16_t type, uint64_t arg0, uint64_t arg1, uint16_t reply);
_Noreturn void popcorn_die(const struct popcorn_incoming *incoming);
void popcorn_agent_lost(void);
/* A buffer of at least this size; contents are kept. NULL: no memory. */
uint8_t *popcorn_buffer(uint64_t size_bytes);
uint64_t popcorn_buffer_size(void);

/* move.c, wait.c */
extern uint32_t popcorn_migration_epoch;
void popcorn_poll_handler(struct popcorn_context *context);
_Noreturn void popcorn_wait_loop(void);
/* Moves the thread, with a system call to carry out on arrival (or NULL).
 * Returns only if it cannot leave: enum popcorn_decline. */
int popcorn_depart(struct popcorn_context *context, uint32_t target,
                   uint32_t reason, const long *call);
void popcorn_declined(uint32_t reason);
_Noreturn void popcorn_refused(const struct popcorn_incoming *incoming);

void popcorn_settle_poll_word(void);
void popcorn_departure_done(void);
const struct frame_maps *popcorn_frame_maps(void);

/* arrive.c: returns if the thread was refused. */
void popcorn_arrive(const struct popcorn_incoming *incoming);

/* local.c, away.c */
long popcorn_syscall_local(long n, long a, long b, long c, long d, long e,
                           long f);
long popcorn_syscall_away(struct popcorn_context *context, long n,
                          const long arguments[6]);
int popcorn_is_restartable(long n);
int popcorn_is_interruptible(long n);
long popcorn_private_call(long n, const long arguments[6]);

/* arena.c: coherent memory. popcorn_arena_call() serves the memory system
 * calls at home; *handled is 0 if the kernel should carry the call out. */
int popcorn_arena_reach(uint64_t high_water);
long popcorn_arena_call(long n, const long arguments[6], int *handled);
void popcorn_arena_start(uint64_t used_end);
int popcorn_map_pins(const long arguments[6]);

/* fork.c */
long popcorn_fork(const long arguments[6]);

/* signals.c */
long popcorn_sigaction(long signal, const struct neutral_sigaction *action,
                       struct neutral_sigaction *old, long set_bytes);
uint64_t popcorn_signals_pending(void);
int popcorn_signals_all_restart(void);
void popcorn_signals_run(void);
void popcorn_signals_first_departure(void);
uint32_t popcorn_signals_interruptions(void);
long popcorn_signals_call(long n, const long a[6]);
_Noreturn void popcorn_raise_default(int signal);

#endif
