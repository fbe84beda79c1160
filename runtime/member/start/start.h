/* From the kernel's entry to the program's first neutral function. May use isa,
 * isa/<isa>/native, libc-musl-patched/native, core/, wire/, seats/, memory/,
 * calls/ and move/.
 */
#ifndef POPCORN_MEMBER_START_H
#define POPCORN_MEMBER_START_H

#include "runtime/member/move/move.h"

#define POPCORN_RUNTIME_STACK_SIZE 0x800000

void __popcorn_entry(void *unused);

/* start.c */
void popcorn_start(long *kernel_sp);

/* member_start.c: returns for a home member, never for a remote one. */
void popcorn_member_start(const char *value, long *kernel_sp,
                          uint64_t stack_top);

/* under_run.c: execs `popcorn run` if POPCORN_RUN says so, else returns. */
void popcorn_start_under_run(const long *kernel_sp);

/* arguments.c: the value of a key of the auxiliary vector, or 0. */
#define AUX_SYSINFO_EHDR 33
uint64_t popcorn_auxiliary(const long *block, uint64_t key);
/* Returns the copy, which ends below top_address. */
uint64_t popcorn_copy_arguments(const long *block, uint64_t top_address);

#endif
