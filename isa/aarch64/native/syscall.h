/* Shared by the files of the neutral kernel ABI on AArch64. */
#ifndef POPCORN_ISA_AARCH64_SYSCALL_H
#define POPCORN_ISA_AARCH64_SYSCALL_H

/* rt_sigaction; arguments as the program passes them. */
long aarch64_rt_sigaction(long signal, long new_action, long old_action,
                          long mask_bytes);

#endif
