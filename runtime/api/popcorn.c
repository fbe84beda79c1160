/* <popcorn.h>: neutral code over the runtime's private calls.
 *
 * A move happens at a migration point, so migrate() files a request and then
 * passes one. The slow path is a call site like any other, also here.
 */
#include <errno.h>
#include <popcorn.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "isa/neutral/abi.h"
#include "libc-musl-patched/overlay/src/internal/popcorn_proposal.h"
#include "runtime/base/private_calls.h"

extern long __popcorn_syscall_plain(long n, long a, long b, long c, long d,
                                    long e, long f);
extern void __popcorn_poll_slow(void) __attribute__((preserve_most));
extern volatile unsigned __popcorn_poll_word;

static long private_call(long n, long a, long b)
{
    return __popcorn_syscall_plain(n, a, b, 0, 0, 0, 0);
}

static int result_of(long result)
{
    if (result < 0) {
        errno = (int)-result;
        return -1;
    }
    return 0;
}

int popcorn_current_nid(void)
{
    return (int)private_call(POPCORN_CALL_NODE, 0, 0);
}

int popcorn_node_count(void)
{
    return (int)private_call(POPCORN_CALL_NODE_COUNT, 0, 0);
}

int popcorn_gettid(void)
{
    return (int)private_call(NEUTRAL_gettid, 0, 0);
}

enum popcorn_decline_reason popcorn_last_decline(void)
{
    return (enum popcorn_decline_reason)private_call(POPCORN_CALL_DECLINED, 0,
                                                     0);
}

unsigned long long popcorn_move_count(void)
{
    return (unsigned long long)private_call(POPCORN_CALL_MOVES, 0, 0);
}

struct node_isa {
    const char *name;
    int arch; /* enum popcorn_arch_types */
};

static const struct node_isa isas[] = {
#define ISA(folder)                                                            \
    {                                                                          \
        .name = #folder,
#define POPCORN_LINUX_ARCH(number) .arch = number,
#define ISA_END                                                                \
    }                                                                          \
    ,
#include "isa/isas.def"
    {"unknown", POPCORN_NODE_UNKNOWN},
};

enum { LAST = sizeof isas / sizeof *isas - 1 };

/* Null if the program has no such node, and had none. */
static const struct node_isa *isa_of(int node)
{
    const struct node_isa *isa = isas;
    char name[16];

    if (private_call(POPCORN_CALL_NODE_ISA, node, (long)name) != 0) {
        return 0;
    }
    while (isa != &isas[LAST] && strcmp(name, isa->name) != 0) {
        isa++;
    }
    return isa;
}

static int is_online(int node)
{
    return isa_of(node) != 0 &&
           private_call(POPCORN_CALL_IS_LOST, node, 0) == 0;
}

const char *popcorn_node_isa(int node)
{
    const struct node_isa *isa = isa_of(node);

    return isa == 0 ? 0 : isa->name;
}

/* Why a request could not be filed. */
static int error_of(long result, int node)
{
    if (result == -EALREADY || node == popcorn_current_nid()) {
        return EBUSY;
    }
    return is_online(node) ? ECANCELED : EAGAIN;
}

/* The thread may pass other migration points on the way back (with --bounce it
 * moves at each), so success is not read off the node it is on now. */
static int go(int node)
{
    long result = private_call(POPCORN_CALL_REQUEST, node, 0);

    if (result != 0) {
        return error_of(result, node);
    }
    __popcorn_poll_slow();
    switch (popcorn_last_decline()) {
    case POPCORN_NOT_DECLINED:
        return 0;
    case POPCORN_DECLINED_NO_NODE:
    case POPCORN_DECLINED_NODE_DIED:
        return EAGAIN;
    default:
        return ECANCELED;
    }
}

/* To the node proposed at the start; what is proposed meanwhile stays. Leaves
 * errno alone. */
