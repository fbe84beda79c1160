/* The runtime inside a program: what its files share.
 *
 * Everything here is native and node-local: it is linked into the ISA-private
 * range of the image, and nothing in it is coherent with other nodes.
 *
 * A program thread has a *seat* on each node it has been on: a kernel thread,
 * two stacks and a socket to the node's agent.  docs/runtime.md, "Threads", has
 * the drawing.
 *
 * Invariants:
 *  1. A thread runs on one of its seats; the others sit in popcorn_wait_loop()
 *     on their runtime stacks.
 *  2. A seat whose thread is elsewhere touches coherent memory only inside a
 *     delegated system call: its thread pointer is its stand-in's.
 *  3. Only a seat's kernel thread uses its socket, so every wait is a plain
 *     blocking receive.
 *  4. At home every signal is blocked while a seat's state changes.
 *  5. Signal handlers run at home only, so every stack frame of a thread that
 *     is away has a frame map, and it can always go home; except while the
 *     handler of a fault runs, which cannot wait (faults.c).
 *  6. The holder of popcorn_lock() waits for agents only, never for a thread.
 */
#ifndef POPCORN_MEMBER_H
#define POPCORN_MEMBER_H

#include <stddef.h>
#include <stdint.h>

#include "isa/isa.h"
#include "isa/native.h"
#include "libc-musl-patched/native/thread.h"
#include "runtime/base/layout.h"
#include "runtime/message/message.h"
#include "isa/neutral/abi.h"
#include "runtime/base/node_page.h"
#include "runtime/base/private_calls.h"
#include "runtime/stack/stack.h"

#define POPCORN_MEMBER_VARIABLE "POPCORN_MEMBER"
#define POPCORN_EXIT_FAILURE 125  /* popcorn itself could not do its part */
#define POPCORN_EXIT_LOST_NODE 70 /* the thread was on a node that is gone */
#define POPCORN_ARENA_FILE_OFFSET 0x40000000 /* of the arena in the memfd */
#define POPCORN_RUNTIME_STACK_SIZE 0x800000
#define POPCORN_GUARD_BYTES 0x10000u /* largest kernel page */

enum popcorn_mode {
    POPCORN_STANDALONE = 0, /* no agent; the kernel's own mmap, signals... */
    POPCORN_CHILD,          /* forked from a member: memory is private now */
    POPCORN_HOME,           /* home member */
    POPCORN_REMOTE          /* member on another node */
};

/* What keeps the program at home for good. A request is declined for it, so each
 * is an enum popcorn_decline; a type of its own, for of those some pass, and a
 * request waits for that. */
enum popcorn_pin {
    POPCORN_PIN_NONE = POPCORN_DECLINE_NONE,
    POPCORN_PIN_SHARED_FILE = POPCORN_DECLINE_SHARED_FILE,
    POPCORN_PIN_PERMISSION = POPCORN_DECLINE_PERMISSION,
    POPCORN_PIN_CPU_TIMER = POPCORN_DECLINE_CPU_TIMER,
    POPCORN_PIN_EXECUTABLE = POPCORN_DECLINE_EXECUTABLE
};

/* Node-local state of a member. */
struct popcorn_member {
    uint32_t mode; /* enum popcorn_mode */
    uint32_t pinned;         /* enum popcorn_pin: stay_home.c */
    uint32_t thread_count;   /* home: threads that live, wherever they are */
    uint32_t thread_limit;   /* end of the indexes seen here */
    uint32_t agent_lost;     /* a socket is closed: no moves any more */
    uint32_t ever_moved;     /* home: pages may be on other nodes */
    int arena_file;
    int userfault; /* own copy: keeps faults waiting if the agent dies */
    uint32_t started;        /* MEMBER_READY was sent */
    uint32_t emulated;       /* by QEMU user mode */
    uint32_t no_threads;     /* forked child: cannot start any (fork.c) */
    uint64_t high_water;     /* end of the mapped arena */
};

#define POPCORN_SIGNAL_QUEUE 128

struct popcorn_queued_signal {
    struct neutral_sigaction action;
    int32_t signal;
    int32_t padding;
    uint64_t info[16]; /* siginfo_t */
};

