/* malloc, free and realloc: mimalloc's core over our memory, in one translation unit.
 *
 * mimalloc keeps each thread's blocks in segments of its own, and blocks of one size
 * in pages of 64 KiB and more within these, so threads on different nodes share no
 * page by accident.  What it has around that core is ours instead:
 *
 *   its memory     (os.c, arena.c, segment-cache.c)  memory.c
 *   threads        (init.c)      a heap is made at a thread's first malloc and given
 *                                back in pthread_exit (overlay/src/thread/pthread_create.c);
 *                                no constructor, no key, nothing at exit
 *   options        (options.c)   constants: no environment, no messages
 *   time           (stats.c)     counted in the thread's own slow mallocs: no clock
 *   random numbers (random.c)    none: only its secure modes need them
 *
 * Names of mimalloc have "__" before them here (mimalloc.cmake).
 *
 * Invariants:
 *  1. A segment's thread_id is the address of its owner's __mi_heap_default, 0 when
 *     the owner has ended: the same on every node, so a thread owns its blocks
 *     wherever it is.
 *  2. A heap is used by its thread alone.  Others reach it through atomic words of
 *     its pages (xthread_free) and of its own (thread_delayed_free).
 *  3. free leaves errno alone; what returns null has set it to ENOMEM.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "atomic.h"
#include "dynlink.h"
#include "fork_impl.h"
#include "libc.h"
#include "syscall.h"

#include "libc-musl-patched/heap/heap.h"
#include "libc-musl-patched/heap/memory.h"

/* mimalloc waits by sleep(0), which a thread could be cancelled in. */
#define sleep(seconds) ((void)__syscall(SYS_sched_yield))

#ifdef HEAP_CHECKED
#include "libc-musl-patched/heap/checked.h"
#else
#define NDEBUG
#include "mimalloc/include/mimalloc.h"

#include "mimalloc/include/mimalloc-internal.h"

/* It goes on after an error; a list that is corrupt is none to go on with. */
#define ___mi_error_message(error, ...)                                        \
    ((error) == EFAULT ? a_crash() : (void)0)
#define ___mi_warning_message(...) ((void)0)
#endif

_Static_assert(MI_SEGMENT_SIZE == HEAP_SEGMENT_BYTES &&
                   MI_SEGMENT_SLICE_SIZE == HEAP_SLICE_BYTES,
               "memory.h says how large segments and slices are");

/* --- what the core asks of the rest --- */

#define DECOMMIT_DELAY 100 /* slow mallocs of the thread */

long __mi_option_get(__mi_option_t option)
{
    switch (option) {
    case __mi_option_eager_commit:
    case __mi_option_allow_decommit:
    case __mi_option_eager_commit_delay: /* a thread's first segment: in parts */
    case __mi_option_decommit_extend_delay:
        return 1;
    case __mi_option_decommit_delay:
        return DECOMMIT_DELAY;
    case __mi_option_max_segment_reclaim:
        return 8;
    default:
        return 0;
    }
}

_Bool __mi_option_is_enabled(__mi_option_t option)
{
    return __mi_option_get(option) != 0;
}

long __mi_option_get_clamp(__mi_option_t option, long least, long most)
{
    long value = __mi_option_get(option);

    return value < least ? least : value > most ? most : value;
}

void ___mi_stat_increase(__mi_stat_count_t *count, size_t by) {}

void ___mi_stat_decrease(__mi_stat_count_t *count, size_t by) {}

/* So that a thread's first segment is taken in parts. */
size_t ___mi_current_thread_count(void)
{
    return 2;
}

/* Asked of a thread that is out of memory: it takes over what has no owner. */
_Bool ___mi_is_main_thread(void)
{
    return 1;
}

__mi_msecs_t ___mi_clock_now(void)
{
    return (__mi_msecs_t)__mi_get_default_heap()->tld->heartbeat;
}

/* Keys that links are encoded with where they are checked. */
uintptr_t ___mi_random_next(__mi_random_ctx_t *context)
{
    return (uintptr_t)0x9e3779b97f4a7c15;
}

void ___mi_random_split(__mi_random_ctx_t *context, __mi_random_ctx_t *other) {}

size_t ___mi_os_page_size(void)
{
    return PAGE_SIZE;
}

