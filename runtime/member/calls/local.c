/* System calls of the thread where its kernel state is: standalone programs,
 * forked children, and the home node of a program under `popcorn run`.
 *
 * The standalone path is one comparison in front of isa_syscall().
 */
#include "isa/native_libc.h"
#include "isa/neutral/structs.h"
#include "runtime/member/calls/calls.h"

/* Null in a program that has no call which needs them. */
#pragma weak popcorn_memory_call
#pragma weak popcorn_special_call
#pragma weak popcorn_special_clock

enum code { CODE_PLAIN, CODE_MEMORY, CODE_SPECIAL };

/* The code of the runtime's own that is for call n. */
static enum code code_of(long n)
{
    enum code code = CODE_PLAIN;
    int present = 1;

    switch (n) {
#define MEMORY(name) case NEUTRAL_##name:
#include "runtime/base/call_needs.def"
        code = CODE_MEMORY;
        present = popcorn_memory_call != NULL;
        break;
#define SPECIAL(name) case NEUTRAL_##name:
#define PRIVATE(name) case POPCORN_CALL_##name:
#include "runtime/base/call_needs.def"
        code = CODE_SPECIAL;
        present = popcorn_special_call != NULL;
        break;
    }
    if (!present) {
        popcorn_fatal("a system call whose code is not in the program");
    }
    return code;
}

