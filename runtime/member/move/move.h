/* A thread leaves this node, waits for its return, comes. May use isa,
 * isa/<isa>/native, isa/neutral, libc-musl-patched/native, runtime/base,
 * runtime/stack, core/, wire/, seats/, memory/ and calls/.
 *
 *            popcorn_poll_handler, popcorn_syscall_away
 *                           |
 *                   popcorn_depart: capture, THREAD_DEPART
 *                           |
 *     +-------------> popcorn_wait_loop <---------------+
 *     |                 |       |      |                |
 *     |  SYSCALL: carry |       |      | THREAD_ARRIVE  | cannot rebuild:
 *     +---- out, reply -+       |      +- popcorn_arrive + THREAD_REFUSED
 *                THREAD_REFUSED |             |
 *                 resume the    |             | resume the rebuilt stack
 *                 old context --+             |
 *                               v             v
 *                            the program goes on
 *
 * The old control stack stays untouched until a thread arrives, so a refusal
 * costs nothing.
 */
#ifndef POPCORN_MEMBER_MOVE_H
#define POPCORN_MEMBER_MOVE_H

#include "runtime/base/fiber.h"
#include "runtime/member/calls/calls.h"
#include "runtime/stack/stack.h"

/* What the linker defines. */
extern const char __popcorn_framemap_start[], __popcorn_framemap_end[];
extern const uint8_t __popcorn_program_id[32];

/* maps.c: NULL if they cannot be used, which has been said. */
const struct frame_maps *popcorn_frame_maps(void);

/* poll.c: at a migration point, if the poll word is raised. */
void popcorn_poll_handler(struct popcorn_context *context);

/* away.c: a system call of a thread that is not at home, or one that gets its
 * caller's state. */
long popcorn_syscall_away(struct popcorn_context *context, long n,
                          const long arguments[6]);

/* framed.c: a call that gets its caller's state (runtime/base/private_calls.h). */
long popcorn_framed_call(struct popcorn_context *context, long n,
                         const long arguments[6]);
/* Home: POPCORN_CALL_ADDRESSES. */
long popcorn_call_addresses(uint64_t *call_sites, uint64_t count);

/* depart.c: moves the thread, with a system call to carry out on arrival (or
 * NULL). Returns only if it cannot leave: enum popcorn_decline. */
int popcorn_depart(struct popcorn_seat *seat, struct popcorn_context *context,
                   uint32_t target, enum popcorn_depart_reason reason,
                   const long *call);

/* refused.c: a request is not served; the other node did not take the thread. */
void popcorn_declined(struct popcorn_seat *seat, uint32_t reason);
_Noreturn void popcorn_refused(struct popcorn_seat *seat,
                               const struct popcorn_incoming *incoming);
void popcorn_say_refused(uint32_t reason, const char *text);

/* wait.c */
_Noreturn void popcorn_wait_loop(struct popcorn_seat *seat);
/* A seat that waits runs this on its empty runtime stack. */
_Noreturn void popcorn_wait_on_runtime_stack(struct popcorn_seat *seat);

/* arrive.c: returns if the thread was refused. */
void popcorn_arrive(struct popcorn_seat *seat,
                    const struct popcorn_incoming *incoming);
/* Frames of a portable thread state on the seat's control stack, whose innermost one
 * seat->context becomes. 0, or an error of stack_rebuild(): nothing has changed. */
int popcorn_rebuild(struct popcorn_seat *seat, const void *frames,
                    uint64_t frame_bytes, uint32_t frame_count,
                    struct popcorn_error *error);

/* fiber.c: POPCORN_CALL_SWITCH. */
long popcorn_fiber_switch(struct popcorn_context *context,
                          struct popcorn_fiber *from, struct popcorn_fiber *to,
                          void (*entry)(void *), void *argument);

/* desk.c: told to the agent over `by`'s stream. -errno. */
int popcorn_desk_open(struct popcorn_seat *by);

/* faults.c: faults of a thread that is away. */
void popcorn_faults_start(void);
void popcorn_faults_stack(const struct popcorn_seat *seat); /* the caller's */
void popcorn_faults_unblock(void);
int popcorn_in_fault_handler(const struct popcorn_seat *seat,
                             const struct popcorn_context *context);

#endif