/* Sizes of large blocks: steps of an eighth at most, so that a range that is kept
 * fits the next who wants about as much. */
size_t ___mi_os_good_alloc_size(size_t size)
{
    size_t step = HEAP_SLICE_BYTES;

    while (step < size / 16 && step < HEAP_SEGMENT_BYTES) {
        step *= 2;
    }
    return (size + step - 1) & -step;
}

static enum heap_memory_state state_of(const __mi_segment_t *segment)
{
    return (enum heap_memory_state)segment->memid;
}

/* A segment is marked in its memid, which it has not got before it is open. */
_Bool ___mi_os_commit(void *start, size_t size, _Bool *is_zero,
                      __mi_stats_t *stats)
{
    __mi_segment_t *segment = ___mi_ptr_segment((char *)start + 1);

    if ((char *)start + size <= (char *)segment + HEAP_FIRST_BYTES ||
        (state_of(segment) & HEAP_PARTS) == 0) {
        return 1;
    }
    return __heap_memory_open(start, size) == 0;
}

_Bool ___mi_os_decommit(void *start, size_t size, __mi_stats_t *stats)
{
    __heap_memory_drop(start, size);
    return 1;
}

void *___mi_arena_alloc_aligned(size_t size, size_t alignment, size_t offset,
                                _Bool *commit, _Bool *large, _Bool *is_pinned,
                                _Bool *is_zero, __mi_arena_id_t arena,
                                size_t *memid, __mi_os_tld_t *tld)
{
    enum heap_memory_state state;
    void *p = __heap_memory_take(size, alignment, offset, !*commit, &state);

    *large = *is_pinned = 0;
    if (p != 0) {
        *commit = (state & HEAP_PARTS) == 0;
        *is_zero = (state & HEAP_FRESH) != 0;
        *memid = state;
    }
    return p;
}

void ___mi_arena_free(void *p, size_t size, size_t alignment, size_t offset,
                      size_t memid, _Bool all_committed, __mi_stats_t *stats)
{
    __heap_memory_give(p, size, (enum heap_memory_state)memid);
}

__mi_arena_id_t ___mi_arena_id_none(void)
{
    return 0;
}

_Bool ___mi_arena_memid_is_suitable(size_t memid, __mi_arena_id_t arena)
{
    return 1;
}

void *___mi_segment_cache_pop(size_t size, __mi_commit_mask_t *commit,
                              __mi_commit_mask_t *decommit, _Bool *large,
                              _Bool *is_pinned, _Bool *is_zero,
                              __mi_arena_id_t arena, size_t *memid,
                              __mi_os_tld_t *tld)
{
    return 0;
}

_Bool ___mi_segment_cache_push(void *start, size_t size, size_t memid,
                               const __mi_commit_mask_t *commit,
                               const __mi_commit_mask_t *decommit,
                               _Bool is_large, _Bool is_pinned,
                               __mi_os_tld_t *tld)
{
    return 0;
}

void ___mi_segment_cache_collect(_Bool force, __mi_os_tld_t *tld) {}

void ___mi_segment_map_allocated_at(const __mi_segment_t *segment) {}

void ___mi_segment_map_freed_at(const __mi_segment_t *segment) {}

/* --- heaps of threads --- */

const __mi_page_t ___mi_page_empty;

/* The heap of a thread that has not allocated: each size finds an empty page. */
const __mi_heap_t ___mi_heap_empty = {
    .pages_free_direct = {[0 ... MI_PAGES_DIRECT - 1] =
                              (__mi_page_t *)&___mi_page_empty}};

_Thread_local __mi_heap_t *___mi_heap_default =
    (__mi_heap_t *)&___mi_heap_empty;

__mi_heap_t ___mi_heap_main; /* named in mimalloc's headers; not used */

struct thread_heap {
    __mi_heap_t heap; /* first: given back by its address */
    __mi_tld_t tld;
};
_Static_assert(sizeof(struct thread_heap) <= HEAP_THREAD_BYTES,
               "a thread's heap does not fit its block");

/* In words, as mimalloc's _mi_bin counts: eight exact, then four to a power of 2. */
static size_t bin_words(unsigned bin)
{
    return bin <= 8 ? bin : (size_t)(5 + (bin - 9) % 4) << (1 + (bin - 9) / 4);
}

