/* System calls: what the kernel here does, what home does for a thread that is
 * away, and what the runtime answers itself: signals, threads, fork, time.
 * Nothing here moves a thread. May use isa, isa/<isa>/native, isa/neutral,
 * libc-musl-patched/native, runtime/base, core/, wire/, seats/ and memory/.
 *
 * A call: number and arguments of the neutral kernel ABI (isa/neutral), a result
 * or a negative errno.
 */
#ifndef POPCORN_MEMBER_CALLS_H
#define POPCORN_MEMBER_CALLS_H

#include "libc-musl-patched/native/thread.h"
#include "runtime/member/memory/memory.h"

extern __thread volatile int *__popcorn_cancel
    __attribute__((tls_model("local-exec")));

/* local.c: of a thread whose kernel state is here. */
long popcorn_syscall_local(long n, long a, long b, long c, long d, long e,
                           long f);
long popcorn_private_call(long n, const long arguments[6]);
void popcorn_leave_program(long status); /* home */

/* memory_call.c, special_call.c: calls of runtime/base/call_needs.def. The first:
 * 0 if the kernel is to carry the call out. */
int popcorn_memory_call(long n, const long arguments[6], long *result);
long popcorn_special_call(long n, const long arguments[6], int cancellable);
/* clock_gettime in a program that runs by itself. */
long popcorn_special_clock(long clock, long time);
/* Of a thread that is away; 0: not answered here. */
int popcorn_special_away(long n, const long arguments[6], long *result);

/* delegate.c: of one that is away. Has home carry the call out; stays: even if
 * handlers are due first. */
void popcorn_exchange(struct popcorn_seat *seat, long n,
                      const long arguments[6], int stays,
                      struct popcorn_message *reply);
/* The thread stays, handlers that are due wait. */
long popcorn_delegate_here(struct popcorn_seat *seat, long n,
                           const long arguments[6]);

/* kernel.c: carried out by the kernel here; may wait. */
long popcorn_kernel_call(long n, const long *arguments, int cancellable);
/* Whether the kernel makes it again after a handler with SA_RESTART. */
int popcorn_is_restartable(long n, const long arguments[6]);

/* clocks.c: CLOCK_MONOTONIC of the home node. */
uint64_t popcorn_now_ns(void);
/* A thread has come that left when it was then_ns. */
void popcorn_clock_comes(uint64_t then_ns);
/* Away: calls that ask for the time; 0: the kernel here may answer. */
int popcorn_clock_call(long n, const long arguments[6], long *result);

/* vdso.c: clock_gettime in a program that runs by itself; where the kernel has put
 * its image, 0 for nowhere. */
void popcorn_vdso_is_at(uint64_t address);
long popcorn_vdso_clock(long clock, long time);

/* cpu_time.c. A thread leaves, has come (its TLS is in use). */
void popcorn_cpu_time_leaves(struct popcorn_seat *seat);
void popcorn_cpu_time_comes(struct popcorn_seat *seat);
/* Remote: the member is ready; the answer to CPU_TIME. */
void popcorn_cpu_time_start(void);
void popcorn_cpu_time_used(struct popcorn_message *answer);
/* Calls that ask for processor time; 0: none that has to be answered here. */
int popcorn_cpu_time_call(long n, const long arguments[6], long *result);
int popcorn_is_cpu_clock(int clock);
/* Home: what other nodes have used, ns. Takes the lock. */
int64_t popcorn_cpu_time_elsewhere(void);

/* cpu_timer.c. Does the call set or make a timer or limit on processor time?
 * Home: it has done so. */
int popcorn_is_cpu_timer(long n, const long arguments[6]);
void popcorn_cpu_timer_is_set(long n, const long arguments[6]);
void popcorn_cpu_limit_start(void); /* home: one the program started with */
long popcorn_cpu_sleep(const long arguments[6], int cancellable);

/* siginfo.c: the signals of faults, and whether an instruction raised one. */
#define POPCORN_FAULT_SIGNALS 5
extern const int popcorn_fault_signals[POPCORN_FAULT_SIGNALS];
int popcorn_is_fault(int signal, const void *info);
/* Has a fault at an arena address that is not mapped say so (SEGV_MAPERR), as a
 * kernel does: here it is PROT_NONE. is_mapped() tells by address. */
void popcorn_fault_set_code(int signal, void *info,
                            int (*is_mapped)(uint64_t address));

/* signals.c, home */
long popcorn_sigaction(long signal, const struct neutral_sigaction *action,
                       struct neutral_sigaction *old, long set_bytes);
uint64_t popcorn_signals_pending(const struct popcorn_seat *seat);
int popcorn_signals_all_restart(const struct popcorn_seat *seat);
/* held: signals that stay queued; pc: where the thread goes on, which is what the
 * handlers are told. */
void popcorn_signals_run(struct popcorn_seat *seat, uint64_t held, uint64_t pc);
void popcorn_signals_first_departure(void);
long popcorn_signals_call(struct popcorn_seat *seat, long n, const long a[6]);
/* What POPCORN_CALL_MASK, _STACK and _FAULT do. */
uint64_t popcorn_signals_mask(void);
uint64_t popcorn_signals_stack(int its_size);
uint64_t popcorn_signals_fault(long signal, int needs_stack);

/* threads.c, home */
long popcorn_thread_new(unsigned long flags,
                        const struct popcorn_thread_start *start, int *ptid,
                        void *tls_block, int *ctid);
_Noreturn void popcorn_thread_end(struct popcorn_seat *seat, uint64_t base,
                                  uint64_t bytes);

/* fork.c */
long popcorn_fork(const long arguments[6]);

#endif
