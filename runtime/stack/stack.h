/* Capture a control stack as a portable thread state, rebuild it for an ISA.
 *
 * Works on any ISA's frame maps on any host: the stack is a view (a base
 * address and the bytes behind it), so the same code runs in the member (base
 * equals the bytes' own address) and in tests. No allocation, no system call,
 * no stdio: async-signal-safe.  Linked natively into members (freestanding) and
 * into host tools.  May use isa, isa/neutral and runtime/base.
 */
#ifndef POPCORN_STACK_H
#define POPCORN_STACK_H

#include <stddef.h>
#include <stdint.h>

#include "isa/isa.h"
#include "runtime/base/error.h"
#include "runtime/base/unwind.h"
#include "runtime/stack/pts.h"

/* A control stack: addresses [base, base + size_bytes) are at bytes[0...]. */
struct stack_view {
    uint64_t base;
    uint8_t *bytes;
    uint64_t size_bytes;
};

/* An ISA's compact frame maps, opened in place (docs/frame-maps.md). Filled by
 * frame_maps_open; only reading functions use the fields. */
struct frame_maps {
    const struct isa *isa;
    const uint8_t *bytes;
    uint64_t size_bytes;
    uint64_t text_base;
    const uint8_t *blocks, *ranks, *sites, *unwinds, *locations;
    uint32_t block_count, site_count, id_count;
    uint32_t sites_bytes, unwinds_bytes, locations_bytes;
    uint8_t pc_unit, rank_bytes;
    uint8_t saved_slot[ISA_MAX_REGS]; /* callee-saved, in the table's order */
    uint8_t saved_count;
    uint8_t sp_slot;
    uint8_t ra_slot;      /* NO_SLOT: the return address is in memory */
    uint64_t saved_slots; /* the same as a set, without ra_slot */
};

/* Checks the header and every table bound. -EBADMSG if not a frame-map blob of
 * this version, -EINVAL if it is for another ISA. Keeps pointers to bytes. */
int frame_maps_open(struct frame_maps *maps, const struct isa *isa,
                    const void *bytes, uint64_t size_bytes,
                    struct popcorn_error *error);

/* Return address of a call site, 0 if this ISA's image has none. */
uint64_t frame_maps_return_address(const struct frame_maps *maps,
                                   uint32_t call_site);

/* Writes frames (outermost first) to buffer. `ctx` is the state at the return
 * of the innermost call site; the walk ends at return address `outermost_pc`.
 * Returns bytes written; -EBUSY: a frame has no frame map (native code),
 * *failing_pc says where; -ENOSPC; -EFAULT: a read left the view. The stack is
 * only read. */
int64_t stack_capture(const struct frame_maps *maps,
                      const struct popcorn_context *ctx,
                      const struct stack_view *stack, uint64_t outermost_pc,
                      void *buffer, uint64_t buffer_bytes,
                      uint32_t *frame_count, uint64_t *failing_pc,
                      struct popcorn_error *error);

/* The call sites of the frames from `ctx` outwards but for the first `skip`, innermost
 * first, as many as have room, up to `outermost_pc` or a frame without a frame map.
 * How many. The stack is only read. */
uint32_t stack_trace(const struct frame_maps *maps,
                     const struct popcorn_context *ctx,
                     const struct stack_view *stack, uint64_t outermost_pc,
                     uint32_t skip, uint64_t *call_sites, uint32_t room);

/* The frames with a frame token, from frame number `first` outwards (that of `ctx` is
 * number 0), innermost first, as many as have room, up to `outermost_pc` or a frame
 * without a frame map. How many. The stack is only read. */
uint32_t stack_tokens(const struct frame_maps *maps,
                      const struct popcorn_context *ctx,
                      const struct stack_view *stack, uint64_t outermost_pc,
                      uint64_t first, struct popcorn_unwind_frame *frames,
                      uint32_t room);

/* Checks `frames` completely, then writes a control stack from the top of the
 * view downwards and fills ctx. The outermost frame returns to outermost_pc.
 * -ENOENT unknown call site, -ENOSPC, -EBADMSG (corrupt, or value count
 * differs). Nothing is written on error (plan first, then commit). */
int stack_rebuild(const struct frame_maps *maps, const void *frames,
                  uint64_t frame_bytes, uint32_t frame_count,
                  const struct stack_view *stack, uint64_t outermost_pc,
                  struct popcorn_context *ctx, struct popcorn_error *error);

/* stack_rebuild() with flags; lists the frames with a token in `tokens` unless
 * it is NULL. -E2BIG: nothing was written, tokens->count places are needed. */
struct token_frames;    /* token_frames.h */
#define STACK_POISON 1u /* fill registers and slots no frame map describes */
#define STACK_POISON_WORD UINT64_C(0xdeadc0dedeadc0de)
int stack_rebuild_flags(const struct frame_maps *maps, const void *frames,
                        uint64_t frame_bytes, uint32_t frame_count,
                        const struct stack_view *stack, uint64_t outermost_pc,
                        unsigned flags, struct token_frames *tokens,
                        struct popcorn_context *ctx,
                        struct popcorn_error *error);

#endif