static void make(struct thread_heap *made)
{
    __mi_heap_t *heap = &made->heap;
    __mi_tld_t *tld = &made->tld;

    memset(made, 0, sizeof *made);
    for (unsigned i = 0; i < MI_PAGES_DIRECT; i++) {
        heap->pages_free_direct[i] = (__mi_page_t *)&___mi_page_empty;
    }
    heap->pages[0].block_size = sizeof(uintptr_t);
    for (unsigned bin = 1; bin < MI_BIN_HUGE; bin++) {
        heap->pages[bin].block_size = bin_words(bin) * sizeof(uintptr_t);
    }
    heap->pages[MI_BIN_HUGE].block_size =
        (MI_MEDIUM_OBJ_WSIZE_MAX + 1) * sizeof(uintptr_t);
    heap->pages[MI_BIN_FULL].block_size =
        (MI_MEDIUM_OBJ_WSIZE_MAX + 2) * sizeof(uintptr_t);
    heap->page_retired_min = MI_BIN_FULL;
    heap->thread_id = ___mi_thread_id();
    heap->tld = tld;
    tld->heap_backing = tld->heaps = heap;
    tld->segments.stats = tld->os.stats = &tld->stats;
    tld->segments.os = &tld->os;
#ifdef HEAP_CHECKED
    ___mi_heap_main.cookie = heap->cookie = 1;
    for (unsigned bin = 0; bin <= MI_SEGMENT_BIN_MAX; bin++) {
        tld->segments.spans[bin].slice_count = MI_SLICES_PER_SEGMENT;
    }
#endif
}

/* Called by the core when a thread has the empty heap. */
void __mi_thread_init(void)
{
    struct thread_heap *made;

    if (!__mi_heap_is_initialized(__mi_get_default_heap())) {
        made = __heap_thread_take();
        if (made != 0) {
            make(made);
            ___mi_heap_default = &made->heap;
        }
    }
}

void ___mi_heap_set_default_direct(__mi_heap_t *heap)
{
    ___mi_heap_default = heap;
}

#include "mimalloc/src/alloc.c"
/* Few mallocs come this far. */
#pragma clang attribute push(__attribute__((minsize)), apply_to = function)
#include "mimalloc/src/alloc-aligned.c"
#include "mimalloc/src/heap.c"
#include "mimalloc/src/page.c"
#include "mimalloc/src/segment.c"

/* Blocks that are still used stay where they are and have no owner, until another
 * thread needs memory and takes their segments over. */
void __heap_thread_done(void)
{
    __mi_heap_t *heap = __mi_get_default_heap();

    if (__mi_heap_is_initialized(heap)) {
        ___mi_heap_collect_abandon(heap);
        ___mi_heap_default = (__mi_heap_t *)&___mi_heap_empty;
        __heap_thread_give(heap);
    }
}

/* Another thread may have been in the middle of freeing a block of ours, or of taking
 * a segment without owner, when the process was copied; in the child nobody ends
 * that.  Its block is lost, nothing else. */
static _Bool is_freed_by_nobody(__mi_heap_t *heap, __mi_page_queue_t *queue,
                                __mi_page_t *page, void *a, void *b)
{
    uintptr_t word = atomic_load(&page->xthread_free);

    if (__mi_tf_delayed(word) == MI_DELAYED_FREEING) {
        atomic_store(&page->xthread_free,
                     __mi_tf_set_delayed(word, MI_USE_DELAYED_FREE));
    }
    return 1;
}

/* Whether the page is the first of its segment that is in use. */
static _Bool is_first(const __mi_segment_t *segment, const __mi_page_t *page)
{
    const __mi_slice_t *slice = &segment->slices[segment->segment_info_slices];

    while (slice != (const __mi_slice_t *)page && slice->xblock_size == 0) {
        slice += slice->slice_count;
    }
    return slice == (const __mi_slice_t *)page;
}

static _Bool describe_page(__mi_heap_t *heap, __mi_page_queue_t *queue,
                           __mi_page_t *page, void *argument, void *b)
{
    const __mi_segment_t *segment = ___mi_page_segment(page);
    struct mallinfo2 *info = argument;

    ___mi_page_free_collect(page, 0);
    if (segment->kind == MI_SEGMENT_HUGE) {
        info->hblks++;
        info->hblkhd += segment->segment_slices * HEAP_SLICE_BYTES;
        return 1;
    }
    if (is_first(segment, page)) {
        info->arena += HEAP_SEGMENT_BYTES;
    }
    info->ordblks += page->capacity - page->used;
    info->uordblks += page->used * __mi_page_block_size(page);
    return 1;
}

