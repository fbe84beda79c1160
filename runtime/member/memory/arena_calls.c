/* The arena: all memory a program maps, at home.
 *
 * On each node the arena is one MAP_SHARED mapping of the node's memfd, which
 * grows in steps.  Which parts of it the program has mapped only home knows
 * (extents.c); "unmapping" drops the contents.  Invariants:
 *
 *  1. What lies outside all extents, below the high-water mark, has no contents
 *     and may not be accessed: its protection is PROT_NONE.
 *  2. Protections are the same on every node (protection.c).
 *
 * What cannot be coherent (files mapped MAP_SHARED, executable memory) is left
 * to the kernel, and the program is pinned to its home from then on.
 */
#include "runtime/member/memory/extents.h"
#include "runtime/member/memory/memory.h"

static int is_aligned(uint64_t address)
{
    return (address & (POPCORN_PAGE_SIZE - 1)) == 0;
}

void popcorn_arena_start(uint64_t used_end)
{
    struct extent stack = {POPCORN_ARENA_BASE, used_end,
                           NEUTRAL_PROT_READ_WRITE, 0};
    struct extent data = {popcorn_data_start(), popcorn_data_end(),
                          NEUTRAL_PROT_READ_WRITE, 0};

    if (extents_init(POPCORN_ARENA_BASE, POPCORN_ARENA_END) != 0 ||
        popcorn_arena_reach_locked(&popcorn_main_seat, used_end) != 0 ||
        popcorn_protect_locked(stack.start, stack.end,
                               NEUTRAL_PROT_READ_WRITE) != 0) {
        popcorn_fatal("cannot map the program's memory: is the address space "
                      "limited (ulimit -v)?");
    }
    extents_add(&stack);
    if (data.end > data.start) {
        extents_add(&data);
    }
}

/* The contents go, everywhere. Where pages have states the agent does it alone:
 * another thread may write one meanwhile. */
static void drop(uint64_t start, uint64_t end)
{
    if (popcorn_member.ever_moved && !popcorn_member.agent_lost) {
        popcorn_ask(popcorn_seat(), POPCORN_RANGE_DROP, start, end,
                    POPCORN_RANGE_DROP_ACK, NULL);
        return;
    }
    isa_syscall(NEUTRAL_fallocate, popcorn_member.arena_file,
                NEUTRAL_FALLOC_KEEP_SIZE | NEUTRAL_FALLOC_PUNCH_HOLE,
                (long)popcorn_file_offset(start), (long)(end - start), 0, 0);
}

/* Gives back what extents lie in the range; restores invariant 1. */
static long release(uint64_t start, uint64_t end)
{
    uint64_t low = end, high = start;

    for (uint64_t i = extents_find(start);
         i < extents_count() && extents_at(i)->start < end; i++) {
        const struct extent *extent = extents_at(i);

        if (low == end) {
            low = extent->start > start ? extent->start : start;
        }
        high = extent->end < end ? extent->end : end;
    }
    if (low < high) {
        popcorn_protect_locked(low, high, NEUTRAL_PROT_NONE);
        drop(low, high);
    }
    return extents_remove(start, end);
}

/* Finds (or, if `fixed`, clears) a range and enters it. */
static long reserve(uint64_t address, uint64_t size_bytes, long map_flags,
                    uint32_t protection, uint32_t flags)
{
    struct extent added = {0, 0, protection, flags};
    int fixed =
        (map_flags & (NEUTRAL_MAP_FIXED | NEUTRAL_MAP_FIXED_NOREPLACE)) != 0;
    long result;

    if (!fixed) {
        address =
            extents_find_free(size_bytes, round_up(address, POPCORN_PAGE_SIZE));
    } else if ((map_flags & NEUTRAL_MAP_FIXED_NOREPLACE) != 0 &&
               !extents_is_free(address, address + size_bytes)) {
        return -NEUTRAL_EEXIST;
    } else {
        result = release(address, address + size_bytes);
        if (result != 0) {
            return result;
        }
    }
    if (address == 0 ||
        popcorn_arena_reach_locked(popcorn_seat(), address + size_bytes) != 0) {
        return -NEUTRAL_ENOMEM;
    }
    added.start = address;
    added.end = address + size_bytes;
    result = extents_add(&added);
    if (result == 0 && protection != NEUTRAL_PROT_NONE) {
        result = popcorn_protect_locked(added.start, added.end, protection);
        if (result != 0) {
            extents_remove(added.start, added.end);
        }
    }
    return result != 0 ? result : (long)address;
}

