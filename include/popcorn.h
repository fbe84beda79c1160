/* Moving a running program between the nodes of `popcorn run`.
 *
 * Nodes are numbered from 0 in the order of --nodes; the one the program was
 * started on is its home.  A program started without `popcorn run` has one
 * node, 0, and stays there: every call below works and says so.
 *
 * The names of Popcorn Linux's user library are here with its meanings, so that
 * programs written for it compile and run unchanged (docs/popcorn-linux.md);
 * what is ours is at the end.
 *
 * All functions are thread-safe. None is async-signal-safe except
 * popcorn_migrate_point() and popcorn_gettid(). Each thread moves by itself.
 */
#ifndef POPCORN_H
#define POPCORN_H

#include <malloc.h>
#include <stdlib.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Nodes a program may have, and nodes that the two-argument form of
 * popcorn_get_node_info() tells of. */
#define POPCORN_MAX_NODES 64
#define MAX_POPCORN_NODES 32

/* What a node holds or gives away is a page of this size, on each ISA. */
#ifndef PAGE_SHIFT
#define PAGE_SHIFT 12
#endif
#ifndef PAGE_SIZE
#define PAGE_SIZE (1 << PAGE_SHIFT)
#endif
#ifndef PAGE_MASK
#define PAGE_MASK (~(PAGE_SIZE - 1))
#endif

/* Moves the calling thread to `nid`, or to the node proposed to it if `nid` is
 * -1; returns on that node, after calling callback(argument) there if callback
 * is not null.  Returns 0, or the error's number, also in errno:
 *   EINVAL     no node has such a number, or none is proposed
 *   EAGAIN     the program has no such node, or has lost it
 *   EBUSY      the thread is there already
 *   ECANCELED  it cannot move now: popcorn_last_decline() says why
 * A proposal is over once the thread has moved. */
int migrate(int nid, void (*callback)(void *), void *argument);
int popcorn_migrate(int nid);

/* To the node that the schedule has for thread `popcorn_tid` (counted from 0) in
 * `region`; nothing if the thread is there.  The schedule is the file named by
 * the environment's POPCORN_THREAD_SCHEDULE, or thread-schedule.txt, read at the
 * first call. A line is a region, a count, and the node of each thread; region
 * -1 is for those that have no line. What the file does not say goes to node
 * 0; a file that is not like this says nothing. */
void migrate_schedule(size_t region, int popcorn_tid, void (*callback)(void *),
                      void *argument);
void popcorn_migrate_schedule(size_t region, int popcorn_tid);

struct popcorn_thread_status {
    int current_nid;  /* node the thread is on */
    int proposed_nid; /* node proposed to it, -1: none */
    int peer_nid;     /* away: its home node, ... */
    int peer_pid;     /* ... and its thread id there; both -1 at home */
};

/* Fills *status for the calling thread. Returns 0, or -1 with errno EINVAL if
 * status is null. The second name is the system call's. */
int popcorn_get_status(struct popcorn_thread_status *status);
int popcorn_get_thread_status(struct popcorn_thread_status *status);

/* Node the thread is on. */
int popcorn_current_nid(void);

/* Proposes to a thread of the program (tid 0: the calling one) that it goes to
 * `nid`. It goes when it next calls migrate(-1), check_migrate() or
 * popcorn_migrate_point(), not before. Returns 0, or -1 with errno ENOENT (no
 * such thread) or EINVAL (no node has such a number). */
int popcorn_propose_migration(int tid, int nid);

/* The calling thread's id at home; the same on every node. */
int popcorn_gettid(void);

enum popcorn_node_status { POPCORN_NODE_OFFLINE = 0, POPCORN_NODE_ONLINE = 1 };

/* Popcorn Linux's, by which its programs know an ISA; one that has no name there is
 * unknown. popcorn_node_isa() has a name for each. */
enum popcorn_arch_types {
    POPCORN_NODE_UNKNOWN = -1,
    POPCORN_NODE_AARCH64 = 0,
    POPCORN_NODE_X86 = 1,
    POPCORN_NODE_PPC64 = 2
};

struct popcorn_node_info {
    unsigned int status; /* enum popcorn_node_status: the program was started
                            with it */
    int arch;            /* enum popcorn_arch_types */
    int distance;        /* 1: online and not the node the thread is on */
};

/* Fills info[0 .. count-1], and *current_nid with the node the thread is on.
 * Either may be null. Returns 0, or -1 with errno EINVAL if count is negative.
 * Called by its short name, the library's two arguments stand for a count of
 * MAX_POPCORN_NODES, and the system call's three are these. */
