/* Layout of a thread's TLS block in memory: one block, both ISAs (docs/libc.md,
 * "Thread-local storage").
 *
 *   memory ... [struct pthread .. POPCORN_TLS_BEFORE bytes][TLS block][words]
 *                                                          ^ 64-byte aligned
 *
 * An ISA's thread pointer lies in the 64 bytes before the block or right behind
 * it; both places belong to the ISA.
 */
#ifndef POPCORN_LIBC_NATIVE_TLS_H
#define POPCORN_LIBC_NATIVE_TLS_H

#include <stdint.h>

#define POPCORN_TLS_BEFORE 512
#define POPCORN_TLS_MAX_ALIGN 64

/* Bytes of memory a block needs, at any alignment. Async-signal-safe. */
uint64_t popcorn_tls_bytes(void);

/* Makes a block with its initial contents in `memory` (popcorn_tls_bytes()
 * long), returns the block's address, which isa_set_thread_pointer takes. */
void *popcorn_tls_place(void *memory);

/* Gives the block its initial contents again. */
void popcorn_tls_reset(void *block);

/* The main thread's, before libc runs. Ends the process with a message if the
 * program's TLS needs more than POPCORN_TLS_MAX_ALIGN. */
void *popcorn_tls_init_main(void *memory);

#endif
