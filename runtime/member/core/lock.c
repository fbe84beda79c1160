/* The member's one lock. Who holds it waits for agents only, or, in a fork, for
 * the child; never for a thread.
 */
#include "runtime/member/core/core.h"

static uint32_t lock_word; /* 0 free, 1 held, 2 held and waited for */

/* Signals are blocked inside, so the holder cannot be interrupted by a handler
 * that wants the lock. */
uint64_t popcorn_lock(void)
{
    uint64_t mask = popcorn_block_signals();
    uint32_t seen = 0;

    if (__atomic_compare_exchange_n(&lock_word, &seen, 1, 0, __ATOMIC_ACQUIRE,
                                    __ATOMIC_RELAXED)) {
        return mask;
    }
    while (__atomic_exchange_n(&lock_word, 2, __ATOMIC_ACQUIRE) != 0) {
        isa_syscall(NEUTRAL_futex, (long)&lock_word, NEUTRAL_FUTEX_WAIT_PRIVATE,
                    2, 0, 0, 0);
    }
    return mask;
}

void popcorn_unlock(uint64_t mask)
{
    if (__atomic_exchange_n(&lock_word, 0, __ATOMIC_RELEASE) == 2) {
        isa_syscall(NEUTRAL_futex, (long)&lock_word, NEUTRAL_FUTEX_WAKE_PRIVATE,
                    1, 0, 0, 0);
    }
    popcorn_restore_signals(mask);
}
