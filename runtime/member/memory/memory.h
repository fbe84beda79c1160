/* Coherent memory as its home node hands it out: mappings, protections, and the
 * presence of a page here. Whose copy is the newest is the agent's business.
 * May use isa, isa/<isa>/native, core/, wire/ and seats/.
 *
 * "_locked": the caller holds popcorn_lock(); the others take it.
 */
#ifndef POPCORN_MEMBER_MEMORY_H
#define POPCORN_MEMBER_MEMORY_H

#include "runtime/member/seats/seats.h"

/* What the linker defines: .data and .bss of the program. */
extern char __popcorn_shared_start[], __popcorn_shared_file_end[];
extern char __popcorn_shared_end[];

static inline uint64_t popcorn_data_start(void)
{
    return (uint64_t)(uintptr_t)__popcorn_shared_start;
}

static inline uint64_t popcorn_data_end(void)
{
    return (uint64_t)(uintptr_t)__popcorn_shared_end;
}

/* arena_map.c */
uint64_t popcorn_file_offset(uint64_t address); /* in the node's memfd */
int popcorn_arena_reach_locked(struct popcorn_seat *seat, uint64_t high_water);
/* At home: whether the program has mapped this address. */
int popcorn_arena_is_mapped(uint64_t address);

/* arena_calls.c, home. Serves the memory system calls; *handled is 0 if the
 * kernel should carry the call out. */
long popcorn_arena_call(long n, const long arguments[6], int *handled);
/* munmap, wherever the range is. */
void popcorn_arena_unmap(uint64_t start, uint64_t size_bytes);
void popcorn_arena_start(uint64_t used_end);
/* On every node: whether this mmap pins the program. */
int popcorn_map_pins(const long arguments[6]);

/* protection.c. Home: mprotect, here and, while a thread is away, on every node;
 * 0 or -errno. The program's own record (extents) is the caller's. */
long popcorn_protect_locked(uint64_t start, uint64_t end, uint32_t protection);
/* Home: whether changes were made while nobody was away; tells every node of
 * them. For a thread that leaves. */
int popcorn_protections_untold(void);
void popcorn_protections_tell_locked(struct popcorn_seat *seat);
void popcorn_protections_start(void); /* remote */
/* Whether the program may do what is `wanted` (NEUTRAL_PROT_*) at an address of
 * its memory. */
int popcorn_may_access_locked(uint64_t address, uint32_t wanted);

/* follow.c: what another node has done. 0 or -errno. */
int popcorn_arena_follow(struct popcorn_seat *seat, uint64_t high_water);
/* Remote: what RANGE_PROTECT says. */
int popcorn_protect_follow(struct popcorn_seat *desk,
                           const struct popcorn_message *told);

/* touch.c: makes a page of the program's memory present here, and writable if
 * asked; 0 if the program may not do that with it. */
int popcorn_arena_touch(uint64_t address, int writable);

/* advice.c: madvise about the node a range's pages are on. At home:
 * *handled is 0 if arena or kernel shall carry the call out. Elsewhere: what is
 * left to do when home has carried it out. */
long popcorn_advise_home(const long arguments[6], int *handled);
void popcorn_advise_here(const long arguments[6]);

/* futex.c: whether the call is to be made again, its word being here now. */
int popcorn_futex_again(const long arguments[6], long result,
                        unsigned *attempts);

#endif
