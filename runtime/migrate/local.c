/* System calls of the thread where its kernel state is: standalone programs,
 * forked children, and the home node of a program under `popcorn run`.
 *
 * The standalone path is one comparison in front of isa_syscall().
 */
#include "runtime/migrate/member.h"

/* Calls the kernel restarts after a handler with SA_RESTART. Only needed once
 * the thread has moved: see signals.c. */
int popcorn_is_restartable(long n)
{
    switch (n) {
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
    case NEUTRAL_futex:
    case NEUTRAL_getrandom:
        return 1;
    }
    return 0;
}

/* Calls that may return -EINTR. */
int popcorn_is_interruptible(long n)
{
    switch (n) {
    case NEUTRAL_pselect6:
    case NEUTRAL_ppoll:
    case NEUTRAL_epoll_pwait:
    case NEUTRAL_epoll_pwait2:
    case NEUTRAL_nanosleep:
    case NEUTRAL_clock_nanosleep:
    case NEUTRAL_rt_sigsuspend:
    case NEUTRAL_rt_sigtimedwait:
    case NEUTRAL_mq_timedsend:
    case NEUTRAL_mq_timedreceive:
    case NEUTRAL_msgrcv:
    case NEUTRAL_msgsnd:
    case NEUTRAL_semtimedop:
    case NEUTRAL_semop:
    case NEUTRAL_recvmmsg:
    case NEUTRAL_pwrite64:
        return 1;
    }
    return popcorn_is_restartable(n);
}

/* The agent writes statistics before the process is gone. */
static void leave_program(long n, long status)
{
    uint64_t mask;

    if (n == NEUTRAL_exit && popcorn_member.thread_count != 0) {
        return; /* libc has left this thread out of the count already */
    }
    mask = popcorn_lock();
    if (!popcorn_member.agent_lost) {
        popcorn_member.ever_moved = 0; /* losing pages no longer matters */
        popcorn_member.thread_away = 0;
        popcorn_ask(POPCORN_EXIT, (uint64_t)(status & 255) << 8, 0,
                    POPCORN_EXIT_ACK);
    }
    popcorn_unlock(mask);
}

static long request_move(long node)
{
    struct popcorn_node_page *page = popcorn_node_page();

    if (popcorn_member.mode != POPCORN_HOME &&
        popcorn_member.mode != POPCORN_REMOTE) {
        return -NEUTRAL_ENOTSUP;
    }
    if (node < 0 || node >= (long)page->node_count) {
        return -NEUTRAL_EINVAL;
    }
    if (node == (long)page->node_id) {
        return -NEUTRAL_EALREADY;
    }
    page->declined = POPCORN_DECLINE_NONE;
    popcorn_member.own_request = 1;
    __atomic_store_n(&page->request_node, (uint32_t)node + 1,
                     __ATOMIC_RELAXED);
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
    case POPCORN_CALL_DECLINED:
        return page->declined;
    case POPCORN_CALL_PROPOSED:
        return (long)page->request_node - 1;
    case POPCORN_CALL_MOVES:
        return (long)page->moves;
    case POPCORN_CALL_GO_HOME:
        return 0;
    case POPCORN_CALL_RESULT:
        return arguments[0];
    case POPCORN_CALL_THREADS:
        return __atomic_add_fetch(&popcorn_member.thread_count,
                                  (uint32_t)arguments[0], __ATOMIC_SEQ_CST);
    }
    return -NEUTRAL_ENOSYS;
}

/* At home the handlers run here, so a restart is a loop. While the thread is
 * away they run after it has come home: never loop then. */
static long interruptible(long n, const long *a)
{
    if (popcorn_member.thread_away && popcorn_is_interruptible(n)) {
        return popcorn_signals_call(n, a);
    }
    for (;;) {
        uint32_t before = popcorn_signals_interruptions();
        long result = isa_syscall(n, a[0], a[1], a[2], a[3], a[4], a[5]);

        if (result != -NEUTRAL_EINTR || !popcorn_member.ever_moved ||
            !popcorn_is_restartable(n) ||
            popcorn_signals_interruptions() != before) {
            return result;
        }
    }
}

/* The runtime's own descriptors are none of the program's: one that closes
 * everything (a daemon, a shell) must not lose its memory on another node. */
static int is_own_descriptor(long descriptor)
{
    return popcorn_member.mode == POPCORN_HOME &&
           (descriptor == popcorn_member.socket ||
            descriptor == popcorn_member.arena_file ||
            (descriptor == popcorn_member.userfault && descriptor > 2));
}

/* close_range around them. */
static long close_others(long first, long last, long flags)
{
    long from = (long)(uint32_t)first, end = (long)(uint32_t)last;
    const long own[] = {popcorn_member.socket, popcorn_member.arena_file,
                        popcorn_member.userfault};
    long result = 0;

    if (from > end) {
        return -NEUTRAL_EINVAL;
    }
    while (result == 0 && from <= end) {
        long until = end + 1;

        for (int i = 0; i < 3; i++) {
            if (is_own_descriptor(own[i]) && own[i] >= from &&
                own[i] < until) {
                until = own[i];
            }
        }
        if (from < until) {
            result = isa_syscall(NEUTRAL_close_range, from, until - 1, flags,
                                 0, 0, 0);
        }
        from = until + 1;
    }
    return result;
}

static long member_syscall(long n, const long a[6])
{
    int handled = 1;
    long result;

    switch (n) {
    case NEUTRAL_exit:
    case NEUTRAL_exit_group:
        if (popcorn_member.mode == POPCORN_HOME) {
            leave_program(n, a[0]);
        }
        break;
    case NEUTRAL_rt_sigaction:
        return popcorn_sigaction(a[0], (const void *)a[1], (void *)a[2], a[3]);
    case NEUTRAL_clone:
        if (popcorn_member.mode == POPCORN_HOME) {
            return popcorn_fork(a);
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
        if (popcorn_member.pinned == POPCORN_DECLINE_NONE) {
            popcorn_member.pinned = POPCORN_DECLINE_SHARED_FILE;
        }
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
    return interruptible(n, a);
}

/* Apart, so that the standalone path has no argument array. */
__attribute__((noinline)) static long
managed_syscall(long n, long a, long b, long c, long d, long e, long f)
{
    const long arguments[6] = {a, b, c, d, e, f};

    if (n >= POPCORN_CALL_FIRST) {
        return popcorn_private_call(n, arguments);
    }
    return member_syscall(n, arguments);
}

long popcorn_syscall_local(long n, long a, long b, long c, long d, long e,
                           long f)
{
    if (popcorn_member.mode == POPCORN_STANDALONE && n < POPCORN_CALL_FIRST) {
        return isa_syscall(n, a, b, c, d, e, f);
    }
    return managed_syscall(n, a, b, c, d, e, f);
}
