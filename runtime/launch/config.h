/* What `popcorn run` tells an agent, and how a member is started.
 *
 * Written by tools/popcorn, read by popcorn-agent: "key=value" entries, each
 * ended by a NUL (values may hold any other byte), in a memfd that the agent
 * inherits.  Descriptors travel as numbers of inherited descriptors.
 * May use include, isa, runtime/base and runtime/dsm.
 */
#ifndef POPCORN_LAUNCH_CONFIG_H
#define POPCORN_LAUNCH_CONFIG_H

#include <stdint.h>
#include <sys/types.h>

#include "runtime/base/node_page.h"

#define POPCORN_FAULT_BYTES 256

struct agent_config {
    unsigned node, home, node_count;
    char isa[POPCORN_MAX_NODES][16];
    char address[POPCORN_MAX_NODES][64]; /* as typed; empty: this machine */
    char program[512]; /* as typed, for messages and `popcorn ps` */
    char qemu[512];    /* runs this node's member; empty: native */
    char preload[512]; /* libpopcorn-uffd.so, for qemu */
    char control[108]; /* home: path of the control socket; empty: none */
    uint8_t program_id[32], layout_hash[32];
    pid_t home_pid;
    int member_fd;    /* home: the agent's end; remote: -1 */
    int memory_fd;    /* home: memfd behind coherent memory */
    int node_page_fd; /* home */
    int guard_fd;     /* home under QEMU: pipe to the guard; else -1 */
    int image_fd;     /* remote: memfd of the image */
    int peer_fd[POPCORN_MAX_NODES]; /* home: each node; remote: home only */
    /* Keys of the seals of messages to and from a node of another machine
     * (runtime/message/seal.h); both 0: a node of this machine, no seals. */
    uint64_t seal_out[POPCORN_MAX_NODES], seal_in[POPCORN_MAX_NODES];
    int trace_fd; /* home: -1 without --trace */
    int stats_fd; /* home: where they go; -1: standard error */
    char trace_path[512];
    char fault[POPCORN_FAULT_BYTES]; /* fault_point.h; empty: none */
    uint64_t bounce_every, bounce_limit, bounce_each;
    uint32_t flags;          /* POPCORN_FLAG_* */
    unsigned place_count;    /* 0: threads start at home and stay */
    uint8_t place[256];      /* nodes of threads by order of creation; then
                                from the start again */
    unsigned stats;          /* print them */
    unsigned progress_every; /* 0: no progress lines */
    unsigned spin_us;        /* 0: as loop.c sees fit */
};

void config_init(struct agent_config *config);
/* What a remote node's agent gets of home's: no descriptors, no paths. */
void config_for_node(struct agent_config *config,
                     const struct agent_config *common, unsigned node);
/* A memfd with the entries, or -errno. */
int config_write(const struct agent_config *config);
/* Reads what config_write wrote. -errno; -EINVAL with the bad key in `bad`. */
int config_read(int fd, struct agent_config *config, char bad[64]);

/* Drops everything of this process but standard error and the configuration's
 * descriptors, and execs the agent at `path`. Returns -errno only if it could
 * not. */
int agent_exec(const struct agent_config *config, const char *path);
/* NULL, or why the memory of several nodes cannot be kept equal on this
 * machine. */
const char *userfault_problem(void);

/* A member to be started by this process's exec. */
struct member_start {
    const char *isa;
    const char *qemu; /* empty: native */
    const char *preload;
    const char *path; /* native: file to run, or NULL to use image_fd */
    int image_fd;
    char **arguments; /* argv, [0] as the user typed it */
    int home;
    int userfault; /* there are other nodes to share memory with */
    int member_fd, node_page_fd, memory_fd;
    int guard_fd; /* home under QEMU: where the guard reads; else -1 */
};

/* Two memfds of a node, both CLOEXEC. 0 or -errno; -EFBIG: `ulimit -f`. */
int member_memory_create(int *node_page_fd, int *memory_fd);
/* Fills the node page behind the descriptor. 0 or -errno. */
int member_page_init(const struct agent_config *config, int node_page_fd);
/* Sets the environment and execs. Returns -errno only if it could not. */
int member_exec(const struct member_start *start);

#endif