int popcorn_get_node_info_of(int *current_nid, struct popcorn_node_info *info,
                             int count);
int popcorn_get_node_info(int *current_nid, struct popcorn_node_info *info);
#define popcorn_get_node_info(...)                                             \
    POPCORN_NODE_INFO(__VA_ARGS__, MAX_POPCORN_NODES, )
#define POPCORN_NODE_INFO(current_nid, info, count, ...)                       \
    popcorn_get_node_info_of(current_nid, info, count)

/* Data of one thread on pages of its own do not travel with another's. */
#define _POPCORN_ALIGN_VARIABLES
#define _POPCORN_ALIGN_HEAP
#define ALIGN_TO_PAGE __attribute__((aligned(PAGE_SIZE)))
/* Whole pages; null if there is no memory. free() gives it back. */
void *popcorn_malloc(size_t size_bytes);

/* Settings: once in a program POPCORN_DEFINE_CONFIGS(); at file scope. */
struct __popcorn_config_t {
    int configs[1024];
} ALIGN_TO_PAGE;
extern struct __popcorn_config_t __popcorn_config;
#define POPCORN_DEFINE_CONFIGS() struct __popcorn_config_t __popcorn_config
#define POPCORN_CONFIG_CORES_PER_NODE __popcorn_config.configs[0]
#define POPCORN_CONFIG_NODES __popcorn_config.configs[1]

/* Thread `tid`, counted from 0, to its node and back to node 0. */
#define POPCORN_MIGRATE_START(tid)                                             \
    popcorn_migrate((tid) / POPCORN_CONFIG_CORES_PER_NODE)
#define POPCORN_MIGRATE_END() popcorn_migrate(0)

/* Names the region the thread is in to a profiler. None here asks for it. */
static inline void popcorn_region_id(int id)
{
    (void)id;
}

/* The same around a region. They end in a semicolon: some programs write none. */
#define POPCORN_MIGRATE_REGION_START(tid, region)                              \
    POPCORN_MIGRATE_START(tid);                                                \
    popcorn_region_id(region);
#define POPCORN_MIGRATE_REGION_END()                                           \
    popcorn_region_id(0);                                                      \
    POPCORN_MIGRATE_END();

#ifdef _OPENMP
#include <omp.h>
/* The same for threads of OpenMP; a block from the one to the other. */
#define POPCORN_OMP_MIGRATE_START(region)                                      \
    {                                                                          \
        POPCORN_MIGRATE_REGION_START(omp_get_thread_num(), region)
#define POPCORN_OMP_MIGRATE_END()                                              \
    POPCORN_MIGRATE_REGION_END()                                               \
    }
#endif

/* Advice for madvise(), besides MADV_WILLNEED (copies of the pages come to the
 * node the thread is on): the pages of a writable range go to the program's home
 * node and no other node keeps a copy, so nothing of the range is lost with a
 * node. Without `popcorn run` it does nothing. */
#define MADV_RELEASE 0x5052
/* madvise(start, size_bytes, MADV_RELEASE) */
int popcorn_release_ownership(void *start, size_t size_bytes);

/* A place where the thread may be moved if somebody asked for it or proposed it.
 * The compiler puts points for those who ask at function entries and in loops
 * by itself. check_migrate() calls callback(argument) if the thread has moved. */
void popcorn_migrate_point(void);
void check_migrate(void (*callback)(void *), void *argument);

/* Ours. */

/* Why a move was declined. */
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
    POPCORN_DECLINED_CHILD = 9, /* a forked child stays at home */
    POPCORN_DECLINED_SAME_NODE = 10,
    POPCORN_DECLINED_PERMISSION = 11, /* no userfaultfd on the node */
    POPCORN_DECLINED_CPU_TIMER = 12,  /* a timer or limit on processor time */
    POPCORN_DECLINED_EXECUTABLE = 13  /* executable memory is mapped */
};

/* Of the calling thread's last move that was asked for. */
enum popcorn_decline_reason popcorn_last_decline(void);
/* Moves of the calling thread so far. */
unsigned long long popcorn_move_count(void);

/* Asks that a thread of the program (tid 0: the calling one) goes to `node` at
 * its next migration point, as `popcorn migrate` does. Returns 0, also if it is
 * there, or -1 with errno: EINVAL (the program has no such node), ESRCH (no such
 * thread), ENOTSUP (not under `popcorn run`). */
int popcorn_request_migration(pid_t tid, int node);

/* Number of nodes; name of a node's ISA ("x86_64", "aarch64"), null if the
 * program has no such node. */
int popcorn_node_count(void);
const char *popcorn_node_isa(int node);

#ifdef __cplusplus
}
#endif

#endif
