/* <popcorn.h>: neutral code over the runtime's private calls.
 *
 * A move happens at a migration point, so popcorn_migrate() files a request and
 * then passes one. The slow path is a call site like any other, also here.
 */
#include <errno.h>
#include <popcorn.h>
#include <string.h>

#include "runtime/migrate/private_calls.h"

extern long __popcorn_syscall(long n, long a, long b, long c, long d, long e,
                              long f);
extern void __popcorn_poll_slow(void) __attribute__((preserve_most));
extern volatile unsigned __popcorn_poll_word;

#define NUMBER_GETPID 172
#define NUMBER_GETTID 178

static long private_call(long n, long a, long b)
{
    return __popcorn_syscall(n, a, b, 0, 0, 0, 0);
}

static int result_of(long result)
{
    if (result < 0) {
        errno = (int)-result;
        return -1;
    }
    return 0;
}

void popcorn_migrate_point(void)
{
    if (__popcorn_poll_word != 0) {
        __popcorn_poll_slow();
    }
}

void check_migrate(void (*callback)(void *), void *argument)
{
    if (__popcorn_poll_word != 0) {
        if (callback != 0) {
            callback(argument);
        }
        __popcorn_poll_slow();
    }
}

int popcorn_current_node(void)
{
    return (int)private_call(POPCORN_CALL_NODE, 0, 0);
}

int popcorn_node_count(void)
{
    return (int)private_call(POPCORN_CALL_NODE_COUNT, 0, 0);
}

/* The thread may pass other migration points on the way back (with --bounce it
 * moves at each), so success is not read off the node it is on now. */
int popcorn_migrate(int node)
{
    long result = private_call(POPCORN_CALL_REQUEST, node, 0);

    if (result == -EALREADY) {
        return 0;
    }
    if (result != 0) {
        return result_of(result);
    }
    __popcorn_poll_slow();
    if (private_call(POPCORN_CALL_DECLINED, 0, 0) != POPCORN_NOT_DECLINED) {
        errno = EBUSY;
        return -1;
    }
    return 0;
}

int migrate(int nid, void (*callback)(void *), void *argument)
{
    if (callback != 0) {
        callback(argument);
    }
    return popcorn_migrate(nid);
}

pid_t popcorn_gettid(void)
{
    return (pid_t)private_call(NUMBER_GETTID, 0, 0);
}

int popcorn_propose_migration(pid_t tid, int node)
{
    long result;

    if (tid != 0 && tid != popcorn_gettid()) {
        return result_of(private_call(POPCORN_CALL_PROPOSE, tid, node));
    }
    result = private_call(POPCORN_CALL_REQUEST, node, 0);
    return result == -EALREADY ? 0 : result_of(result);
}

static int arch_of(const char *isa)
{
    if (strcmp(isa, "x86_64") == 0) {
        return POPCORN_ARCH_X86;
    }
    return strcmp(isa, "aarch64") == 0 ? POPCORN_ARCH_ARM
                                       : POPCORN_ARCH_OTHER;
}

int popcorn_get_node_info(int *origin, struct popcorn_node_info *info)
{
    int current = popcorn_current_node();

    if (origin != 0) {
        *origin = current;
    }
    for (int node = 0; info != 0 && node < POPCORN_MAX_NODES; node++) {
        struct popcorn_node_info *out = &info[node];

        memset(out, 0, sizeof *out);
        out->arch = POPCORN_ARCH_UNKNOWN;
        out->distance = -1;
        if (private_call(POPCORN_CALL_NODE_ISA, node, (long)out->isa) == 0) {
            out->status = 1;
            out->arch = arch_of(out->isa);
            out->distance = node == current ? 0 : 1;
        }
    }
    return 0;
}

int popcorn_get_thread_status(struct popcorn_thread_status *status)
{
    if (status == 0) {
        errno = EINVAL;
        return -1;
    }
    status->current_nid = popcorn_current_node();
    status->proposed_nid = (int)private_call(POPCORN_CALL_PROPOSED, 0, 0);
    status->peer_nid = (pid_t)private_call(POPCORN_CALL_HOME_NODE, 0, 0);
    status->peer_pid = (pid_t)private_call(NUMBER_GETPID, 0, 0);
    status->moves =
        (unsigned long long)private_call(POPCORN_CALL_MOVES, 0, 0);
    status->declined = (int)private_call(POPCORN_CALL_DECLINED, 0, 0);
    return 0;
}
