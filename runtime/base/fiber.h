/* A fiber as libc and the runtime know it (docs/runtime.md, "Contexts"): a thread's
 * first control stack, or one that makecontext made. In coherent memory; libc makes it
 * of zeros, and all of it is libc's while no POPCORN_CALL_SWITCH names it.
 */
#ifndef POPCORN_BASE_FIBER_H
#define POPCORN_BASE_FIBER_H

#include <stdint.h>

struct popcorn_fiber {
    uint64_t data_stack; /* the pointer, as long as it is suspended */
    /* Under popcorn run: frames_room bytes for its frames as a portable thread state
     * has them, and what is there. */
    uint64_t frames, frames_room, frame_bytes;
    uint32_t frame_count;
    uint32_t epoch; /* at its last suspension */
    /* By itself: its registers, on its control stack; the mapping of that, whose size
     * libc says and which the first switch makes. 0 bytes: a thread's own. */
    uint64_t context, control_base, control_bytes;
};

#endif
