/* What libc's unwinder and the runtime say to each other about a control
 * stack: the same on every ISA. */
#ifndef POPCORN_BASE_UNWIND_H
#define POPCORN_BASE_UNWIND_H

#include <stdint.h>

/* A frame that is at a call site with a frame token. */
struct popcorn_unwind_frame {
    uint64_t token;
    uint64_t call_site;
    uint64_t number; /* of the frame, counted from the caller's: 0 */
};

#endif
