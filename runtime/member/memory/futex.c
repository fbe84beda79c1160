/* Futex operations that write to the word, at home.
 *
 * The kernel does FUTEX_LOCK_PI, FUTEX_UNLOCK_PI, FUTEX_WAKE_OP and the
 * requeueing to a PI futex with page faults off, and brings an absent page by
 * fixup_user_fault(), which cannot wait for a userfault: -EFAULT (kernel/futex,
 * fs/userfaultfd.c: FAULT_FLAG_ALLOW_RETRY).  So the page is brought here, and
 * the call made again: none of these has changed anything when it returns
 * -EFAULT for its word.
 */
#include "isa/native_libc.h"
#include "runtime/member/memory/memory.h"

/* A page may be taken away again before the kernel looks; an -EFAULT for
 * another reason (a bad time) does not go away. */
#define MOST_ATTEMPTS 10000

/* 0: neither word could be brought. */
static int bring_words(const long a[6])
{
    switch (a[1] & NEUTRAL_FUTEX_COMMAND) {
    case NEUTRAL_FUTEX_WAKE_OP:
    case NEUTRAL_FUTEX_WAIT_REQUEUE_PI:
    case NEUTRAL_FUTEX_CMP_REQUEUE_PI: {
        int second = popcorn_arena_touch((uint64_t)a[4], 1);
        return popcorn_arena_touch((uint64_t)a[0], 1) && second;
    }
    case NEUTRAL_FUTEX_LOCK_PI:
    case NEUTRAL_FUTEX_UNLOCK_PI:
    case NEUTRAL_FUTEX_TRYLOCK_PI:
    case NEUTRAL_FUTEX_LOCK_PI2:
        return popcorn_arena_touch((uint64_t)a[0], 1);
    }
    return 0;
}

int popcorn_futex_again(const long a[6], long result, unsigned *attempts)
{
    return result == -NEUTRAL_EFAULT && popcorn_member.mode == POPCORN_HOME &&
           popcorn_member.ever_moved && (*attempts)++ < MOST_ATTEMPTS &&
           bring_words(a);
}
