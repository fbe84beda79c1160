/* longjmp after a move: the frame that called setjmp, found by its frame token
 * (docs/frame-maps.md, "setjmp and longjmp"). */
#ifndef POPCORN_STACK_TOKEN_FRAMES_H
#define POPCORN_STACK_TOKEN_FRAMES_H

#include "runtime/stack/stack.h"

/* Frames that have a frame token, as a rebuild laid them out: valid until their
 * functions return. Caller-owned: `frame` has `room` places. */
struct token_frames {
    struct token_frame {
        uint64_t token;
        struct popcorn_context state; /* at the return of its call site */
    } *frame;
    uint32_t room;
    uint32_t count;
};

/* Walks from `ctx` outwards to the frame whose call site carries a frame token
 * equal to `token`, and makes `target` that frame's state at the return of
 * `call_site` (a setjmp of the same function). The result register is the
 * caller's to set. -ENOENT: no such frame (the function that called setjmp has
 * returned); else as stack_capture. The stack is only read. */
int stack_unwind_to_token(const struct frame_maps *maps,
                          const struct popcorn_context *ctx,
                          const struct stack_view *stack, uint64_t outermost_pc,
                          uint64_t token, uint32_t call_site,
                          struct popcorn_context *target,
                          struct popcorn_error *error);

/* The same out of a signal handler, which no frame map leads out of: by the list
 * the last rebuild made. -ENOENT: the token is of no frame in it. */
int stack_find_token(const struct frame_maps *maps,
                     const struct token_frames *tokens, uint64_t token,
                     uint32_t call_site, struct popcorn_context *target,
                     struct popcorn_error *error);

#endif