/* What one thread has on this node. Zeroed when it is made. */
struct popcorn_seat {
    uint32_t thread; /* index, the same on every node; 0: the first thread */
    int socket;
    uint32_t live;        /* it is somebody's */
    uint32_t away;        /* the thread is on another node */
    uint32_t own_request; /* the request was the program's own */
    uint32_t declined;    /* last reason a request waits: popcorn_decline */
    uint64_t points_passed; /* slow-path entries counted towards --bounce */
    uint64_t points_shared; /* in a row on the processor of its agent */
    uint64_t moves;         /* of the thread so far; travels with it */
    uint64_t calls;         /* delegated ones sent from here */
    uint64_t control_low, control_top; /* control stack */
    uint64_t runtime_low, runtime_top;
    uint64_t control_base, control_bytes; /* their mappings; 0 bytes: the */
    uint64_t base, bytes;                 /* kernel's, or never given back */
    void *stand_in; /* TLS block, node-local: of a seat that waits */
    uint32_t in_call;    /* home: a delegated call that may bring it home */
    uint32_t call_stays; /* home: the delegated call is one of a thread that
                            cannot come home */
    uint64_t clear_tid; /* home: word to zero and wake when the thread ends */
    uint64_t program_mask; /* home, away: the program's signal mask */
    int kernel_id;         /* of its kernel thread; at home the thread's id */
    int64_t cpu_base_ns;   /* the thread's processor time is what this kernel
                              thread has used, and this */
    struct popcorn_context *departed; /* the state that left, as long as it */
    uint64_t departed_tls;            /* may be refused */
    uint32_t departed_with_call;
    uint32_t signal_count;
    volatile uint32_t interruptions;
    volatile int cancel_call; /* handlers are due */
    uint8_t *buffer; /* of messages and portable thread states */
    uint64_t buffer_bytes;
    void (*function)(void *); /* a new thread's */
    void *argument;
    struct token_frames tokens; /* of its frames at the last arrival */
    struct popcorn_context context; /* of the thread about to be resumed */
    struct popcorn_queued_signal signals[POPCORN_SIGNAL_QUEUE];
};

extern struct popcorn_seat *popcorn_seats[POPCORN_MAX_THREADS];
extern struct popcorn_seat popcorn_main_seat, popcorn_desk;

/* Neutral thread-local words: libc-musl-patched/overlay/src/env/__init_tls.c. */
extern __thread uint32_t __popcorn_thread
    __attribute__((tls_model("local-exec")));
extern __thread uint32_t __popcorn_epoch
    __attribute__((tls_model("local-exec")));
extern __thread volatile int *__popcorn_cancel
    __attribute__((tls_model("local-exec")));

extern struct popcorn_member popcorn_member;

/* What the linker and libc define. */
extern char __popcorn_shared_start[], __popcorn_shared_file_end[];
extern char __popcorn_shared_end[];
extern const char __popcorn_framemap_start[], __popcorn_framemap_end[];
extern const uint8_t __popcorn_program_id[32];
void __popcorn_entry(void *unused);
uint64_t popcorn_tls_bytes(void);
void *popcorn_tls_init_main(void *memory);
void *popcorn_tls_place(void *memory);

static inline struct popcorn_node_page *popcorn_node_page(void)
{
    return (struct popcorn_node_page *)(uintptr_t)POPCORN_NODE_PAGE;
}

/* start.c */
void popcorn_start(long *kernel_sp);
void popcorn_set_up_main_thread(char *top);
/* Enters a neutral function as the outermost of a control stack. */
_Noreturn void popcorn_enter(void (*function)(void *), void *argument,
                             uint64_t stack_top);
_Noreturn void popcorn_outermost_return(void);

/* member_start.c: returns for a home member, never for a remote one. */
void popcorn_member_start(const char *value, long *kernel_sp,
                          uint64_t stack_top);

/* seat.c */
/* The calling kernel thread's. Reads the thread's own TLS. */
struct popcorn_seat *popcorn_seat(void);
/* A seat with a runtime stack and a control stack of at least this size (0:
 * none), or NULL; live, and found by its index, after popcorn_seat_enter(). */
