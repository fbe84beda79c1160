/* Control stacks of threads that pthread_create made, and thread creation, in a
 * program that runs by itself.
 *
 * A new thread's pthread stack is its data stack; its control stack is
 * node-local memory that only this file knows.
 */
#ifndef POPCORN_LIBC_NATIVE_THREAD_H
#define POPCORN_LIBC_NATIVE_THREAD_H

#include <stdint.h>

/* At the top of the new thread's data stack, written by libc. */
struct popcorn_thread_start {
    void (*function)(void *); /* must not return */
    void *argument;
    uint64_t control_bytes; /* least size of the control stack */
};

/* Starts a thread: flags as clone(2), with CLONE_VM and
 * CLONE_SETTLS; tls_block its neutral TLS block. Returns its id or -errno. */
long popcorn_thread_create(unsigned long flags,
                           const struct popcorn_thread_start *start, int *ptid,
                           void *tls_block, int *ctid);

/* Ends the calling thread; first unmaps [base, base + bytes), its data stack
 * and TLS, unless bytes is 0. */
_Noreturn void popcorn_thread_exit(void *base, uint64_t bytes);

#endif
