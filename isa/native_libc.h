/* What libc-musl-patched needs of an ISA besides isa/native.h: threads, thread
 * pointers, cancellable system calls.  Same rules: one implementation in each
 * isa/<isa>/native/, linked into the ISA-private range.
 */
#ifndef POPCORN_ISA_NATIVE_LIBC_H
#define POPCORN_ISA_NATIVE_LIBC_H

#include <stdint.h>

#define ISA_NOT_ENTERED (-512) /* none of the kernel's errors */

/* Like isa_raw_syscall, but returns ISA_NOT_ENTERED without entering the kernel
 * when *cancel is non-zero.  A signal that arrives between that check and the
 * system call finds its pc inside (isa_cancellable_pc), and isa_cancel_pc() as
 * the new pc makes the call return ISA_NOT_ENTERED as well. */
long isa_cancellable_syscall(const volatile int *cancel, long n, long a, long b,
                             long c, long d, long e, long f);

/* isa_syscall with the same property; cancel may be NULL. */
long isa_syscall_cancellable(const volatile int *cancel, long n, long a, long b,
                             long c, long d, long e, long f);

/* N. Non-zero if pc is in the window described above. Async-signal-safe. */
int isa_cancellable_pc(uint64_t pc);
/* N. */
uint64_t isa_cancel_pc(void);

/* The thread pointer register's value for a neutral TLS block; prepares the
 * words the ISA keeps next to it. */
uint64_t isa_thread_pointer_of(void *tls_block);

/* clone(2) onto a new control stack whose top (16-byte aligned) is given; the
 * child calls fn(arg) and must not return from it. thread_pointer as from
 * isa_thread_pointer_of. Returns the child's id or -errno. */
long isa_clone_thread(unsigned long flags, void *stack_top, int *ptid,
                      uint64_t thread_pointer, int *ctid, void (*fn)(void *),
                      void *arg);

/* Unmaps the control stack it runs on and ends the thread, status 0. All
 * signals must be blocked. */
_Noreturn void isa_unmap_and_exit(void *base, uint64_t size_bytes);

#endif
