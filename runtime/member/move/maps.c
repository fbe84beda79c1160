/* The frame maps of this node's image, opened when they are first wanted. */
#include "runtime/member/move/move.h"

static struct frame_maps maps;
enum { MAPS_UNKNOWN, MAPS_WRITTEN, MAPS_OPEN };
static uint32_t maps_state;

/* Threads may open them at the same time. One of them writes what all have
 * found; nobody writes what another may already read. */
const struct frame_maps *popcorn_frame_maps(void)
{
    if (__atomic_load_n(&maps_state, __ATOMIC_ACQUIRE) != MAPS_OPEN) {
        struct frame_maps found;
        struct popcorn_error error = {0};
        uint32_t unknown = MAPS_UNKNOWN;
        int result = frame_maps_open(
            &found, popcorn_this_isa, __popcorn_framemap_start,
            (uint64_t)(__popcorn_framemap_end - __popcorn_framemap_start),
            &error);

        if (result != 0) {
            popcorn_say("the program's frame maps cannot be used: ", error.text,
                        result);
            return NULL;
        }
        if (__atomic_compare_exchange_n(&maps_state, &unknown, MAPS_WRITTEN, 0,
                                        __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE)) {
            maps = found;
            __atomic_store_n(&maps_state, MAPS_OPEN, __ATOMIC_RELEASE);
        }
        while (__atomic_load_n(&maps_state, __ATOMIC_ACQUIRE) != MAPS_OPEN) {
            isa_syscall(NEUTRAL_sched_yield, 0, 0, 0, 0, 0, 0);
        }
    }
    return &maps;
}
