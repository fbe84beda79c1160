/* What setjmp and longjmp share with runtime/member and the ISA's stubs. */
#ifndef POPCORN_MEMBER_LONGJMP_H
#define POPCORN_MEMBER_LONGJMP_H

#include "runtime/stack/stack.h"

/* Of setjmp: frame base, call site. Of a landing (docs/exceptions.md): the same, the
 * exception object, the clause that takes it. */
extern __thread uint64_t __popcorn_jump[4]
    __attribute__((tls_model("local-exec")));

/* __popcorn_epoch, thread-local: another number whenever the control stack is laid out
 * anew (by a rebuild, for another fiber), 0 if it never was. A jmp_buf holds the value
 * it was made at; with another value its registers mean nothing. Read by the setjmp
 * stubs. */

/* Called by longjmp with the state of its caller at the call. */
_Noreturn void popcorn_longjmp_slow(const struct popcorn_context *ctx,
                                    const uint64_t *env, int value);

#endif