void __heap_describe(struct mallinfo2 *info)
{
    __mi_heap_t *heap = __mi_get_default_heap();

    if (__mi_heap_is_initialized(heap)) {
        ___mi_heap_delayed_free_all(heap);
        __mi_heap_visit_pages(heap, describe_page, info, 0);
        info->fordblks = info->arena - info->uordblks;
    }
    info->keepcost = __heap_memory_kept();
}

static _Bool drop_free_slices(__mi_heap_t *heap, __mi_page_queue_t *queue,
                              __mi_page_t *page, void *a, void *b)
{
    __mi_segment_delayed_decommit(___mi_page_segment(page), 1,
                                  heap->tld->segments.stats);
    return 1;
}

int __heap_trim(size_t pad)
{
    __mi_heap_t *heap = __mi_get_default_heap();
    size_t returns = __heap_memory_returns();

    if (__mi_heap_is_initialized(heap)) {
        __mi_heap_collect(heap, 1);
        __mi_heap_visit_pages(heap, drop_free_slices, 0, 0);
    }
    __heap_memory_trim(pad);
    return __heap_memory_returns() != returns;
}

void __malloc_atfork(int who)
{
    __heap_memory_atfork(who);
    if (who > 0) {
        atomic_store(&abandoned_readers, 0);
        __mi_heap_visit_pages(__mi_get_default_heap(), is_freed_by_nobody, 0,
                              0);
    }
}

#pragma clang attribute pop

/* --- the functions of libc --- */

/* Nothing is smaller than the alignment of every type. */
static size_t at_least(size_t size)
{
    return size < MI_MAX_ALIGN_SIZE ? MI_MAX_ALIGN_SIZE : size;
}

static void *or_no_memory(void *p)
{
    if (__mi_unlikely(p == 0)) {
        errno = ENOMEM;
    }
    return p;
}

void *__libc_malloc_impl(size_t size)
{
    return or_no_memory(__mi_malloc(at_least(size)));
}

void __libc_free(void *p)
{
    __mi_free(p);
}

/* Of a block that calloc has just got: is it all zeros? */
int __malloc_allzerop(void *p)
{
    const __mi_segment_t *segment = ___mi_ptr_segment(p);

    return segment->kind == MI_SEGMENT_HUGE &&
           (state_of(segment) & HEAP_FRESH) != 0 &&
           ((__mi_block_t *)p)->next == 0;
}

/* A block with a segment to itself grows and shrinks with it: the pages move, not
 * the bytes.  One that grows is likely to grow again: it gets address space for that.
 * Null: it cannot, and nothing has changed. */
static void *resize_segment(__mi_segment_t *segment, __mi_page_t *page,
                            size_t size)
{
    __mi_heap_t *heap = __mi_get_default_heap();
    size_t info_bytes = __mi_segment_info_size(segment);
    size_t old_bytes = __mi_segment_size(segment), new_bytes;
    __mi_segment_t *moved = 0;

    __mi_page_queue_remove(__mi_page_queue_of(page), page);
    if (size > old_bytes) {
        new_bytes = ___mi_os_good_alloc_size(size + size / 4) + info_bytes;
        moved = __heap_memory_resize(segment, old_bytes, new_bytes);
    }
    if (moved == 0) {
        new_bytes = ___mi_os_good_alloc_size(size) + info_bytes;
        moved = __heap_memory_resize(segment, old_bytes, new_bytes);
    }
    if (moved != 0) {
        segment = moved;
        segment->segment_slices = new_bytes / HEAP_SLICE_BYTES;
        segment->slice_entries = segment->segment_slices > MI_SLICES_PER_SEGMENT
                                     ? MI_SLICES_PER_SEGMENT
                                     : segment->segment_slices;
        segment->memid = HEAP_USED;
        segment->cookie = ___mi_ptr_cookie(segment);
        page = &segment->slices[segment->segment_info_slices];
        page->slice_count =
            (uint32_t)((new_bytes - info_bytes) / HEAP_SLICE_BYTES);
        page->xblock_size =
            (uint32_t)(new_bytes - info_bytes < MI_HUGE_BLOCK_SIZE
                           ? new_bytes - info_bytes
                           : MI_HUGE_BLOCK_SIZE);
    }
    __mi_page_queue_push(heap, &heap->pages[MI_BIN_HUGE], page);
    return moved == 0 ? 0 : ___mi_page_start(segment, page, 0);
}

