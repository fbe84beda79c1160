/* A walk over a control stack, innermost frame first: shared by capture and
 * longjmp.
 *
 * Invariants, frame by frame:
 *  W1 `pc` is the return address the frame continues at, `sp` its stack pointer
 *     just after that return.
 *  W2 `known` is the set of registers whose value in this frame is in `reg`:
 *     all in the innermost frame, the callee-saved ones in every other.
 */
#ifndef POPCORN_STACK_WALK_H
#define POPCORN_STACK_WALK_H

#include "runtime/stack/frame_maps.h"

struct walk {
    const struct frame_maps *maps;
    const struct stack_view *stack;
    struct popcorn_error *error;
    uint64_t reg[ISA_MAX_REGS];
    uint64_t known;
    uint64_t pc, sp;
    struct frame_site site; /* of the frame the walk is at */
    const struct frame_unwind *unwind;
    struct frame_cache cache;
};

void walk_start(struct walk *walk, const struct frame_maps *maps,
                const struct popcorn_context *ctx,
                const struct stack_view *stack, struct popcorn_error *error);

/* Finds site and unwind record of the frame. 0, -EBUSY (no frame map),
 * -EBADMSG. */
int walk_frame(struct walk *walk);

/* A live value of the frame. 0, -EFAULT, -EBADMSG. */
int walk_value(const struct walk *walk, const struct frame_location *location,
               uint64_t *value);

/* Moves to the caller of the frame walk_frame found. 0, -EFAULT, -EBADMSG. */
int walk_to_caller(struct walk *walk);

#endif
