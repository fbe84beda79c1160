/* One node's coherent memory, as its agent handles it: the member's
 * userfaultfd and the memfd behind the mapping.
 *
 * Rules (docs/dsm.md): the memfd is only ever read with pread, never through a
 * mapping, because touching a hole would create the page, and a page that
 * exists raises no fault.  A page is protected before it is read to be given
 * away.  Functions return 0 or -errno; -ESRCH means the member has ended.
 */
#ifndef POPCORN_DSM_NODE_MEMORY_H
#define POPCORN_DSM_NODE_MEMORY_H

#include <stdint.h>

struct node_memory {
    int file;      /* memfd */
    int userfault; /* -1: none yet */
};

/* Registers [start, end), page aligned, for missing and write faults. */
int node_memory_register(struct node_memory *memory, uint64_t start,
                         uint64_t end);
/* Installs pages that are holes and wakes who waits for them. */
int node_memory_install(struct node_memory *memory, uint64_t address,
                        const void *bytes, uint64_t size_bytes, int shared,
                        uint64_t file_offset);
/* Fills the first page with zeros if it is a hole, up to size_bytes going on
 * to the first page that is not; wakes. */
int node_memory_fill_zero(struct node_memory *memory, uint64_t address,
                          uint64_t size_bytes, int shared);
int node_memory_protect(struct node_memory *memory, uint64_t address,
                        uint64_t size_bytes);
int node_memory_unprotect(struct node_memory *memory, uint64_t address,
                          uint64_t size_bytes);
int node_memory_wake(struct node_memory *memory, uint64_t address,
                     uint64_t size_bytes);
int node_memory_read(struct node_memory *memory, uint64_t file_offset,
                     void *bytes, uint64_t size_bytes);
int node_memory_punch(struct node_memory *memory, uint64_t file_offset,
                      uint64_t size_bytes);

#endif
