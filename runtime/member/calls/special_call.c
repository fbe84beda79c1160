/* Calls for which the runtime has code of its own but those about memory: threads,
 * processes, signals, processor time.  In programs that make some
 * (runtime/base/call_needs.def). */
#include "isa/native_libc.h"
#include "runtime/member/calls/calls.h"

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
               : popcorn_thread_create((unsigned long)a[0], start, (int *)a[2],
                                       (void *)a[3], (int *)a[4]);
}

static _Noreturn void end_thread(const long a[6])
{
    if (popcorn_member.mode == POPCORN_HOME) {
        if (popcorn_member.thread_count <= 1) {
            popcorn_leave_program(0);
        } else {
            popcorn_thread_end(popcorn_seat(), (uint64_t)a[0], (uint64_t)a[1]);
        }
    }
    popcorn_thread_exit((void *)a[0], (uint64_t)a[1]);
}

/* The thread that is alone ends the program. */
static void leave(long status)
{
    if (popcorn_member.mode == POPCORN_HOME) {
        if (popcorn_member.thread_count > 1) {
            popcorn_thread_end(popcorn_seat(), 0, 0);
        }
        popcorn_leave_program(status);
    }
}

long popcorn_special_call(long n, const long a[6], int cancellable)
{
    int is_home = popcorn_member.mode == POPCORN_HOME;
    long result;

    switch (n) {
    case POPCORN_CALL_THREAD_CREATE:
        return create_thread(a);
    case POPCORN_CALL_THREAD_EXIT:
        end_thread(a);
    case NEUTRAL_clock_gettime:
    case NEUTRAL_getrusage:
    case NEUTRAL_times:
        if (is_home && popcorn_cpu_time_call(n, a, &result)) {
            return result;
        }
        break;
    case NEUTRAL_clock_nanosleep:
        if (is_home && popcorn_is_cpu_clock((int)a[0])) {
            return popcorn_cpu_sleep(a, cancellable);
        }
        break;
    case NEUTRAL_setitimer:
    case NEUTRAL_timer_create:
    case NEUTRAL_setrlimit:
    case NEUTRAL_prlimit64:
        result = popcorn_kernel_call(n, a, cancellable);
        if (result == 0 && is_home && popcorn_is_cpu_timer(n, a)) {
            popcorn_cpu_timer_is_set(n, a);
        }
        return result;
    case NEUTRAL_exit:
        leave(a[0]);
        break;
    case NEUTRAL_rt_sigaction:
        return popcorn_sigaction(a[0], (const void *)a[1], (void *)a[2], a[3]);
    case NEUTRAL_clone:
        if (is_home) {
            return popcorn_fork(a);
        }
        break;
    case NEUTRAL_io_setup:
    case NEUTRAL_io_uring_setup:
        /* The kernel would write to pages after they have left this node. */
        return -NEUTRAL_ENOSYS;
    case NEUTRAL_shmat:
        popcorn_stay_home(POPCORN_PIN_SHARED_FILE);
        break;
    }
    return popcorn_kernel_call(n, a, cancellable);
}

long popcorn_special_clock(long clock, long time)
{
    return popcorn_vdso_clock(clock, time);
}

int popcorn_special_away(long n, const long a[6], long *result)
{
    return popcorn_cpu_time_call(n, a, result);
}
