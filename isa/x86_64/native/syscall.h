/* Shared by the files of the x86-64 personality of the neutral kernel ABI. */
#ifndef POPCORN_ISA_X86_64_SYSCALL_H
#define POPCORN_ISA_X86_64_SYSCALL_H

#include <stdint.h>

#include "isa/neutral/abi.h"

/* A call to translate: neutral arguments, and its number in this kernel. */
struct neutral_call {
    const volatile int *cancel; /* see isa/native_libc.h; or NULL */
    long number;                /* of this kernel */
    long a, b, c, d, e, f;
};

/* This kernel's system call, as cancellable as `call` is. */
long x86_64_call(const struct neutral_call *call, long a, long b, long c,
                 long d, long e, long f);

/* Copy between this stack and the program's memory. -EFAULT for an address no
 * mapping can have; another bad address is a SIGSEGV, not -EFAULT. */
long x86_64_from_user(void *here, long user, uint64_t bytes);
long x86_64_to_user(long user, const void *here, uint64_t bytes);

/* One function for each SPECIAL row of syscalls.def. */
#define ROW(name, neutral, x86_64)
#define SPECIAL(name, neutral, x86_64)                                         \
    long x86_64_translate_##name(const struct neutral_call *call);
#include "isa/x86_64/native/syscalls.def"
#undef ROW
#undef SPECIAL

#endif
