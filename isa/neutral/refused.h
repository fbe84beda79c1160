/* System calls no ISA carries out: their meaning is tied to the ISA the thread
 * happens to run on, so a program that may move cannot have them.
 */
#ifndef POPCORN_NEUTRAL_REFUSED_H
#define POPCORN_NEUTRAL_REFUSED_H

#include "isa/neutral/abi.h"

/* 0: carry it out; else its result. A parameter that the kernel takes as an int
 * is compared as one: syscall() may leave anything in its upper half. A kernel
 * without the feature gives the same errors, so programs have a path for them.
 */
static inline long popcorn_refused_syscall(long n, long a, long b)
{
    switch (n) {
    case NEUTRAL_rseq:   /* critical sections are machine code */
    case NEUTRAL_clone3: /* callers fall back to clone */
    case NEUTRAL_rt_sigreturn:
        return -NEUTRAL_ENOSYS;
    case NEUTRAL_seccomp: /* filters see this kernel's numbers */
        return (int)a == NEUTRAL_SECCOMP_SET_MODE_FILTER ? -NEUTRAL_EINVAL : 0;
    case NEUTRAL_prctl:
        return (int)a == NEUTRAL_PR_SET_SECCOMP &&
                       b == NEUTRAL_SECCOMP_MODE_FILTER
                   ? -NEUTRAL_EINVAL
                   : 0;
    default:
        return 0;
    }
}

#endif
