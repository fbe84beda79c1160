/* A page of the program's memory is made present here. */
#include "runtime/member/memory/memory.h"

int popcorn_arena_touch(uint64_t address, int writable)
{
    uint32_t wanted = writable ? NEUTRAL_PROT_WRITE : NEUTRAL_PROT_READ;
    uint64_t mask = popcorn_lock();
    int ours = popcorn_may_access_locked(address, wanted);

    if (ours) {
        uint8_t *byte = (uint8_t *)(uintptr_t)address;
        uint8_t seen = __atomic_load_n(byte, __ATOMIC_SEQ_CST);

        /* A compiler may make nothing of an addition of 0. */
        while (writable && !__atomic_compare_exchange_n(byte, &seen, seen, 0,
                                                        __ATOMIC_SEQ_CST,
                                                        __ATOMIC_SEQ_CST)) {
        }
    }
    popcorn_unlock(mask);
    return ours;
}