/* A block that has a page of its own in a segment grows into free slices behind it.
 * Null: there are not enough. */
static void *extend_page(__mi_segment_t *segment, __mi_page_t *page,
                         size_t size)
{
    __mi_segments_tld_t *tld = &__mi_get_default_heap()->tld->segments;
    __mi_slice_t *slice = __mi_page_to_slice(page);
    __mi_slice_t *next = slice + slice->slice_count;
    size_t step =
        size > MI_MEDIUM_PAGE_SIZE ? MI_MEDIUM_PAGE_SIZE : HEAP_SLICE_BYTES;
    size_t slices = ((size + step - 1) & -step) / HEAP_SLICE_BYTES;
    size_t first = __mi_slice_index(slice), before = slice->slice_count;

    if (next >= __mi_segment_slices_end(segment) || next->xblock_size != 0 ||
        before + next->slice_count < slices) {
        return 0;
    }
    __mi_segment_span_remove_from_queue(next, tld);
    slice->slice_count += next->slice_count;
    __mi_segment_slice_split(segment, slice, slices, tld);
    page->xblock_size = 1; /* to the core, a span that is being taken */
    if (__mi_segment_span_allocate(segment, first, slices, tld) == 0) {
        page->slice_count = (uint32_t)before;
        page->xblock_size = (uint32_t)(before * HEAP_SLICE_BYTES);
        __mi_segment_span_free(segment, first + before, slices - before, 0,
                               tld);
        return 0;
    }
    segment->used--; /* which counts the page once more */
    return ___mi_page_start(segment, page, 0);
}

/* Null: the bytes have to be copied. */
static void *resize(void *p, size_t size)
{
    __mi_segment_t *segment = ___mi_ptr_segment(p);
    __mi_page_t *page = ___mi_segment_page_of(segment, p);

    if (segment->thread_id != ___mi_thread_id() ||
        __mi_page_has_aligned(page) || size > PTRDIFF_MAX) {
        return 0;
    }
    if (segment->kind == MI_SEGMENT_HUGE) {
        return size > MI_LARGE_OBJ_SIZE_MAX
                   ? resize_segment(segment, page, size)
                   : 0;
    }
    return size > page->xblock_size ? extend_page(segment, page, size) : 0;
}

/* A block of some pages that grows is likely to grow again: it gets address space
 * for that, which costs no memory until it is used; from GROWN_BYTES on a page of
 * its own, which extends. */
#define GROWING_BYTES ((size_t)8 * 1024)
#define GROWN_BYTES ((size_t)64 * 1024)

static void *copy_growing(void *p, size_t size)
{
    size += size / 4;
    if (size > GROWN_BYTES && size <= MI_MEDIUM_OBJ_SIZE_MAX) {
        size = MI_MEDIUM_OBJ_SIZE_MAX + 1;
    }
    return __mi_realloc(p, size);
}

void *__libc_realloc(void *p, size_t size)
{
    size_t usable = p == 0 ? 0 : __mi_usable_size(p);
    void *resized;

    if (usable >= GROWING_BYTES && (size > usable || size < usable / 2)) {
        resized = usable > MI_MEDIUM_OBJ_SIZE_MAX ? resize(p, size) : 0;
        if (resized == 0 && size > usable && size <= PTRDIFF_MAX / 2) {
            resized = copy_growing(p, size);
        }
        if (resized != 0) {
            return resized;
        }
    }
    return or_no_memory(__mi_realloc(p, at_least(size)));
}

/* Not __mi_malloc_aligned: of a power of 2 up to 1024 it takes any block of that
 * size, but blocks begin MI_MAX_ALIGN_GUARANTEE * 3 behind a page. */
void *__heap_aligned(size_t alignment, size_t size)
{
    return or_no_memory(
        __mi_malloc_aligned_at(at_least(size), at_least(alignment), 0));
}

size_t __heap_usable(const void *p)
{
    return __mi_usable_size(p);
}