static int go_as_proposed(void)
{
    int proposed = __popcorn_proposal(), result;

    if (proposed < 0) {
        return EINVAL;
    }
    result = go(proposed);
    if (result == 0 || result == EBUSY) {
        __popcorn_proposal_over(proposed);
    }
    return result;
}

static int go_where_asked(int node)
{
    int proposed = __popcorn_proposal(), result;

    if (node == -1) {
        return go_as_proposed();
    }
    if (node < 0 || node >= POPCORN_MAX_NODES) {
        return EINVAL;
    }
    result = go(node);
    if (result == 0) {
        __popcorn_proposal_over(proposed);
    }
    return result;
}

int migrate(int nid, void (*callback)(void *), void *argument)
{
    int error = go_where_asked(nid);

    if (error != 0) {
        errno = error;
        return error;
    }
    if (callback != 0) {
        callback(argument);
    }
    return 0;
}

int popcorn_migrate(int nid)
{
    return migrate(nid, 0, 0);
}

void popcorn_migrate_point(void)
{
    if (__popcorn_proposal() >= 0) {
        go_as_proposed();
    }
    if (__popcorn_poll_word != 0) {
        __popcorn_poll_slow();
    }
}

void check_migrate(void (*callback)(void *), void *argument)
{
    unsigned long long before = popcorn_move_count();

    popcorn_migrate_point();
    if (callback != 0 && popcorn_move_count() != before) {
        callback(argument);
    }
}

int popcorn_propose_migration(int tid, int nid)
{
    if (nid < 0 || nid >= POPCORN_MAX_NODES) {
        return result_of(-EINVAL);
    }
    return result_of(__popcorn_propose(tid, nid));
}

int popcorn_request_migration(pid_t tid, int node)
{
    long result;

    if (tid != 0 && tid != popcorn_gettid()) {
        return result_of(private_call(POPCORN_CALL_PROPOSE, tid, node));
    }
    result = private_call(POPCORN_CALL_REQUEST, node, 0);
    return result == -EALREADY ? 0 : result_of(result);
}

int popcorn_get_node_info_of(int *current_nid, struct popcorn_node_info *info,
                             int count)
{
    int current = popcorn_current_nid();

    if (count < 0) {
        return result_of(-EINVAL);
    }
    if (current_nid != 0) {
        *current_nid = current;
    }
    for (int node = 0; info != 0 && node < count; node++) {
        struct popcorn_node_info *out = &info[node];
        const struct node_isa *isa = isa_of(node);
        int online = is_online(node);

        out->arch = isa == 0 ? POPCORN_NODE_UNKNOWN : isa->arch;
        out->status = online ? POPCORN_NODE_ONLINE : POPCORN_NODE_OFFLINE;
        out->distance = online && node != current;
    }
    return 0;
}

int(popcorn_get_node_info)(int *current_nid, struct popcorn_node_info *info)
{
    return popcorn_get_node_info_of(current_nid, info, MAX_POPCORN_NODES);
}

int popcorn_get_status(struct popcorn_thread_status *status)
{
    int current = popcorn_current_nid();
    int home = (int)private_call(POPCORN_CALL_HOME_NODE, 0, 0);

    if (status == 0) {
        return result_of(-EINVAL);
    }
    status->current_nid = current;
    status->proposed_nid = __popcorn_proposal();
    status->peer_nid = current == home ? -1 : home;
    status->peer_pid = current == home ? -1 : popcorn_gettid();
    return 0;
}

int popcorn_get_thread_status(struct popcorn_thread_status *status)
{
    return popcorn_get_status(status);
}

void *popcorn_malloc(size_t size_bytes)
{
    void *pages;

    if (size_bytes > PTRDIFF_MAX ||
        posix_memalign(&pages, PAGE_SIZE,
                       (size_bytes + PAGE_SIZE - 1) & PAGE_MASK) != 0) {
        return 0;
    }
    return pages;
}

int popcorn_release_ownership(void *start, size_t size_bytes)
{
    return madvise(start, size_bytes, MADV_RELEASE);
}