static long protect(uint64_t start, uint64_t end, uint32_t protection)
{
    long result = popcorn_protect_locked(start, end, protection);

    return result == 0 ? extents_protect(start, end, protection) : result;
}

static long read_file(uint64_t address, uint64_t size_bytes, long file,
                      long offset)
{
    uint64_t done = 0;

    while (done < size_bytes) {
        long got =
            isa_syscall(NEUTRAL_pread64, file, (long)(address + done),
                        (long)(size_bytes - done), offset + (long)done, 0, 0);
        if (got == -NEUTRAL_EINTR) {
            continue;
        }
        if (got < 0) {
            return got;
        }
        if (got == 0) {
            break;
        }
        done += (uint64_t)got;
    }
    return 0;
}

static long map_by_kernel(const long a[6])
{
    long result = isa_syscall(NEUTRAL_mmap, a[0], a[1], a[2], a[3], a[4], a[5]);

    if (result >= 0 || result < -4095) {
        popcorn_pin((a[2] & NEUTRAL_PROT_EXEC) != 0 ? POPCORN_PIN_EXECUTABLE
                                                    : POPCORN_PIN_SHARED_FILE);
    }
    return result;
}

/* What the kernel says to mapping this file (EACCES, ENODEV, EOVERFLOW, ...):
 * 0 or a negative errno. */
static long try_file(const long a[6])
{
    long mapped = isa_syscall(NEUTRAL_mmap, 0, a[1], a[2], NEUTRAL_MAP_PRIVATE,
                              a[4], a[5]);

    if (mapped < 0) {
        return mapped;
    }
    return isa_syscall(NEUTRAL_munmap, mapped, a[1], 0, 0, 0, 0);
}

static long map(const long a[6])
{
    uint64_t address = (uint64_t)a[0];
    uint64_t size_bytes = round_up((uint64_t)a[1], POPCORN_PAGE_SIZE);
    int anonymous = (a[3] & NEUTRAL_MAP_ANONYMOUS) != 0;
    int is_private = (a[3] & NEUTRAL_MAP_TYPE) == NEUTRAL_MAP_PRIVATE;
    int fixed = (a[3] & (NEUTRAL_MAP_FIXED | NEUTRAL_MAP_FIXED_NOREPLACE)) != 0;
    int inside = address >= POPCORN_ARENA_BASE && address < POPCORN_ARENA_END;
    uint32_t flags =
        (anonymous ? 0 : EXTENT_FILE) | (is_private ? 0 : EXTENT_SHARED);
    uint32_t protection = (uint32_t)a[2];
    long result;

    if (size_bytes == 0 || size_bytes < (uint64_t)a[1]) {
        return a[1] == 0 ? -NEUTRAL_EINVAL : -NEUTRAL_ENOMEM;
    }
    if (popcorn_map_pins(a) || (fixed && !inside)) {
        if (fixed && inside) {
            return -NEUTRAL_ENOMEM;
        }
        return map_by_kernel(a);
    }
    if ((fixed && !is_aligned(address)) || !is_aligned((uint64_t)a[5]) ||
        (fixed && size_bytes > POPCORN_ARENA_END - address)) {
        return -NEUTRAL_EINVAL;
    }
    result = anonymous ? 0 : try_file(a);
    if (result == 0) {
        result =
            reserve(inside ? address : 0, size_bytes, a[3],
                    anonymous ? protection : NEUTRAL_PROT_READ_WRITE, flags);
    }
    if (result < 0) {
        return result;
    }
    address = (uint64_t)result;
    if (!anonymous) {
        result = read_file(address, size_bytes, a[4], a[5]);
        if (result == 0 && protection != NEUTRAL_PROT_READ_WRITE) {
            result = protect(address, address + size_bytes, protection);
        }
    }
    if (result < 0) {
        release(address, address + size_bytes);
        return result;
    }
    return (long)address;
}