struct popcorn_seat *popcorn_seat_new(uint32_t thread, uint64_t control_bytes);
void popcorn_seat_enter(struct popcorn_seat *seat);
/* Under the lock: the live one with this kernel_id, or NULL. */
struct popcorn_seat *popcorn_seat_of(int kernel_id);
/* A mapping whose first POPCORN_GUARD_BYTES cannot be touched, or 0. */
uint64_t popcorn_map_guarded(uint64_t size_bytes);
/* Not for the seat the caller runs on. */
void popcorn_seat_free(struct popcorn_seat *seat);
/* Ends the kernel thread, which runs on its runtime stack, with its seat.
 * clear_tid: zeroed and woken when nothing but two system calls is left. */
_Noreturn void popcorn_seat_leave(struct popcorn_seat *seat);
/* A stream socket pair, CLOEXEC, [0] above 1000. 0 or -errno. */
int popcorn_socket_pair(int32_t ends[2]);
int popcorn_move_descriptor(long descriptor); /* above 1000 if can be */
void popcorn_become_stand_in(struct popcorn_seat *seat);

/* threads.c: home */
long popcorn_thread_new(unsigned long flags,
                        const struct popcorn_thread_start *start, int *ptid,
                        void *tls_block, int *ctid);
_Noreturn void popcorn_thread_end(struct popcorn_seat *seat, uint64_t base,
                                  uint64_t bytes);

/* desk.c: told to the agent over `by`'s stream. -errno. */
int popcorn_desk_open(struct popcorn_seat *by);

/* arguments.c: returns the copy, which ends below top_address. */
uint64_t popcorn_copy_arguments(const long *block, uint64_t top_address);

/* util.c */
void popcorn_copy(void *to, const void *from, uint64_t size_bytes);
void popcorn_zero(void *to, uint64_t size_bytes);
uint64_t popcorn_text_length(const char *text);
/* Writes "popcorn: ", the parts, a newline to standard error. */
void popcorn_say(const char *text, const char *detail, int64_t number);
/* The last line of a program that has lost memory; appends to a file. */
void popcorn_say_last(const char *text);
_Noreturn void popcorn_exit_now(int status);
_Noreturn void popcorn_fatal(const char *text);
_Noreturn void popcorn_fatal_errno(const char *text, long result);
uint64_t popcorn_block_signals(void);
void popcorn_restore_signals(uint64_t mask);
uint64_t popcorn_lock(void);
void popcorn_unlock(uint64_t mask);
/* An anonymous private mapping, or NULL. */
void *popcorn_map_private(uint64_t size_bytes);

/* wire.c: the seat's socket. -EPIPE: the agent is gone. */
struct popcorn_incoming {
    struct popcorn_message message;
    uint8_t *payload; /* in the seat's buffer, until the next receive */
};
void popcorn_message_init(struct popcorn_message *message,
                          const struct popcorn_seat *seat, uint16_t type,
                          uint32_t target_node);
int popcorn_send(struct popcorn_seat *seat,
                 const struct popcorn_message *message, const void *payload);
/* `bytes` with a descriptor attached. */
int popcorn_send_descriptor(struct popcorn_seat *seat, int descriptor,
                            const void *bytes, uint64_t size_bytes);
int popcorn_receive(struct popcorn_seat *seat,
                    struct popcorn_incoming *incoming);
/* Waits for `type`; on the way handles DIE. Ends the program if the agent
 * speaks out of turn. */
int popcorn_receive_type(struct popcorn_seat *seat, uint16_t type,
                         struct popcorn_incoming *incoming);
/* Sends the message and waits for `reply`, which takes its place. */
int popcorn_ask_message(struct popcorn_seat *seat,
                        struct popcorn_message *message, uint16_t reply);
/* Sends a message of this type and waits for `reply`; its arg[0] in *result
 * unless NULL. */
int popcorn_ask(struct popcorn_seat *seat, uint16_t type, uint64_t arg0,
                uint64_t arg1, uint16_t reply, uint64_t *result);
_Noreturn void popcorn_die(const struct popcorn_incoming *incoming);
/* Ends the program if a part of it can be elsewhere; returns if not, or if it
 * is exiting. */
