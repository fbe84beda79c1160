/* Structures of the neutral kernel ABI (Linux asm-generic, 64-bit), for the ISAs
 * whose kernel lays them out otherwise.  Specification: docs/formats.md,
 * "Neutral kernel ABI".
 */
#ifndef POPCORN_ISA_NEUTRAL_STRUCTS_H
#define POPCORN_ISA_NEUTRAL_STRUCTS_H

#include <stdint.h>

struct neutral_stat {
    uint64_t dev, ino;
    uint32_t mode, nlink, uid, gid;
    uint64_t rdev, pad;
    int64_t size;
    int32_t blksize, pad2;
    int64_t blocks;
    uint64_t times[6];
    uint32_t unused[2];
};

struct neutral_epoll_event {
    uint32_t events;
    uint64_t data;
};

struct neutral_semid {
    char perm[48];
    uint64_t otime, ctime, nsems, reserved[2];
};

/* What a SA_SIGINFO handler gets as its third argument. Only these words are
 * written back when it returns: signal_mask, sp, pc. */
struct neutral_ucontext {
    uint64_t flags;
    uint64_t link;
    uint64_t stack[3];
    uint64_t signal_mask[16];
    uint64_t padding; /* the next member is 16-byte aligned */
    uint64_t fault_address;
    uint64_t regs[31];
    uint64_t sp, pc, pstate;
    uint64_t reserved[2]; /* first record of 4 KiB: size 0, ends the list */
};

_Static_assert(sizeof(struct neutral_stat) == 128, "neutral struct stat");
_Static_assert(sizeof(struct neutral_epoll_event) == 16, "neutral epoll_event");
_Static_assert(sizeof(struct neutral_semid) == 88, "neutral semid64_ds");
_Static_assert(__builtin_offsetof(struct neutral_ucontext, fault_address) ==
                   176,
               "neutral ucontext");

/* open() flags that differ between kernels, in neutral form. */
#define NEUTRAL_O_DIRECTORY 040000u
#define NEUTRAL_O_NOFOLLOW 0100000u
#define NEUTRAL_O_DIRECT 0200000u
#define NEUTRAL_O_LARGEFILE 0400000u

#endif
