/* What a siginfo_t says of a fault. */
#include "runtime/member/calls/calls.h"

const int popcorn_fault_signals[] = {NEUTRAL_SIGILL, NEUTRAL_SIGTRAP,
                                     NEUTRAL_SIGBUS, NEUTRAL_SIGFPE,
                                     NEUTRAL_SIGSEGV};

int popcorn_is_fault(int signal, const void *info)
{
    for (int i = 0; i < POPCORN_FAULT_SIGNALS; i++) {
        if (popcorn_fault_signals[i] == signal) {
            return ((const int32_t *)info)[NEUTRAL_SI_CODE] > 0;
        }
    }
    return 0;
}

void popcorn_fault_set_code(int signal, void *info,
                            int (*is_mapped)(uint64_t address))
{
    uint64_t address = ((const uint64_t *)info)[NEUTRAL_SI_ADDRESS];
    int32_t *code = &((int32_t *)info)[NEUTRAL_SI_CODE];

    if (signal == NEUTRAL_SIGSEGV && *code == NEUTRAL_SEGV_ACCERR &&
        address - POPCORN_ARENA_BASE < POPCORN_ARENA_SIZE &&
        !is_mapped(address)) {
        *code = NEUTRAL_SEGV_MAPERR;
    }
}
