/* Calls about memory, in programs that make some (runtime/base/call_needs.def).
 * 0: the kernel carries it out. */
#include "runtime/member/calls/calls.h"

int popcorn_memory_call(long n, const long a[6], long *result)
{
    int handled = 0;

    if (n == NEUTRAL_madvise) {
        *result = popcorn_advise_home(a, &handled);
    }
    if (!handled && popcorn_member.mode == POPCORN_HOME) {
        *result = popcorn_arena_call(n, a, &handled);
    }
    return handled;
}
