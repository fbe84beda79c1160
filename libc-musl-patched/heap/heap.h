/* What the C library calls of the heap besides musl's __libc_malloc_impl,
 * __libc_free and __libc_realloc. */
#ifndef HEAP_H
#define HEAP_H

#include <features.h>
#include <malloc.h>
#include <stddef.h>

/* size bytes at a multiple of `alignment`, a power of 2.  Null: errno is ENOMEM. */
hidden void *__heap_aligned(size_t alignment, size_t size);

/* The bytes of a block a program may use; 0 for null. */
hidden size_t __heap_usable(const void *p);

/* Fills what malloc.h says of the calling thread's heap; zeros if it has none. */
hidden void __heap_describe(struct mallinfo2 *info);

/* Gives free memory back to the system, but for pad bytes of whole ranges: of the
 * calling thread, of threads that have ended, of nobody. 1 if there was some. */
hidden int __heap_trim(size_t pad);

/* The calling thread ends: its heap goes, blocks that are used stay. */
hidden void __heap_thread_done(void);

#endif