void popcorn_agent_lost(void);
/* Waits for the end, which another thread is about to bring. */
_Noreturn void popcorn_wait_for_end(void);
/* agent_watch.c. Home: whether who waits for the agent is to see that it is
 * stopped; waits for the socket, and has a look now and then. */
int popcorn_watches_agent(void);
void popcorn_await_agent(int socket);

/* The seat's buffer, at least this large; contents are kept. NULL: no memory. */
uint8_t *popcorn_buffer(struct popcorn_seat *seat, uint64_t size_bytes);

/* move.c, wait.c */
void popcorn_poll_handler(struct popcorn_context *context);
_Noreturn void popcorn_wait_loop(struct popcorn_seat *seat);
/* Moves the thread, with a system call to carry out on arrival (or NULL).
 * Returns only if it cannot leave: enum popcorn_decline. */
int popcorn_depart(struct popcorn_seat *seat, struct popcorn_context *context,
                   uint32_t target, uint32_t reason, const long *call);
void popcorn_declined(struct popcorn_seat *seat, uint32_t reason);
_Noreturn void popcorn_refused(struct popcorn_seat *seat,
                               const struct popcorn_incoming *incoming);
/* A seat that waits runs this on its empty runtime stack. */
_Noreturn void popcorn_wait_on_runtime_stack(struct popcorn_seat *seat);

/* Lowers the poll word if no thread that runs here has anything to do. */
void popcorn_settle_poll_word(void);
/* Raises it if this one, back from the kernel, has. */
void popcorn_raise_poll_word(const struct popcorn_seat *seat);
const struct frame_maps *popcorn_frame_maps(void);

/* arrive.c: returns if the thread was refused. */
void popcorn_arrive(struct popcorn_seat *seat,
                    const struct popcorn_incoming *incoming);

/* local.c, away.c */
long popcorn_syscall_local(long n, long a, long b, long c, long d, long e,
                           long f);
long popcorn_syscall_away(struct popcorn_context *context, long n,
                          const long arguments[6]);
int popcorn_is_restartable(long n, const long arguments[6]);
long popcorn_private_call(long n, const long arguments[6]);
/* Home: that thread tid moves; 0 or -errno. */
long popcorn_propose(long tid, long node);

/* stay_home.c: the program stays on its home node for good, for this reason or
 * an earlier one. Not with the lock, but for popcorn_pin(). */
void popcorn_pin(enum popcorn_pin reason);
enum popcorn_pin popcorn_pinned(void); /* POPCORN_PIN_NONE: it can move */
void popcorn_await_pinned(void); /* if so, until no thread runs elsewhere */
void popcorn_stay_home(enum popcorn_pin reason); /* pins and waits */
/* Carried out by the kernel here; may wait. */
long popcorn_kernel_call(long n, const long *arguments, int cancellable);

/* Carries a call out at home; the thread stays, handlers that are due wait. */
long popcorn_delegate_here(struct popcorn_seat *seat, long n,
                           const long arguments[6]);

/* faults.c: faults of a thread that is away. */
void popcorn_faults_start(void);
void popcorn_faults_stack(const struct popcorn_seat *seat); /* the caller's */
void popcorn_faults_unblock(void);
int popcorn_in_fault_handler(const struct popcorn_seat *seat,
                             const struct popcorn_context *context);
int popcorn_is_fault(int signal, const void *info);
/* Has a fault at an arena address that is not mapped say so (SEGV_MAPERR), as a
 * kernel does: here it is PROT_NONE. is_mapped() tells by address. */
void popcorn_fault_set_code(int signal, void *info,
                            int (*is_mapped)(uint64_t address));

/* arena.c: coherent memory. popcorn_arena_call() serves the memory system
 * calls at home; *handled is 0 if the kernel should carry the call out. */
uint64_t popcorn_file_offset(uint64_t address); /* in the node's memfd */
int popcorn_arena_reach_locked(struct popcorn_seat *seat, uint64_t high_water);
/* The same for a mark another node has reached; takes the lock. */
int popcorn_arena_follow(struct popcorn_seat *seat, uint64_t high_water);
long popcorn_arena_call(long n, const long arguments[6], int *handled);
void popcorn_arena_start(uint64_t used_end);
int popcorn_map_pins(const long arguments[6]);
/* At home: whether the program has mapped this address. Takes the lock. */
int popcorn_arena_is_mapped(uint64_t address);