/* The agent writes statistics before the process is gone. */
void popcorn_leave_program(long status)
{
    uint32_t end = POPCORN_GOES_ON;

    if (!__atomic_compare_exchange_n(&popcorn_node_page()->end, &end,
                                     POPCORN_EXITS | (uint32_t)(status & 255)
                                                         << 8,
                                     0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
        popcorn_wait_for_end();
    }
    popcorn_block_signals();
    if (!popcorn_member.agent_lost) {
        popcorn_ask(popcorn_seat(), POPCORN_EXIT, (uint64_t)(status & 255) << 8,
                    0, POPCORN_EXIT_ACK, NULL);
    }
}

static int is_member(void)
{
    return popcorn_member.mode == POPCORN_HOME ||
           popcorn_member.mode == POPCORN_REMOTE;
}

static long request_move(long node)
{
    struct popcorn_node_page *page = popcorn_node_page();
    struct popcorn_seat *seat;

    if (!is_member()) {
        return -NEUTRAL_ENOTSUP;
    }
    if (node < 0 || node >= (long)page->node_count) {
        return -NEUTRAL_EINVAL;
    }
    if (node == (long)page->node_id) {
        return -NEUTRAL_EALREADY;
    }
    seat = popcorn_seat();
    seat->declined = POPCORN_DECLINE_NONE;
    seat->own_request = 1;
    __atomic_store_n(&page->thread[seat->thread].request_node,
                     (uint32_t)node + 1, __ATOMIC_RELAXED);
    __atomic_store_n(&page->poll_word, 1, __ATOMIC_RELEASE);
    return 0;
}

static long node_isa(long node, char *name)
{
    struct popcorn_node_page *page = popcorn_node_page();
    int alone = page->magic != POPCORN_NODE_PAGE_MAGIC;
    const char *from;

    if (node < 0 || node >= (alone ? 1 : (long)page->node_count)) {
        return -NEUTRAL_EINVAL;
    }
    from = alone ? popcorn_this_isa->name : page->isa[node];
    for (int i = 0; i < 16; i++) {
        name[i] = *from;
        from += *from != '\0';
    }
    name[15] = '\0';
    return 0;
}

static long is_lost(long node)
{
    return node >= 0 && node < POPCORN_MAX_NODES &&
           __atomic_load_n(&popcorn_node_page()->lost[node],
                           __ATOMIC_RELAXED) != 0;
}

long popcorn_private_call(long n, const long arguments[6])
{
    struct popcorn_node_page *page = popcorn_node_page();
    int alone = page->magic != POPCORN_NODE_PAGE_MAGIC;

    switch (n) {
    case POPCORN_CALL_REQUEST:
        return request_move(arguments[0]);
    case POPCORN_CALL_NODE:
        return page->node_id;
    case POPCORN_CALL_HOME_NODE:
        return page->home_id;
    case POPCORN_CALL_NODE_COUNT:
        return alone ? 1 : (long)page->node_count;
    case POPCORN_CALL_NODE_ISA:
        return node_isa(arguments[0], (char *)arguments[1]);
    case POPCORN_CALL_IS_LOST:
        return is_lost(arguments[0]);
    case POPCORN_CALL_DECLINED:
        return popcorn_member.mode == POPCORN_CHILD ? POPCORN_DECLINE_CHILD
               : is_member()                        ? popcorn_seat()->declined
                                                    : 0;
    case POPCORN_CALL_MOVES:
        return is_member() ? (long)popcorn_seat()->moves : 0;
    case POPCORN_CALL_RESULT:
        return arguments[0];
    case POPCORN_CALL_MASK:
        return (long)popcorn_signals_mask();
    case POPCORN_CALL_FAULT:
        return (long)popcorn_signals_fault(arguments[0], arguments[1] != 0);
    case POPCORN_CALL_IS_MAPPED:
        return popcorn_arena_is_mapped((uint64_t)arguments[0]);
    case POPCORN_CALL_SET_MASK:
        popcorn_restore_signals((uint64_t)arguments[0]);
        return 0;
    case POPCORN_CALL_STACK:
        return (long)popcorn_signals_stack(arguments[0] != 0);
    case POPCORN_CALL_PROPOSE:
        return popcorn_propose(arguments[0], arguments[1]);
    }
    return code_of(n) == CODE_SPECIAL ? popcorn_special_call(n, arguments, 0)
                                      : -NEUTRAL_ENOSYS;
}

/* The runtime's own descriptors are none of the program's: one that closes
 * everything (a daemon, a shell) must not lose its memory on another node.
 * The lowest from `from` on, or -1. */
static long own_descriptor_from(long from)
{
    long found = -1;
    const long own[] = {popcorn_member.arena_file, popcorn_member.userfault,
                        popcorn_desk.socket};

    for (uint32_t i = 0; i < 3 + popcorn_member.thread_limit; i++) {
        const struct popcorn_seat *seat = i < 3 ? NULL : popcorn_seats[i - 3];
        long descriptor = i < 3 ? own[i]
                          : popcorn_seat_state(seat) != POPCORN_SEAT_FREE
                              ? seat->socket
                              : -1;

        if (descriptor >= from && descriptor > 2 &&
            (found < 0 || descriptor < found)) {
            found = descriptor;
        }
    }
    return found;
}

static int is_own_descriptor(long descriptor)
{
    return popcorn_member.mode == POPCORN_HOME && descriptor >= 0 &&
           own_descriptor_from(descriptor) == descriptor;
}

/* close_range around them. */
static long close_others(long first, long last, long flags)
{
    long from = (long)(uint32_t)first, end = (long)(uint32_t)last;
    long result = 0;

    if (from > end) {
        return -NEUTRAL_EINVAL;
    }
    while (result == 0 && from <= end) {
        long own = own_descriptor_from(from);
        long until = own < 0 || own > end ? end + 1 : own;

        if (from < until) {
            result = isa_syscall(NEUTRAL_close_range, from, until - 1, flags, 0,
                                 0, 0);
        }
        from = until + 1;
    }
    return result;
}

/* Direct input goes to the page, not through the mapping: a page that has left
 * this node meanwhile would miss it. Without the flag it goes through the page
 * cache, which is slower and otherwise the same. */
static long without_direct_io(long n, const long a[6], int cancellable)
{
    long changed[6];

    popcorn_copy(changed, a, sizeof changed);
    changed[2] &= ~(long)NEUTRAL_O_DIRECT;
    return popcorn_kernel_call(n, changed, cancellable);
}

/* The kernel would not do its part at the thread's end (threads.c). */
static long set_tid_address(long address)
{
    popcorn_seat()->clear_tid = (uint64_t)address;
    return isa_syscall(NEUTRAL_gettid, 0, 0, 0, 0, 0, 0);
}

static long member_syscall(long n, const long a[6], int cancellable)
{
    switch (n) {
    case NEUTRAL_exit_group:
        if (popcorn_member.mode == POPCORN_HOME) {
            popcorn_leave_program(a[0]);
        }
        break;
    case NEUTRAL_set_tid_address:
        if (popcorn_member.mode == POPCORN_HOME) {
            return set_tid_address(a[0]);
        }
        break;
    case NEUTRAL_openat:
        return without_direct_io(n, a, cancellable);
    case NEUTRAL_fcntl:
        if (a[1] == NEUTRAL_F_SETFL) {
            return without_direct_io(n, a, cancellable);
        }
        break;
    case NEUTRAL_close:
        if (is_own_descriptor((int)a[0])) {
            return -NEUTRAL_EBADF;
        }
        break;
    case NEUTRAL_dup3:
        if (is_own_descriptor((int)a[1])) {
            return -NEUTRAL_EBADF;
        }
        break;
    case NEUTRAL_close_range:
        if (popcorn_member.mode == POPCORN_HOME) {
            return close_others(a[0], a[1], a[2]);
        }
        break;
    }
    return popcorn_kernel_call(n, a, cancellable);
}

/* Apart, so that the standalone path has no argument array. */
__attribute__((noinline)) static long
managed_syscall(long n, long a, long b, long c, long d, long e, long f)
{
    const long arguments[6] = {a, b, c, d, e, f};
    int cancellable = n >= POPCORN_CALL_CANCELLABLE;
    enum code code;
    long result;

    if (cancellable) {
        n -= POPCORN_CALL_CANCELLABLE;
    } else if (n >= POPCORN_CALL_FIRST) {
        return popcorn_private_call(n, arguments);
    }
    code = code_of(n);
    if (code == CODE_MEMORY && popcorn_memory_call(n, arguments, &result)) {
        return result;
    }
    if (popcorn_member.mode == POPCORN_STANDALONE) {
        result = isa_syscall_cancellable(__popcorn_cancel, n, a, b, c, d, e, f);
        return result == ISA_NOT_ENTERED ? -NEUTRAL_EINTR : result;
    }
    if (code == CODE_SPECIAL) {
        return popcorn_special_call(n, arguments, cancellable);
    }
    return member_syscall(n, arguments, cancellable);
}

long popcorn_syscall_local(long n, long a, long b, long c, long d, long e,
                           long f)
{
    if (popcorn_member.mode == POPCORN_STANDALONE && n < POPCORN_CALL_FIRST &&
        n != NEUTRAL_madvise) {
        if (n == NEUTRAL_clock_gettime && popcorn_special_clock != NULL) {
            return popcorn_special_clock(a, b);
        }
        return isa_syscall(n, a, b, c, d, e, f);
    }
    return managed_syscall(n, a, b, c, d, e, f);
}
