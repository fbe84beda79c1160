/* What neutral libc code calls of native code, and the thread-local words both
 * know.  A call to a native function is a plain call: the thread cannot move in
 * it. */
#ifndef POPCORN_NATIVE_H
#define POPCORN_NATIVE_H

#include <stdint.h>
#include "libc-musl-patched/native/tls.h"
#include "libc-musl-patched/native/thread.h"
#include "isa/native_libc.h"
#include "runtime/base/private_calls.h"

extern _Thread_local char *__popcorn_data_stack;
extern _Thread_local volatile int *__popcorn_cancel;

/* isa/native.h */
void *isa_get_thread_pointer(void);
uint32_t isa_get_fpenv(void);
void isa_set_fpenv(uint32_t);
void isa_pause(void);

/* Address, in td's block, of the calling thread's variable `own`. */
void *__popcorn_tls_variable(struct __pthread *td, void *own);

#endif
