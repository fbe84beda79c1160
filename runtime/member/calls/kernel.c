/* A system call that the kernel here carries out, and may have to wait for. */
#include "isa/native_libc.h"
#include "runtime/member/calls/calls.h"

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

static int is_cancelled(int cancellable)
{
    return cancellable && __popcorn_cancel != NULL && *__popcorn_cancel != 0;
}

/* At home the handlers run here, so a restart is a loop. While the thread is
 * away they run after it has come home: never loop then. */
static long interruptible(struct popcorn_seat *seat, long n, const long *a,
                          int cancellable)
{
    if (popcorn_seat_state(seat) == POPCORN_SEAT_IN_CALL &&
        is_interruptible(n, a)) {
        return popcorn_signals_call(seat, n, a);
    }
    for (;;) {
        uint32_t before = seat->interruptions;
        long result =
            isa_syscall_cancellable(cancellable ? __popcorn_cancel : NULL, n,
                                    a[0], a[1], a[2], a[3], a[4], a[5]);

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
