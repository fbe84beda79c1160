/* System calls of the thread where its kernel state is: standalone programs,
 * forked children, and the home node of a program under `popcorn run`.
 *
 * The standalone path is one comparison in front of isa_syscall().
 */
#include "isa/native_libc.h"
#include "isa/neutral/structs.h"
#include "runtime/member/member.h"

/* Calls the kernel restarts after a handler with SA_RESTART. Only needed once
 * the thread has moved: see signals.c. */
int popcorn_is_restartable(long n, const long a[6])
{
    long command;

    switch (n) {
    case NEUTRAL_futex:
        command = a[1] & NEUTRAL_FUTEX_COMMAND;
        return (command != NEUTRAL_FUTEX_WAIT &&
                command != NEUTRAL_FUTEX_WAIT_BITSET) ||
               a[3] == 0; /* no timeout */
    case NEUTRAL_fcntl:
    case NEUTRAL_ioctl:
    case NEUTRAL_flock:
    case NEUTRAL_openat:
    case NEUTRAL_read:
    case NEUTRAL_write:
    case NEUTRAL_readv:
    case NEUTRAL_writev:
    case NEUTRAL_pread64:
    case NEUTRAL_waitid:
    case NEUTRAL_wait4:
    case NEUTRAL_accept:
    case NEUTRAL_accept4:
    case NEUTRAL_connect:
    case NEUTRAL_sendto:
    case NEUTRAL_recvfrom:
    case NEUTRAL_sendmsg:
    case NEUTRAL_recvmsg:
    case NEUTRAL_sendmmsg:
    case NEUTRAL_recvmmsg:
    case NEUTRAL_preadv2:
    case NEUTRAL_pwritev2:
    case NEUTRAL_sendfile:
    case NEUTRAL_splice:
    case NEUTRAL_vmsplice:
    case NEUTRAL_tee:
    case NEUTRAL_mq_timedsend:
    case NEUTRAL_mq_timedreceive:
    case NEUTRAL_getrandom:
        return 1;
    }
    return 0;
}

/* Calls that may return -EINTR, and the one that reads the mask (carry_out()). */
static int is_interruptible(long n, const long a[6])
{
    switch (n) {
    case NEUTRAL_futex:
    case NEUTRAL_pselect6:
    case NEUTRAL_ppoll:
    case NEUTRAL_epoll_pwait:
    case NEUTRAL_epoll_pwait2:
    case NEUTRAL_nanosleep:
    case NEUTRAL_clock_nanosleep:
    case NEUTRAL_rt_sigprocmask:
    case NEUTRAL_rt_sigsuspend:
    case NEUTRAL_rt_sigtimedwait:
    case NEUTRAL_msgrcv:
    case NEUTRAL_msgsnd:
    case NEUTRAL_semtimedop:
    case NEUTRAL_semop:
    case NEUTRAL_pwrite64:
        return 1;
    }
    return popcorn_is_restartable(n, a);
}

