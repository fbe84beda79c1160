/* Creates threads and frees their control stacks, in a program that runs by
 * itself; under `popcorn run` runtime/member/calls/threads.c does.
 *
 * The control stacks in use are in a table, found again by an address on them:
 * nothing in shared memory and no thread-local word has to say where a
 * node-local stack is.  Slots are taken and given back with one atomic
 * operation each, so fork in another thread and signal handlers are harmless.
 */
#include "libc-musl-patched/native/thread.h"
#include "isa/libc_entry.h"
#include "isa/native.h"
#include "isa/native_libc.h"
#include "isa/neutral/abi.h"
#include "runtime/base/align.h"
#include "runtime/base/layout.h"

#define MAX_THREADS 16384

static struct control_stack {
    uint64_t base; /* 0: free */
    uint64_t bytes;
} stacks[MAX_THREADS];

/* Runtime entry of a system call at home: memory calls may concern the arena. */
long popcorn_syscall_local(long n, long a, long b, long c, long d, long e,
                           long f);

static struct control_stack *take_slot(uint64_t base, uint64_t bytes)
{
    for (unsigned i = 0; i < MAX_THREADS; i++) {
        uint64_t free = 0;

        if (__atomic_compare_exchange_n(&stacks[i].base, &free, base, 0,
                                        __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
            __atomic_store_n(&stacks[i].bytes, bytes, __ATOMIC_RELEASE);
            return &stacks[i];
        }
    }
    return 0;
}

static void give_back_slot(struct control_stack *slot)
{
    __atomic_store_n(&slot->bytes, 0, __ATOMIC_RELEASE);
    __atomic_store_n(&slot->base, 0, __ATOMIC_RELEASE);
}

static struct control_stack *slot_of(uint64_t address)
{
    for (unsigned i = 0; i < MAX_THREADS; i++) {
        uint64_t base = __atomic_load_n(&stacks[i].base, __ATOMIC_ACQUIRE);

        if (base != 0 && address - base < __atomic_load_n(&stacks[i].bytes,
                                                          __ATOMIC_ACQUIRE)) {
            return &stacks[i];
        }
    }
    return 0;
}

static uint64_t map_stack(uint64_t bytes)
{
    long base = isa_syscall(
        NEUTRAL_mmap, 0, (long)bytes, NEUTRAL_PROT_READ_WRITE,
        NEUTRAL_MAP_PRIVATE | NEUTRAL_MAP_ANONYMOUS | NEUTRAL_MAP_NORESERVE, -1,
        0);

    if (base < 0) {
        return 0;
    }
    if (isa_syscall(NEUTRAL_mprotect, base, POPCORN_GUARD_BYTES, 0, 0, 0, 0) <
        0) {
        isa_syscall(NEUTRAL_munmap, base, (long)bytes, 0, 0, 0, 0);
        return 0;
    }
    return (uint64_t)base;
}

long popcorn_thread_create(unsigned long flags,
                           const struct popcorn_thread_start *start, int *ptid,
                           void *tls_block, int *ctid)
{
    uint64_t bytes = start->control_bytes;
    uint64_t base;
    struct control_stack *slot;
    long id;

    if ((flags & NEUTRAL_CLONE_VM) == 0 ||
        (flags & NEUTRAL_CLONE_SETTLS) == 0) {
        return -NEUTRAL_EINVAL;
    }
    if (bytes < POPCORN_CONTROL_STACK_LEAST) {
        bytes = POPCORN_CONTROL_STACK_LEAST;
    }
    bytes = round_up(bytes, POPCORN_GUARD_BYTES) + POPCORN_GUARD_BYTES;
    base = map_stack(bytes);
    if (base == 0) {
        return -NEUTRAL_EAGAIN;
    }
    slot = take_slot(base, bytes);
    id = slot == 0 ? -NEUTRAL_EAGAIN
                   : isa_clone_thread(flags, (void *)(uintptr_t)(base + bytes),
                                      ptid, isa_thread_pointer_of(tls_block),
                                      ctid, start->function, start->argument);
    if (id < 0) {
        if (slot != 0) {
            give_back_slot(slot);
        }
        isa_syscall(NEUTRAL_munmap, (long)base, (long)bytes, 0, 0, 0, 0);
    }
    return id;
}

void popcorn_leave_control_stack(void)
{
    struct control_stack *slot =
        slot_of((uint64_t)(uintptr_t)__builtin_frame_address(0));
    uint64_t all_signals = ~(uint64_t)0;
    uint64_t base, bytes;

    if (slot == 0) {
        return;
    }
    isa_syscall(NEUTRAL_rt_sigprocmask, NEUTRAL_SIG_SETMASK,
                (long)(uintptr_t)&all_signals, 0, 8, 0, 0);
    base = slot->base;
    bytes = slot->bytes;
    give_back_slot(slot);
    isa_unmap_and_exit((void *)(uintptr_t)base, bytes);
}

void popcorn_thread_exit(void *base, uint64_t bytes)
{
    uint64_t all_signals = ~(uint64_t)0;

    isa_syscall(NEUTRAL_rt_sigprocmask, NEUTRAL_SIG_SETMASK,
                (long)(uintptr_t)&all_signals, 0, 8, 0, 0);
    if (bytes != 0) {
        popcorn_syscall_local(NEUTRAL_munmap, (long)(uintptr_t)base,
                              (long)bytes, 0, 0, 0, 0);
    }
    popcorn_leave_control_stack();
    for (;;) {
        popcorn_syscall_local(NEUTRAL_exit, 0, 0, 0, 0, 0, 0);
    }
}

long popcorn_process_clone_flags(unsigned long flags, long stack)
{
    unsigned long shared = NEUTRAL_CLONE_VM | NEUTRAL_CLONE_VFORK;

    if (stack == 0 && (flags & shared) == shared) {
        flags &= ~shared;
    }
    if (stack != 0 || (flags & (NEUTRAL_CLONE_VM | NEUTRAL_CLONE_THREAD |
                                NEUTRAL_CLONE_SETTLS)) != 0) {
        return -NEUTRAL_EINVAL;
    }
    return (long)flags;
}