static long move_extent(uint64_t old, uint64_t old_bytes, uint64_t new_bytes,
                        const long a[6], struct extent before)
{
    int fixed = (a[3] & NEUTRAL_MREMAP_FIXED) != 0;
    uint64_t target = fixed ? (uint64_t)a[4] : 0;
    uint64_t copied = old_bytes < new_bytes ? old_bytes : new_bytes;
    long result;

    if (fixed && (!is_aligned(target) || target < POPCORN_ARENA_BASE ||
                  target >= POPCORN_ARENA_END ||
                  new_bytes > POPCORN_ARENA_END - target ||
                  (target < old + old_bytes && old < target + new_bytes))) {
        return -NEUTRAL_EINVAL;
    }
    result = reserve(target, new_bytes, fixed ? NEUTRAL_MAP_FIXED : 0,
                     NEUTRAL_PROT_READ_WRITE, before.flags);
    if (result < 0) {
        return result;
    }
    target = (uint64_t)result;
    if (before.protection != NEUTRAL_PROT_READ_WRITE) {
        protect(old, old + old_bytes, NEUTRAL_PROT_READ_WRITE);
    }
    popcorn_copy((void *)(uintptr_t)target, (const void *)(uintptr_t)old,
                 copied);
    release(old, old + old_bytes);
    if (before.protection != NEUTRAL_PROT_READ_WRITE) {
        protect(target, target + new_bytes, before.protection);
    }
    return (long)target;
}

static long grow_in_place(uint64_t end, uint64_t new_end, struct extent like)
{
    if (new_end > POPCORN_ARENA_END || !extents_is_free(end, new_end)) {
        return -NEUTRAL_ENOMEM;
    }
    return reserve(end, new_end - end, NEUTRAL_MAP_FIXED, like.protection,
                   like.flags);
}

/* One mapping to the kernel, which moves no more at a time. */
static int is_one_mapping(uint64_t start, uint64_t end)
{
    uint64_t first = extents_find(start);

    for (uint64_t i = first; i < extents_count() && extents_at(i)->start < end;
         i++) {
        if (extents_at(i)->protection != extents_at(first)->protection ||
            extents_at(i)->flags != extents_at(first)->flags) {
            return 0;
        }
    }
    return extents_is_mapped(start, end);
}

static long remap(const long a[6])
{
    uint64_t old = (uint64_t)a[0];
    uint64_t old_bytes = round_up((uint64_t)a[1], POPCORN_PAGE_SIZE);
    uint64_t new_bytes = round_up((uint64_t)a[2], POPCORN_PAGE_SIZE);
    struct extent before;

    if (!is_aligned(old) || old_bytes == 0 || new_bytes == 0 ||
        new_bytes > POPCORN_ARENA_SIZE ||
        (a[3] & ~(long)(NEUTRAL_MREMAP_MAYMOVE | NEUTRAL_MREMAP_FIXED)) != 0) {
        return -NEUTRAL_EINVAL;
    }
    if (!is_one_mapping(old, old + old_bytes)) {
        return -NEUTRAL_EFAULT;
    }
    before = *extents_at(extents_find(old));
    if ((a[3] & NEUTRAL_MREMAP_FIXED) == 0) {
        if (new_bytes <= old_bytes) {
            release(old + new_bytes, old + old_bytes);
            return (long)old;
        }
        if ((before.flags & EXTENT_FILE) == 0 &&
            grow_in_place(old + old_bytes, old + new_bytes, before) > 0) {
            return (long)old;
        }
        if ((a[3] & NEUTRAL_MREMAP_MAYMOVE) == 0) {
            return -NEUTRAL_ENOMEM;
        }
    }
    if ((before.flags & EXTENT_FILE) != 0 && new_bytes > old_bytes) {
        return -NEUTRAL_ENOMEM; /* the file is no longer known */
    }
    return move_extent(old, old_bytes, new_bytes, a, before);
}

