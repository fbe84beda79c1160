/* Moving a running program between the nodes of `popcorn run`.
 *
 * Nodes are numbered from 0 in the order of --nodes; the one the program was
 * started on is its home.  A program started without `popcorn run` has one
 * node, 0, and stays there: every call below works and says so.
 *
 * All functions are thread-safe. None is async-signal-safe except
 * popcorn_migrate_point() and popcorn_gettid(). Each thread moves by itself.
 */
#ifndef POPCORN_H
#define POPCORN_H

#ifdef __cplusplus
extern "C" {
#endif

#include <sys/types.h>

#define POPCORN_MAX_NODES 64
#define MAX_POPCORN_NODES POPCORN_MAX_NODES

/* Why a move was declined; the numbers of popcorn_thread_status.declined. */
enum popcorn_decline_reason {
    POPCORN_NOT_DECLINED = 0,
    POPCORN_DECLINED_THREADS = 1,      /* not used any more */
    POPCORN_DECLINED_NATIVE = 2,       /* signal handler or native code on the
                                          stack */
    POPCORN_DECLINED_NO_CALL_SITE = 3, /* no frame map on the target */
    POPCORN_DECLINED_NO_SPACE = 4,     /* no memory on the target */
    POPCORN_DECLINED_SHARED_FILE = 5,  /* a file is mapped MAP_SHARED */
    POPCORN_DECLINED_NO_NODE = 6,
    POPCORN_DECLINED_NODE_DIED = 7,
    POPCORN_DECLINED_BAD_STATE = 8,
    POPCORN_DECLINED_CHILD = 9,        /* a forked child stays at home */
    POPCORN_DECLINED_SAME_NODE = 10,
    POPCORN_DECLINED_PERMISSION = 11,  /* no userfaultfd on the node */
    POPCORN_DECLINED_CPU_TIMER = 12,   /* a timer or limit on processor time */
    POPCORN_DECLINED_EXECUTABLE = 13   /* executable memory is mapped */
};

/* ISAs, as popcorn_node_info.arch. */
enum popcorn_arch {
    POPCORN_ARCH_UNKNOWN = -1,
    POPCORN_ARCH_ARM = 0, /* aarch64 */
    POPCORN_ARCH_X86 = 1, /* x86_64 */
    POPCORN_ARCH_OTHER = 2
};

struct popcorn_node_info {
    unsigned int status; /* 1: the node exists, 0: it does not */
    int arch;            /* enum popcorn_arch */
    int distance;        /* 0: the node the thread is on, 1: another */
    char isa[16];        /* "x86_64", "aarch64" */
};

struct popcorn_thread_status {
    int current_nid;          /* node the thread is on */
    int proposed_nid;         /* node it is asked to go to, -1: none */
    pid_t peer_nid;           /* its home node */
    pid_t peer_pid;           /* its process id there */
    unsigned long long moves; /* moves so far */
    int declined;             /* enum popcorn_decline_reason of the last ask */
};

/* Moves the calling thread to `node`; returns on that node. Returns 0 (also if
 * the thread was there already) or -1 with errno: EINVAL (no such node),
 * ENOTSUP (not under `popcorn run`), EBUSY (cannot move now:
 * popcorn_get_thread_status() says why). */
int popcorn_migrate(int node);

/* The same, after calling `callback(argument)` if callback is not null, as
 * programs written for Popcorn Linux expect. */
int migrate(int nid, void (*callback)(void *), void *argument);

/* A place where the thread may be moved if somebody asked for it. The compiler
 * puts such points at function entries and in loops by itself. */
void popcorn_migrate_point(void);
void check_migrate(void (*callback)(void *), void *argument);

/* Asks that a thread of the program (tid 0: the calling one) goes to `node` at
 * its next migration point. Returns 0, or -1 with errno as popcorn_migrate, or
 * ESRCH: no such thread. */
int popcorn_propose_migration(pid_t tid, int node);

/* Fills info[0 .. POPCORN_MAX_NODES-1], and *origin with the node the thread is
 * on. Either may be null. Returns 0. */
int popcorn_get_node_info(int *origin, struct popcorn_node_info *info);

/* Fills *status for the calling thread. Returns 0, or -1 with errno EINVAL. */
int popcorn_get_thread_status(struct popcorn_thread_status *status);

/* The calling thread's id at home; the same on every node. */
pid_t popcorn_gettid(void);

/* Advice for madvise(), besides MADV_WILLNEED (copies of the pages come to the
 * node the thread is on): the pages of a writable range go to the program's home
 * node and no other node keeps a copy, so nothing of the range is lost with a
 * node. Without `popcorn run` it does nothing. */
#define MADV_RELEASE 0x5052

/* Node the thread is on; number of nodes. */
int popcorn_current_node(void);
int popcorn_node_count(void);

#ifdef __cplusplus
}
#endif

#endif
