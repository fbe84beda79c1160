/* What setjmp and longjmp share with runtime/migrate and the ISA's stubs. */
#ifndef POPCORN_STACK_TRANSFORM_NATIVE_HOOKS_H
#define POPCORN_STACK_TRANSFORM_NATIVE_HOOKS_H

#include "runtime/stack-transform/stack_transform.h"

/* __popcorn_epoch, thread-local: rebuilds of the thread so far, 0 if it never
 * moved. A jmp_buf holds the value it was made at; with another value its
 * registers mean nothing. Read by the setjmp stubs. */

/* isa/<isa>/native/setjmp.S: makes __popcorn_jump and __popcorn_data_stack what
 * they were at the setjmp. */
void popcorn_set_jump(const uint64_t *env);

/* Called by longjmp with the state of its caller at the call. */
_Noreturn void popcorn_longjmp_slow(const struct popcorn_context *ctx,
                                    const uint64_t *env, int value);

#endif
