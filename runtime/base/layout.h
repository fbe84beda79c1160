/* The address space every node of a program agrees on. What programs, agents and
 * tools agree on is runtime/base. May use no other room.
 *
 * Included by C, by assembly and (through cc -E) by linker scripts: only
 * #define lines with plain numbers.  All addresses are below 2^39, so kernels
 * with a small address space and QEMU user mode can map them; the image is
 * below 2^31, so every small code model reaches it, and its text within the reach
 * of each ISA's call instruction (linker/aligner/layout.c asserts it).
 *
 *   IMAGE_BASE     node page                      node-local, agent writes it
 *                  ISA-private text, rodata, data node-local
 *                  shared text                    same bytes' meaning, node-local
 *                  shared rodata, TLS image       same bytes, node-local
 *                  shared .data and .bss          coherent (DSM range 0)
 *   ARENA_BASE     data stacks, TLS, anonymous
 *                  and private file mappings      coherent (DSM range 1)
 */
#ifndef POPCORN_BASE_LAYOUT_H
#define POPCORN_BASE_LAYOUT_H

#define POPCORN_SEGMENT_ALIGN 0x10000 /* 64 KiB: largest kernel page */
#define POPCORN_GUARD_BYTES POPCORN_SEGMENT_ALIGN /* below a stack: no access */
#define POPCORN_PAGE_SIZE 4096                    /* unit of coherence */

#define POPCORN_IMAGE_BASE 0x10000000
#define POPCORN_NODE_PAGE 0x10000000 /* struct popcorn_node_page, 64 KiB slot */
#define POPCORN_IMAGE_TEXT_LIMIT 0x17000000 /* private + shared text end */

#define POPCORN_ARENA_BASE 0x1000000000 /* 64 GiB */
#define POPCORN_ARENA_SIZE 0x2000000000 /* 128 GiB reserved, mapped as used */
#define POPCORN_ARENA_END (POPCORN_ARENA_BASE + POPCORN_ARENA_SIZE)
#define POPCORN_ARENA_FILE_OFFSET 0x40000000 /* 1 GiB: in each node's memfd */
#define POPCORN_ARENA_GRANULE 0x4000000 /* 64 MiB: growth step on each node */
#define POPCORN_DATA_STACK_SIZE                                                \
    0x4000000 /* main thread: 64 MiB, at ARENA_BASE */

#define POPCORN_CONTROL_STACK_LEAST 0x40000 /* of a thread: 256 KiB */

/* What a node's userfaultfd must be able to do: <linux/userfaultfd.h>'s
 * PAGEFAULT_FLAG_WP, MISSING_SHMEM, THREAD_ID, WP_HUGETLBFS_SHMEM. */
#define POPCORN_UFFD_FEATURES (1u << 0 | 1u << 5 | 1u << 8 | 1u << 12)

#endif
