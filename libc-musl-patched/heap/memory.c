/* Where the heap's segments come from: mmap, and a few ranges that were given back
 * and are kept for the next who wants some.
 *
 * A program that allocates and frees a large block again and again would have its
 * pages made and cleared each time.  So what is given back is kept for a while: at
 * most KEPT_BYTES in KEPT_RANGES ranges, the oldest goes first, and none stays
 * longer than KEPT_TURNS ranges are taken or given.  There is no clock in it: a
 * system call each time, and on a node away from home it would be one more thing to
 * wait for.
 *
 * Invariants, for ranges in `kept`:
 *  1. nobody else refers to them;
 *  2. they hold anything, and may be accessed as their state says.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>

#include "libc.h"
#include "lock.h"
#include "syscall.h"

#include "libc-musl-patched/heap/memory.h"
#include "runtime/base/layout.h"

#define KEPT_RANGES 16
#define KEPT_BYTES ((size_t)32 * 1024 * 1024)
#define KEPT_TURNS 64

static struct range {
    char *start;
    size_t size_bytes;
    enum heap_memory_state state;
    unsigned turn;
} kept[KEPT_RANGES];
static size_t kept_bytes;
static unsigned turn;
static volatile int lock[1];
static _Atomic size_t returns;

static char *map(size_t size_bytes, int protection)
{
    void *p =
        __mmap(0, size_bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return p == MAP_FAILED ? 0 : p;
}

void __heap_memory_drop(void *start, size_t size_bytes)
{
    uintptr_t first = ((uintptr_t)start + PAGE_SIZE - 1) & -PAGE_SIZE;
    uintptr_t end = ((uintptr_t)start + size_bytes) & -PAGE_SIZE;

    if (first < end) {
        returns++;
        __syscall(SYS_madvise, first, end - first, MADV_DONTNEED);
    }
}

/* If the kernel has no room to split a mapping, the memory goes all the same. */
static void unmap(char *start, size_t size_bytes)
{
    int error = errno;

    if (size_bytes == 0) {
        return;
    }
    returns++;
    if (__munmap(start, size_bytes) != 0) {
        __heap_memory_drop(start, size_bytes);
        errno = error;
    }
}

/* More is mapped, and what is too much is unmapped; but first, unless this is the
 * first mapping, just what is wanted: mostly it comes to lie beside the last one, and
 * is aligned. */
static char *map_aligned(size_t size_bytes, size_t alignment, size_t offset,
                         int protection)
{
    static int has_mapped;
    size_t room_bytes = size_bytes + alignment - PAGE_SIZE, before;
    char *p;

    if (has_mapped) {
        p = map(size_bytes, protection);
        if (p == 0 || ((uintptr_t)p + offset) % alignment == 0) {
            return p;
        }
        unmap(p, size_bytes);
    }
    if (room_bytes < size_bytes || (p = map(room_bytes, protection)) == 0) {
        return 0;
    }
    has_mapped = 1;
    before = -((uintptr_t)p + offset) % alignment;
    unmap(p, before);
    unmap(p + before + size_bytes, room_bytes - before - size_bytes);
    return p + before;
}

/* Out of `kept`; the place is free. */
static struct range remove_locked(struct range *range)
{
    struct range removed = *range;

    kept_bytes -= range->size_bytes;
    range->size_bytes = 0;
    return removed;
}

/* One that has been kept for too long, or the oldest if a range of size_bytes has
 * no place otherwise. */
static struct range oldest_locked(size_t size_bytes)
{
    struct range *oldest = 0, none = {0};
    int places = 0;

    for (struct range *r = kept; r < kept + KEPT_RANGES; r++) {
        if (r->size_bytes == 0) {
            places++;
        } else if (oldest == 0 || turn - r->turn > turn - oldest->turn) {
            oldest = r;
        }
    }
    if (oldest == 0 ||
        (turn - oldest->turn <= KEPT_TURNS &&
         (size_bytes == 0 ||
          (places > 0 && kept_bytes + size_bytes <= KEPT_BYTES)))) {
        return none;
    }
    return remove_locked(oldest);
}

static void forget_oldest(size_t size_bytes)
{
    struct range old;

    do {
        LOCK(lock);
        old = oldest_locked(size_bytes);
        UNLOCK(lock);
        unmap(old.start, old.size_bytes);
    } while (old.size_bytes != 0);
}

/* How well a kept range serves: 0 not at all, else the smaller the better. */
static size_t misfit(const struct range *range, size_t size_bytes, int in_parts)
{
    if (range->size_bytes == size_bytes &&
        (in_parts || (range->state & HEAP_PARTS) == 0)) {
        return 1;
    }
    if (range->size_bytes < size_bytes / 2 ||
        range->size_bytes > size_bytes * 2 ||
        (range->state & HEAP_PARTS) != 0) {
        return 0;
    }
    return range->size_bytes > size_bytes
               ? range->size_bytes - size_bytes
               : HEAP_SLICE_BYTES + size_bytes - range->size_bytes;
}

static struct range find_kept(size_t size_bytes, int in_parts)
{
    struct range found = {0}, *best = 0;
    size_t least = SIZE_MAX;

    LOCK(lock);
    turn++;
    for (struct range *r = kept; r < kept + KEPT_RANGES; r++) {
        size_t how = r->size_bytes ? misfit(r, size_bytes, in_parts) : 0;

        if (how != 0 && how < least) {
            least = how;
            best = r;
        }
    }
    if (best != 0) {
        found = remove_locked(best);
    }
    UNLOCK(lock);
    return found;
}

