/* A seat: what one program thread has on this node (docs/runtime.md,
 * "Threads"): a kernel thread, two stacks and a socket to the node's agent.
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
 *     handler of a fault runs, which cannot wait (move/faults.c).
 */
#ifndef POPCORN_MEMBER_SEAT_H
#define POPCORN_MEMBER_SEAT_H

#include "runtime/member/core/core.h"
#include "runtime/stack/token_frames.h"

#define POPCORN_SIGNAL_QUEUE 128

struct popcorn_queued_signal {
    struct neutral_sigaction action;
    int32_t signal;
    int32_t padding;
    uint64_t info[16]; /* siginfo_t */
};

/* Zeroed when it is made. */
struct popcorn_seat {
    uint32_t thread; /* index, the same on every node; 0: the first thread */
    int socket;
    uint32_t state;         /* enum popcorn_seat_state: seats/seat_state.h */
    uint32_t own_request;   /* the request was the program's own */
    uint32_t declined;      /* last reason a request waits: popcorn_decline */
    uint64_t points_passed; /* slow-path entries counted towards --bounce */
    uint64_t points_shared; /* in a row on the processor of its agent */
    uint64_t moves;         /* of the thread so far; travels with it */
    uint64_t calls;         /* delegated ones sent from here */
    uint64_t control_low, control_top; /* control stack */
    uint64_t runtime_low, runtime_top;
    uint64_t control_base, control_bytes; /* their mappings; 0 bytes: the */
    uint64_t base, bytes;                 /* kernel's, or never given back */
    void *stand_in;     /* TLS block, node-local: of a seat that waits */
    uint64_t clear_tid; /* home: word to zero and wake when the thread ends */
    uint64_t program_mask;  /* home, away: the program's signal mask */
    uint32_t mask_is_known; /* away: that is it */
    int kernel_id;          /* of its kernel thread; at home the thread's id */
    int64_t cpu_base_ns;    /* the thread's processor time is what this kernel
                              thread has used, and this */
    struct popcorn_context *departed; /* the state that left, as long as it */
    uint64_t departed_tls;            /* may be refused */
    uint32_t departed_with_call;
    uint32_t signal_count;
    volatile uint32_t interruptions;
    volatile int cancel_call; /* handlers are due */
    uint8_t *buffer;          /* of messages and portable thread states */
    uint64_t buffer_bytes;
    void (*function)(void *); /* a new thread's */
    void *argument;
    struct token_frames tokens;     /* of its frames at the last arrival */
    struct popcorn_context context; /* of the thread about to be resumed */
    struct popcorn_queued_signal signals[POPCORN_SIGNAL_QUEUE];
};

#endif
