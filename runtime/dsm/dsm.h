/* Distributed shared memory of one node: faults in, messages in, pages moved.
 * May use runtime/base and runtime/message.
 *
 * One per agent.  Single-threaded; the agent's loop calls it when the member's
 * userfaultfd is readable and when a page message arrives.  On the home node it
 * owns the directory too; home's own page traffic takes the same messages as
 * any node's, through a queue instead of a socket.
 */
#ifndef POPCORN_DSM_DSM_H
#define POPCORN_DSM_DSM_H

#include <linux/userfaultfd.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/dsm/ports.h"
#include "runtime/message/connection.h"

struct dsm;

struct dsm_faults {
    unsigned count;
    struct uffd_msg event[16];
};

/* What home has counted. */
struct dsm_stats {
    uint64_t read_faults, write_faults, upgrades;
    uint64_t data_pages, zero_pages; /* granted on request */
    uint64_t pushed_pages, ahead_pages;
    uint64_t invalidated_pages;
    uint64_t given_pages, trial_pages; /* at reads, for they are migratory */
    uint64_t local_zero_pages;         /* filled without any message */
    uint64_t directory_bytes;
};

/* memfd: the node's, sized SPACE_FILE_BYTES; stays the caller's. -ENOMEM. */
int dsm_open(struct dsm **dsm, unsigned node, unsigned home,
             unsigned node_count, int memfd, const struct dsm_ports *ports);
void dsm_close(struct dsm *dsm);

/* The member told its ranges and gave its userfaultfd (now the DSM's). */
void dsm_member_ready(struct dsm *dsm, uint64_t shared_start,
                      uint64_t shared_end, uint64_t high_water, int userfault);
/* Registers everything mapped so far; nothing if done. -errno. */
int dsm_activate(struct dsm *dsm);
int dsm_is_active(const struct dsm *dsm);
/* The arena ends at high_water now; registers it if active. -errno. */
int dsm_grow(struct dsm *dsm, uint64_t high_water);
/* Home: learns a higher high-water mark from a message passing through. */
void dsm_note_high_water(struct dsm *dsm, uint64_t high_water);

/* Takes faults that wait. 0: there is none now; -errno if the member's memory
 * is gone. */
int dsm_read_faults(struct dsm *dsm, struct dsm_faults *faults);
/* Serves them. -errno as above. */
int dsm_on_faults(struct dsm *dsm, const struct dsm_faults *faults);
/* A page message from `node`. -EPROTO with a reason. */
int dsm_on_message(struct dsm *dsm, unsigned node,
                   const struct message_view *view, char *reason,
                   size_t reason_bytes);
/* Carries out what is queued; call after any function here that may have queued
 * something. */
int dsm_run_queue(struct dsm *dsm);

/* A thread leaves for `target`: pages it is likely to touch go first. */
void dsm_thread_leaves(struct dsm *dsm, unsigned thread, unsigned target);
void dsm_thread_arrives(struct dsm *dsm, unsigned thread);
void dsm_thread_ends(struct dsm *dsm, unsigned thread);

/* --- home only --- */
/* Microseconds until dsm_wake() is due; UINT64_MAX: it is not. */
uint64_t dsm_wake_after_us(const struct dsm *dsm);
void dsm_wake(struct dsm *dsm);
/* Completion by port, possibly before they return. */
void dsm_drop(struct dsm *dsm, uint64_t start, uint64_t end);
void dsm_recall(struct dsm *dsm);
/* Every page comes home, and until dsm_thaw() no node writes any: a consistent
 * copy can be made. ports.recalled() when it is so. */
void dsm_freeze(struct dsm *dsm);
void dsm_thaw(struct dsm *dsm);
/* A move to `target` begins, and ends: there, or refused. Meanwhile copies of
 * what was pushed ahead of it are kept, if nobody else can write them. */
void dsm_move_begins(struct dsm *dsm, unsigned thread, unsigned target);
void dsm_move_ends(struct dsm *dsm, unsigned thread);
/* A node is gone. Returns the number of pages of which it had the only copy;
 * ports.lost() is not called. */
uint64_t dsm_node_down(struct dsm *dsm, unsigned node);
/* Pages that only `node` has. */
uint64_t dsm_pages_away(const struct dsm *dsm, unsigned node);
struct dsm_stats dsm_stats(const struct dsm *dsm);
/* The pages that writers on different nodes took from one another most often,
 * worst first; a page with neighbours of unlike use, if not a lock. Returns how
 * many of `worst` are filled. */
struct dsm_contended {
    uint64_t address, taken;
};
unsigned dsm_contended(const struct dsm *dsm, struct dsm_contended *worst,
                       unsigned limit);

#endif
