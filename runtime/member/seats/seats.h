/* The seats of this node: made, found, given back; what a control stack begins
 * with; what a thread has to do at its next migration point; what keeps the
 * program at home. May use isa, isa/<isa>/native, libc-musl-patched/native, core/
 * and wire/.
 */
#ifndef POPCORN_MEMBER_SEATS_H
#define POPCORN_MEMBER_SEATS_H

#include "runtime/member/seats/seat_state.h"
#include "runtime/member/wire/wire.h"

/* By thread. Never unmapped once made: read without a lock. */
extern struct popcorn_seat *popcorn_seats[POPCORN_MAX_THREADS];
extern struct popcorn_seat popcorn_main_seat, popcorn_desk;

/* Neutral thread-local words: libc-musl-patched/overlay/src/env/__init_tls.c. */
extern __thread uint32_t __popcorn_thread
    __attribute__((tls_model("local-exec")));
extern __thread uint32_t __popcorn_epoch
    __attribute__((tls_model("local-exec")));

/* What libc defines. */
uint64_t popcorn_tls_bytes(void);
void *popcorn_tls_init_main(void *memory);
void *popcorn_tls_place(void *memory);

/* seat.c */
/* The calling kernel thread's. Reads the thread's own TLS. */
struct popcorn_seat *popcorn_seat(void);
/* A seat with a runtime stack and a control stack of at least this size (0:
 * none), or NULL; free, and found by its index, until popcorn_seat_enter(). */
struct popcorn_seat *popcorn_seat_new(uint32_t thread, uint64_t control_bytes);
/* By TAKE or PLACE. */
void popcorn_seat_enter(struct popcorn_seat *seat,
                        enum popcorn_seat_event event);
/* What is not in the table, or leaves the seat wrong, ends the program. */
void popcorn_seat_step(struct popcorn_seat *seat,
                       enum popcorn_seat_event event);
/* Of any seat, also NULL, by any thread. */
enum popcorn_seat_state popcorn_seat_state(const struct popcorn_seat *seat);
int popcorn_seat_is_away(const struct popcorn_seat *seat);
/* Under the lock: the one with this kernel_id, or NULL. */
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

/* first_frame.c */
/* Lays the TLS block out below `top` and makes what is left the data stack. */
void popcorn_set_up_main_thread(char *top);
/* Enters a neutral function as the outermost of a control stack. */
_Noreturn void popcorn_enter(void (*function)(void *), void *argument,
                             uint64_t stack_top);
_Noreturn void popcorn_outermost_return(void);

/* poll_word.c */
/* Lowers the poll word if no thread that runs here has anything to do. */
void popcorn_settle_poll_word(void);
/* Raises it if this one, back from the kernel, has. */
void popcorn_raise_poll_word(const struct popcorn_seat *seat);
/* Why the program as a whole cannot move now; POPCORN_DECLINE_NONE if it can. */
uint32_t popcorn_standing_reason(void);
/* Whether the thread is to do something at a point, but for --bounce. */
int popcorn_is_asked(const struct popcorn_seat *seat);
int popcorn_bounce_is_on(const struct popcorn_seat *seat);

/* stay_home.c. What keeps the program at home for good. A request is declined
 * for it, so each is an enum popcorn_decline; a type of its own, for of those
 * some pass, and a request waits for that. */
enum popcorn_pin {
    POPCORN_PIN_NONE = POPCORN_DECLINE_NONE,
    POPCORN_PIN_SHARED_FILE = POPCORN_DECLINE_SHARED_FILE,
    POPCORN_PIN_PERMISSION = POPCORN_DECLINE_PERMISSION,
    POPCORN_PIN_CPU_TIMER = POPCORN_DECLINE_CPU_TIMER,
    POPCORN_PIN_EXECUTABLE = POPCORN_DECLINE_EXECUTABLE
};

/* The program stays, for this reason or an earlier one. Not with the lock, but
 * for popcorn_pin(). */
void popcorn_pin(enum popcorn_pin reason);
enum popcorn_pin popcorn_pinned(void); /* POPCORN_PIN_NONE: it can move */
void popcorn_await_pinned(void); /* if so, until no thread runs elsewhere */
void popcorn_stay_home(enum popcorn_pin reason); /* pins and waits */
/* Home: that thread tid moves; 0 or -errno. */
long popcorn_propose(long tid, long node);

#endif