static long advise(uint64_t start, uint64_t end, long advice)
{
    uint32_t flags = extents_flags(start, end);

    /* What is not known here might change what the memory holds. */
    if (advice < 0 || advice > NEUTRAL_MADV_POPULATE_WRITE ||
        advice == NEUTRAL_MADV_WIPEONFORK) {
        return -NEUTRAL_EINVAL;
    }
    if (!extents_is_mapped(start, end)) {
        return -NEUTRAL_ENOMEM;
    }
    if (advice == NEUTRAL_MADV_REMOVE) {
        drop(start, end);
    } else if (advice == NEUTRAL_MADV_DONTNEED) {
        if ((flags & EXTENT_FILE) != 0) {
            return -NEUTRAL_EINVAL; /* would have to be read again */
        }
        if ((flags & EXTENT_SHARED) == 0) {
            drop(start, end);
        }
    }
    return 0;
}

static long change_protection(uint64_t start, uint64_t end, long protection)
{
    if (!extents_is_mapped(start, end)) {
        return -NEUTRAL_ENOMEM;
    }
    if ((protection & NEUTRAL_PROT_EXEC) != 0) {
        popcorn_pin(POPCORN_PIN_EXECUTABLE);
    }
    return protect(start, end, (uint32_t)protection);
}

static long serve(long n, const long a[6], int *handled)
{
    uint64_t start = (uint64_t)a[0];
    uint64_t end = start + round_up((uint64_t)a[1], POPCORN_PAGE_SIZE);

    if (n == NEUTRAL_mmap) {
        return map(a);
    }
    if (start < POPCORN_ARENA_BASE || start >= POPCORN_ARENA_END) {
        *handled = n == NEUTRAL_mprotect && is_aligned(start) &&
                   start >= popcorn_data_start() && start <= end &&
                   end <= popcorn_data_end();
        return *handled ? change_protection(start, end, a[2]) : 0;
    }
    if (!is_aligned(start) || end < start || end > POPCORN_ARENA_END) {
        return -NEUTRAL_EINVAL;
    }
    switch (n) {
    case NEUTRAL_munmap:
        return end == start ? -NEUTRAL_EINVAL : release(start, end);
    case NEUTRAL_mremap:
        return remap(a);
    case NEUTRAL_mprotect:
        return change_protection(start, end, a[2]);
    case NEUTRAL_madvise:
        return advise(start, end, a[2]);
    case NEUTRAL_msync:
        return extents_is_mapped(start, end) ? 0 : -NEUTRAL_ENOMEM;
    case NEUTRAL_mincore:
        if (!extents_is_mapped(start, end)) {
            return -NEUTRAL_ENOMEM;
        }
        for (uint64_t i = 0; i < (end - start) / POPCORN_PAGE_SIZE; i++) {
            ((char *)a[2])[i] = 1;
        }
        return 0;
    }
    return -NEUTRAL_ENOSYS;
}

/* Memory the kernel must map: it cannot be coherent. */
int popcorn_map_pins(const long a[6])
{
    return (a[2] & NEUTRAL_PROT_EXEC) != 0 ||
           ((a[3] & NEUTRAL_MAP_TYPE) != NEUTRAL_MAP_PRIVATE &&
            (a[3] & NEUTRAL_MAP_ANONYMOUS) == 0);
}

long popcorn_arena_call(long n, const long a[6], int *handled)
{
    uint64_t mask;
    long result;

    *handled = 1;
    if (n == NEUTRAL_brk) {
        return 0; /* never grows: libc falls back to mmap */
    }
    mask = popcorn_lock();
    result = serve(n, a, handled);
    popcorn_unlock(mask);
    popcorn_await_pinned(); /* nobody knows the address before it returns */
    return result;
}

void popcorn_arena_unmap(uint64_t start, uint64_t size_bytes)
{
    const long arguments[6] = {(long)start, (long)size_bytes};
    int handled;

    popcorn_arena_call(NEUTRAL_munmap, arguments, &handled);
    if (!handled) {
        isa_syscall(NEUTRAL_munmap, (long)start, (long)size_bytes, 0, 0, 0, 0);
    }
}