/* A kept range of that size, or made so; null if there is none. */
static char *take_kept(size_t size_bytes, int in_parts,
                       enum heap_memory_state *state)
{
    struct range found = find_kept(size_bytes, in_parts);
    char *p = found.start;

    forget_oldest(0);
    if (found.size_bytes > size_bytes) {
        unmap(p + size_bytes, found.size_bytes - size_bytes);
    } else if (p != 0 && found.size_bytes < size_bytes) {
        p = __heap_memory_resize(p, found.size_bytes, size_bytes);
        if (p == 0) {
            unmap(found.start, found.size_bytes);
        }
    }
    *state = found.state & ~HEAP_FRESH;
    return p;
}

void *__heap_memory_take(size_t size_bytes, size_t alignment, size_t offset,
                         int in_parts, enum heap_memory_state *state)
{
    char *p = 0;

    if (alignment == HEAP_SEGMENT_BYTES && offset % HEAP_SEGMENT_BYTES == 0) {
        p = take_kept(size_bytes, in_parts, state);
    }
    if (p != 0) {
        return p;
    }
    in_parts = in_parts && size_bytes > HEAP_FIRST_BYTES;
    p = map_aligned(size_bytes, alignment, offset,
                    in_parts ? PROT_NONE : PROT_READ | PROT_WRITE);
    if (p == 0) {
        forget_oldest(KEPT_BYTES); /* and so all: it may be what is missing */
        p = map_aligned(size_bytes, alignment, offset,
                        in_parts ? PROT_NONE : PROT_READ | PROT_WRITE);
    }
    if (p == 0) {
        return 0;
    }
    if (in_parts && __heap_memory_open(p, HEAP_FIRST_BYTES) != 0) {
        unmap(p, size_bytes);
        return 0;
    }
    *state = HEAP_FRESH | (in_parts ? HEAP_PARTS : 0);
    return p;
}

int __heap_memory_open(void *start, size_t size_bytes)
{
    return __mprotect(start, size_bytes, PROT_READ | PROT_WRITE);
}

void __heap_memory_give(void *start, size_t size_bytes,
                        enum heap_memory_state state)
{
    int is_kept = 0;

    if (size_bytes <= KEPT_BYTES / 2) {
        forget_oldest(size_bytes);
        LOCK(lock);
        turn++;
        for (struct range *r = kept;
             r < kept + KEPT_RANGES && kept_bytes + size_bytes <= KEPT_BYTES;
             r++) {
            if (r->size_bytes == 0) {
                *r = (struct range){start, size_bytes, state, turn};
                kept_bytes += size_bytes;
                is_kept = 1;
                break;
            }
        }
        UNLOCK(lock);
    }
    if (!is_kept) {
        unmap(start, size_bytes);
    }
}

size_t __heap_memory_kept(void)
{
    size_t bytes;

    LOCK(lock);
    bytes = kept_bytes;
    UNLOCK(lock);
    return bytes;
}

void __heap_memory_trim(size_t pad_bytes)
{
    forget_oldest(pad_bytes < KEPT_BYTES ? KEPT_BYTES - pad_bytes : 0);
}

size_t __heap_memory_returns(void)
{
    return returns;
}

void *__heap_memory_resize(void *start, size_t old_bytes, size_t new_bytes)
{
    char *target;

    if (__mremap(start, old_bytes, new_bytes, 0) != MAP_FAILED) {
        return start;
    }
    target = map_aligned(new_bytes, HEAP_SEGMENT_BYTES, 0, PROT_NONE);
    if (target == 0) {
        return 0;
    }
    if (__mremap(start, old_bytes, new_bytes, MREMAP_MAYMOVE | MREMAP_FIXED,
                 target) == MAP_FAILED) {
        unmap(target, new_bytes);
        return 0;
    }
    return target;
}

/* --- what describes a thread's heap --- */

/* Blocks nobody uses, linked by their first word; the first thread needs no system
 * call for its own. */
union block {
    union block *next;
    char bytes[HEAP_THREAD_BYTES];
};
static _Alignas(POPCORN_PAGE_SIZE) union block first;
static union block *blocks;
static int first_is_used;

#define BLOCKS_AT_ONCE 8

static union block *take_locked(void)
{
    union block *block = blocks;

    if (block != 0) {
        blocks = block->next;
    } else if (!first_is_used) {
        first_is_used = 1;
        block = &first;
    }
    return block;
}

static void give_locked(union block *block)
{
    block->next = blocks;
    blocks = block;
}

void *__heap_thread_take(void)
{
    union block *block, *more;

    LOCK(lock);
    block = take_locked();
    UNLOCK(lock);
    if (block != 0) {
        return block;
    }
    more = (union block *)map(BLOCKS_AT_ONCE * sizeof *more,
                              PROT_READ | PROT_WRITE);
    if (more == 0) {
        return 0;
    }
    LOCK(lock);
    for (int i = 1; i < BLOCKS_AT_ONCE; i++) {
        give_locked(more + i);
    }
    UNLOCK(lock);
    return more;
}

void __heap_thread_give(void *block)
{
    LOCK(lock);
    give_locked(block);
    UNLOCK(lock);
}

void __heap_memory_atfork(int who)
{
    if (who < 0) {
        LOCK(lock);
    } else if (who == 0) {
        UNLOCK(lock);
    } else {
        lock[0] = 0;
    }
}