/* Makes a page of the program's memory present here, and writable if asked; 0
 * if the program may not do that with it. Takes the lock. */
int popcorn_arena_touch(uint64_t address, int writable);

/* protection.c. Home: mprotect, here and, while a thread is away, on every node;
 * 0 or -errno. The program's own record (extents) is the caller's. */
long popcorn_protect_locked(uint64_t start, uint64_t end, uint32_t protection);
/* Home: whether changes were made while nobody was away; tells every node of
 * them. For a thread that leaves. */
int popcorn_protections_untold(void);
void popcorn_protections_tell_locked(struct popcorn_seat *seat);
void popcorn_protections_start(void); /* remote */
/* Remote: does what RANGE_PROTECT says; 0 or -errno. Takes the lock. */
int popcorn_protect_follow(struct popcorn_seat *desk,
                           const struct popcorn_message *told);
/* Whether the program may do what is `wanted` (NEUTRAL_PROT_*) at an address of
 * its memory. */
int popcorn_may_access_locked(uint64_t address, uint32_t wanted);

/* clocks.c: what this node's kernel says; CLOCK_MONOTONIC of the home node. */
uint64_t popcorn_kernel_ns(long clock);
uint64_t popcorn_now_ns(void);
/* A thread has come that left when it was then_ns. */
void popcorn_clock_comes(uint64_t then_ns);
/* Away: calls that ask for the time; 0: the kernel here may answer. */
int popcorn_clock_call(long n, const long arguments[6], long *result);

/* cpu_time.c. A thread leaves, has come (its TLS is in use). */
void popcorn_cpu_time_leaves(struct popcorn_seat *seat);
void popcorn_cpu_time_comes(struct popcorn_seat *seat);
/* Remote: the member is ready; the answer to CPU_TIME. */
void popcorn_cpu_time_start(void);
void popcorn_cpu_time_used(struct popcorn_message *answer);
/* Calls that ask for processor time; 0: none that has to be answered here. */
int popcorn_cpu_time_call(long n, const long arguments[6], long *result);
int popcorn_is_cpu_clock(int clock);
/* Home: what other nodes have used, ns. Takes the lock. */
int64_t popcorn_cpu_time_elsewhere(void);

/* cpu_timer.c. Does the call set or make a timer or limit on processor time?
 * Home: it has done so. */
int popcorn_is_cpu_timer(long n, const long arguments[6]);
void popcorn_cpu_timer_is_set(long n, const long arguments[6]);
void popcorn_cpu_limit_start(void); /* home: one the program started with */
long popcorn_cpu_sleep(const long arguments[6], int cancellable);

/* advice.c: madvise about the node a range's pages are on. At home:
 * *handled is 0 if arena or kernel shall carry the call out. Elsewhere: what is
 * left to do when home has carried it out. */
long popcorn_advise_home(const long arguments[6], int *handled);
void popcorn_advise_here(const long arguments[6]);

/* futex.c: whether the call is to be made again, its word being here now. */
int popcorn_futex_again(const long arguments[6], long result,
                        unsigned *attempts);

/* fork.c */
long popcorn_fork(const long arguments[6]);

/* signals.c */
long popcorn_sigaction(long signal, const struct neutral_sigaction *action,
                       struct neutral_sigaction *old, long set_bytes);
uint64_t popcorn_signals_pending(const struct popcorn_seat *seat);
int popcorn_signals_all_restart(const struct popcorn_seat *seat);
/* held: signals that stay queued. */
void popcorn_signals_run(struct popcorn_seat *seat, uint64_t held);
void popcorn_signals_first_departure(void);
long popcorn_signals_call(struct popcorn_seat *seat, long n, const long a[6]);
_Noreturn void popcorn_raise_default(int signal);
/* What POPCORN_CALL_MASK, _STACK and _FAULT do. */
uint64_t popcorn_signals_mask(void);
uint64_t popcorn_signals_stack(int its_size);
uint64_t popcorn_signals_fault(long signal, int needs_stack);

#endif
