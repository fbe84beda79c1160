/* Where an ISA's stubs enter libc's native half, which implements what is here
 * (libc-musl-patched/native): as with the runtime's own entries, hooks of
 * tests/lint/rooms.def.
 */
#ifndef POPCORN_ISA_LIBC_ENTRY_H
#define POPCORN_ISA_LIBC_ENTRY_H

#include <stdint.h>

/* What an ISA registers with its kernel. deliver() makes the neutral ucontext
 * and calls popcorn_run_handler(). */
struct popcorn_signal_entry {
    void (*deliver)(int signal, void *info, void *context);
    void (*restorer)(void); /* NULL: this kernel has its own */
    unsigned address_bits;  /* of what a process can map */
};

/* Calls the program's handler of `signal`. Afterwards thread-local words that
 * an interrupted function may have been about to use are what they were. */
void popcorn_run_handler(int signal, void *info, void *neutral_context);

/* rt_sigaction with neutral arguments; kernel_number is its number here. */
long popcorn_set_handler(const struct popcorn_signal_entry *entry,
                         long kernel_number, long signal, long new_action,
                         long old_action, long mask_bytes);

/* If the caller runs on a control stack of popcorn_thread_create: ends the
 * thread with that stack. Else returns. */
void popcorn_leave_control_stack(void);

/* Flags of a clone(2) without a stack of its own: a copy of the process. The
 * child of vfork would run on its parent's control stack, so it is a copy too.
 * -EINVAL if the child would share memory with a running parent. */
long popcorn_process_clone_flags(unsigned long flags, long stack);

/* Bytes of the TLS image, rounded up to its alignment; the alignment.
 * Async-signal-safe. */
uint64_t popcorn_tls_extent(void);
uint64_t popcorn_tls_alignment(void);

#endif
