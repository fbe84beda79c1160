/* What another node has done to coherent memory is done here. */
#include "runtime/member/memory/extents.h"
#include "runtime/member/memory/memory.h"

int popcorn_arena_follow(struct popcorn_seat *seat, uint64_t high_water)
{
    uint64_t mask;
    int result;

    if (high_water <=
        __atomic_load_n(&popcorn_member.high_water, __ATOMIC_ACQUIRE)) {
        return 0;
    }
    mask = popcorn_lock();
    result = popcorn_arena_reach_locked(seat, high_water);
    popcorn_unlock(mask);
    return result;
}

int popcorn_protect_follow(struct popcorn_seat *desk,
                           const struct popcorn_message *told)
{
    struct extent range = {told->range.start, told->range.end,
                           (uint32_t)told->range.protection, 0};
    uint64_t mask = popcorn_lock();
    long result = popcorn_arena_reach_locked(desk, told->range.high_water);

    if (result == 0) {
        result = isa_syscall(NEUTRAL_mprotect, (long)range.start,
                             (long)(range.end - range.start), range.protection,
                             0, 0, 0);
    }
    if (result == 0) {
        result = extents_remove(range.start, range.end);
    }
    if (result == 0 && range.protection != NEUTRAL_PROT_READ_WRITE) {
        result = extents_add(&range);
    }
    popcorn_unlock(mask);
    return (int)result;
}
