/* The heap's memory: address space taken from the system and given back. May use
 * no other part of the heap.
 *
 * Every range begins at a multiple of HEAP_SEGMENT_BYTES and is a multiple of
 * HEAP_SLICE_BYTES long.  All functions may be called by any thread; those that can
 * fail change errno. */
#ifndef HEAP_MEMORY_H
#define HEAP_MEMORY_H

#include <stddef.h>

#define HEAP_SLICE_BYTES ((size_t)64 * 1024)
#define HEAP_SEGMENT_BYTES ((size_t)4 * 1024 * 1024)

/* So much of a range that is taken in parts can be used at once. */
#define HEAP_FIRST_BYTES ((size_t)1024 * 1024)

enum heap_memory_state {
    HEAP_USED = 0,  /* holds what was there before */
    HEAP_FRESH = 1, /* zeros */
    HEAP_PARTS = 2, /* besides: only HEAP_FIRST_BYTES of it may be accessed */
};

/* size_bytes of memory whose byte `offset` lies at a multiple of `alignment`, both
 * multiples of HEAP_SEGMENT_BYTES.  in_parts: it will be used bit by bit, and a
 * small program shall not pay for the whole.  Null if there is none. */
hidden void *__heap_memory_take(size_t size_bytes, size_t alignment,
                                size_t offset, int in_parts,
                                enum heap_memory_state *state);

/* Makes a part of a range that is HEAP_PARTS accessible: 0, or -1. */
hidden int __heap_memory_open(void *start, size_t size_bytes);

/* The contents of a part go, and its pages with them. */
hidden void __heap_memory_drop(void *start, size_t size_bytes);

hidden void __heap_memory_give(void *start, size_t size_bytes,
                               enum heap_memory_state state);

/* Ranges that were given and nobody uses: their bytes; back to the system with them,
 * oldest first, until no more than pad_bytes are left. */
hidden size_t __heap_memory_kept(void);
hidden void __heap_memory_trim(size_t pad_bytes);

/* How often memory went back to the system so far; counts round. */
hidden size_t __heap_memory_returns(void);

/* A range with the first bytes of another, which it is made of, in its place or
 * elsewhere.  Null: there is no room, and nothing has changed. */
hidden void *__heap_memory_resize(void *start, size_t old_bytes,
                                  size_t new_bytes);

/* What one thread's heap is described in: pages of its own, that hold zeros when a
 * thread gets them for the first time.  Null if there is no memory. */
#define HEAP_THREAD_BYTES ((size_t)8 * 1024)
hidden void *__heap_thread_take(void);
hidden void __heap_thread_give(void *block);

/* -1: before a fork, 0: after it in the parent, 1: in the child. */
hidden void __heap_memory_atfork(int who);

#endif