/* The agent writes statistics before the process is gone. */
static void leave_program(long status)
{
    uint32_t end = POPCORN_GOES_ON;

    if (!__atomic_compare_exchange_n(
            &popcorn_node_page()->end, &end,
            POPCORN_EXITS | (uint32_t)(status & 255) << 8, 0, __ATOMIC_SEQ_CST,
            __ATOMIC_SEQ_CST)) {
        popcorn_wait_for_end();
    }
    popcorn_block_signals();
    if (!popcorn_member.agent_lost) {
        popcorn_ask(popcorn_seat(), POPCORN_EXIT,
                    (uint64_t)(status & 255) << 8, 0, POPCORN_EXIT_ACK, NULL);
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

/* Of another thread: home's agent knows where it is. */
long popcorn_propose(long tid, long node)
{
    uint64_t result;

    if (popcorn_member.mode != POPCORN_HOME || popcorn_member.agent_lost) {
        return -NEUTRAL_ENOTSUP;
    }
    if (node < 0 || node >= (long)popcorn_node_page()->node_count) {
        return -NEUTRAL_EINVAL;
    }
    if (popcorn_ask(popcorn_seat(), POPCORN_PROPOSE, (uint64_t)tid,
                    (uint64_t)node, POPCORN_PROPOSE_ACK, &result) != 0) {
        return -NEUTRAL_ENOTSUP;
    }
    return (long)result;
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

static long create_thread(const long a[6])
{
    const struct popcorn_thread_start *start =
        (const struct popcorn_thread_start *)a[1];

    if (popcorn_member.no_threads) {
        popcorn_say("qemu user mode cannot start threads in a forked child of "
                    "a program with threads: start the program on a node of "
                    "this machine's ISA",
                    NULL, 0);
        return -NEUTRAL_EAGAIN;
    }
    return popcorn_member.mode == POPCORN_HOME
               ? popcorn_thread_new((unsigned long)a[0], start, (int *)a[2],
                                    (void *)a[3], (int *)a[4])
               : popcorn_thread_create((unsigned long)a[0], start,
                                       (int *)a[2], (void *)a[3],
                                       (int *)a[4]);
}

static _Noreturn void end_thread(const long a[6])
{
    if (popcorn_member.mode == POPCORN_HOME) {
        if (popcorn_member.thread_count <= 1) {
            leave_program(0);
        } else {
            popcorn_thread_end(popcorn_seat(), (uint64_t)a[0],
                               (uint64_t)a[1]);
        }
    }
    popcorn_thread_exit((void *)a[0], (uint64_t)a[1]);
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
    case POPCORN_CALL_THREAD_CREATE:
        return create_thread(arguments);
    case POPCORN_CALL_THREAD_EXIT:
        end_thread(arguments);
    }
    return -NEUTRAL_ENOSYS;
}

static int is_cancelled(int cancellable)
{
    return cancellable && __popcorn_cancel != NULL && *__popcorn_cancel != 0;
}

/* At home the handlers run here, so a restart is a loop. While the thread is
 * away they run after it has come home: never loop then. */
static long interruptible(struct popcorn_seat *seat, long n, const long *a,
                          int cancellable)
{
    if (seat->away && !seat->call_stays && is_interruptible(n, a)) {
        return popcorn_signals_call(seat, n, a);
    }
    for (;;) {
        uint32_t before = seat->interruptions;
        long result = isa_syscall_cancellable(
            cancellable ? __popcorn_cancel : NULL, n, a[0], a[1], a[2], a[3],
            a[4], a[5]);

        if (result == ISA_NOT_ENTERED) {
            return -NEUTRAL_EINTR;
        }
        if (result != -NEUTRAL_EINTR || !popcorn_member.ever_moved ||
            !popcorn_is_restartable(n, a) || seat->interruptions != before ||
            is_cancelled(cancellable)) {
            return result;
        }
    }
}

/* Others need not wait at migration points for a thread in the kernel. */
long popcorn_kernel_call(long n, const long *a, int cancellable)
{
    struct popcorn_seat *seat = popcorn_seat();
    uint32_t *blocked = &popcorn_node_page()->thread[seat->thread].blocked;
    unsigned attempts = 0;
    long result;

    __atomic_store_n(blocked, 1, __ATOMIC_SEQ_CST);
    do {
        result = interruptible(seat, n, a, cancellable);
    } while (n == NEUTRAL_futex && popcorn_futex_again(a, result, &attempts));
    if (popcorn_member.mode == POPCORN_HOME) {
        __atomic_store_n(blocked, 0, __ATOMIC_SEQ_CST);
        popcorn_raise_poll_word(seat);
    }
    return result;
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
        long descriptor = i < 3                          ? own[i]
                          : seat != NULL && seat->live ? seat->socket
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
            result = isa_syscall(NEUTRAL_close_range, from, until - 1, flags,
                                 0, 0, 0);
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
    int handled = 1;
    long result;

    switch (n) {
    case NEUTRAL_clock_gettime:
    case NEUTRAL_getrusage:
    case NEUTRAL_times:
        if (popcorn_member.mode == POPCORN_HOME &&
            popcorn_cpu_time_call(n, a, &result)) {
            return result;
        }
        break;
    case NEUTRAL_clock_nanosleep:
        if (popcorn_member.mode == POPCORN_HOME &&
            popcorn_is_cpu_clock((int)a[0])) {
            return popcorn_cpu_sleep(a, cancellable);
        }
        break;
    case NEUTRAL_setitimer:
    case NEUTRAL_timer_create:
    case NEUTRAL_setrlimit:
    case NEUTRAL_prlimit64:
        result = popcorn_kernel_call(n, a, cancellable);
        if (result == 0 && popcorn_member.mode == POPCORN_HOME &&
            popcorn_is_cpu_timer(n, a)) {
            popcorn_cpu_timer_is_set(n, a);
        }
        return result;
    case NEUTRAL_exit:
        if (popcorn_member.mode == POPCORN_HOME &&
            popcorn_member.thread_count > 1) {
            popcorn_thread_end(popcorn_seat(), 0, 0);
        }
        /* fall through */
    case NEUTRAL_exit_group:
        if (popcorn_member.mode == POPCORN_HOME) {
            leave_program(a[0]);
        }
        break;
    case NEUTRAL_set_tid_address:
        if (popcorn_member.mode == POPCORN_HOME) {
            return set_tid_address(a[0]);
        }
        break;
    case NEUTRAL_rt_sigaction:
        return popcorn_sigaction(a[0], (const void *)a[1], (void *)a[2], a[3]);
    case NEUTRAL_clone:
        if (popcorn_member.mode == POPCORN_HOME) {
            return popcorn_fork(a);
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
    case NEUTRAL_io_setup:
    case NEUTRAL_io_uring_setup:
        /* The kernel would write to pages after they have left this node. */
        return -NEUTRAL_ENOSYS;
    case NEUTRAL_shmat:
        popcorn_stay_home(POPCORN_PIN_SHARED_FILE);
        break;
    case NEUTRAL_brk:
    case NEUTRAL_mmap:
    case NEUTRAL_munmap:
    case NEUTRAL_mremap:
    case NEUTRAL_mprotect:
    case NEUTRAL_madvise:
    case NEUTRAL_msync:
    case NEUTRAL_mincore:
        if (popcorn_member.mode == POPCORN_HOME) {
            result = popcorn_arena_call(n, a, &handled);
            if (handled) {
                return result;
            }
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

    if (cancellable) {
        n -= POPCORN_CALL_CANCELLABLE;
    } else if (n >= POPCORN_CALL_FIRST) {
        return popcorn_private_call(n, arguments);
    }
    if (n == NEUTRAL_madvise) {
        int handled;
        long result = popcorn_advise_home(arguments, &handled);

        if (handled) {
            return result;
        }
    }
    if (popcorn_member.mode == POPCORN_STANDALONE) {
        long result =
            isa_syscall_cancellable(__popcorn_cancel, n, a, b, c, d, e, f);

        return result == ISA_NOT_ENTERED ? -NEUTRAL_EINTR : result;
    }
    return member_syscall(n, arguments, cancellable);
}

long popcorn_syscall_local(long n, long a, long b, long c, long d, long e,
                           long f)
{
    if (popcorn_member.mode == POPCORN_STANDALONE && n < POPCORN_CALL_FIRST &&
        n != NEUTRAL_madvise) {
        return isa_syscall(n, a, b, c, d, e, f);
    }
    return managed_syscall(n, a, b, c, d, e, f);
}
