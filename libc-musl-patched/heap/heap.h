/* What the C library calls of the heap besides musl's __libc_malloc_impl,
 * __libc_free and __libc_realloc. */
#ifndef HEAP_H
#define HEAP_H

#include <features.h>
#include <stddef.h>

/* size bytes at a multiple of `alignment`, a power of 2.  Null: errno is ENOMEM. */
hidden void *__heap_aligned(size_t alignment, size_t size);

/* The bytes of a block a program may use; 0 for null. */
hidden size_t __heap_usable(const void *p);

/* The calling thread ends: its heap goes, blocks that are used stay. */
hidden void __heap_thread_done(void);

#endif
