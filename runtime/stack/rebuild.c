/* Rebuild: frame records become a control stack.
 *
 * Outermost first, as the functions would have been entered: each frame saves
 * the registers its caller left, where its code will look for them, then gets
 * its own values. The same function lays out every frame twice, first only
 * checking, then writing.
 *
 * Invariants:
 *  R1 `reg` is the register file as it is at the frame's call.
 *  R2 a frame only changes callee-saved registers it has saved, so what an
 *     outer frame keeps in a register is there again when control returns.
 */
#include "isa/neutral/abi.h"
#include "runtime/stack/frame_maps.h"
#include "runtime/stack/token_frames.h"

struct rebuild {
    const struct frame_maps *maps;
    const struct stack_view *stack;
    struct popcorn_error *error;
    bool commit;
    uint64_t filler; /* of what no frame map describes */
    unsigned flags;
    struct token_frames *tokens; /* or NULL */
    uint64_t reg[ISA_MAX_REGS];
    uint64_t sp; /* of the frame laid out last = CFA of the next */
    uint64_t pc; /* its return address */
    struct frame_cache cache;
};

static int bad_frame(const struct rebuild *r, uint32_t call_site,
                     const char *what)
{
    return popcorn_error_set(r->error, -NEUTRAL_EBADMSG,
                             "call site %u on %s: %s", call_site,
                             r->maps->isa->name, what);
}

static void store(const struct rebuild *r, uint64_t address, uint64_t value)
{
    __builtin_memcpy(r->stack->bytes + (address - r->stack->base), &value, 8);
}

static int place_value(struct rebuild *r, const struct frame_unwind *unwind,
                       const struct frame_location *location, uint64_t value,
                       bool innermost, uint32_t call_site)
{
    const struct frame_maps *maps = r->maps;

    switch (location->kind) {
    case LOCATION_REGISTER:
        if (location->slot == maps->sp_slot ||
            location->slot == unwind->fp_slot ||
            ((unwind->saved_slots >> location->slot & 1) == 0 &&
             (!innermost || (maps->saved_slots >> location->slot & 1) != 0))) {
            return bad_frame(r, call_site,
                             "a live value is in a register "
                             "the frame does not own");
        }
        r->reg[location->slot] = value;
        return 0;
    case LOCATION_STACK:
        if (location->sp_offset + UINT64_C(8) >
            r->stack->base + r->stack->size_bytes - r->sp) {
            return bad_frame(r, call_site,
                             "a live value is outside the "
                             "control stack");
        }
        if (r->commit) {
            store(r, r->sp + location->sp_offset, value);
        }
        return 0;
    case LOCATION_CONSTANT:
        if (value != location->constant) {
            return bad_frame(r, call_site,
                             "a live value differs from the "
                             "constant it is there: the images "
                             "are of two programs");
        }
        return 0;
    }
    __builtin_unreachable();
}

/* What the call and the prologue would have written, at `cfa`. */
static void save_registers(struct rebuild *r, const struct frame_unwind *unwind,
                           uint64_t cfa)
{
    const struct isa *isa = r->maps->isa;

    if (r->maps->ra_slot != NO_SLOT) {
        r->reg[r->maps->ra_slot] = r->pc;
    }
    if (r->commit && (r->flags & STACK_POISON)) {
        for (uint64_t at = r->sp; at < cfa; at += 8) {
            store(r, at, r->filler);
        }
    }
    if (r->commit && r->maps->ra_slot == NO_SLOT) {
        store(r, cfa + (uint64_t)(int64_t)isa->ra_offset_from_cfa, r->pc);
    }
    for (unsigned i = 0; i < unwind->saved_count; i++) {
        uint8_t slot = unwind->saved[i].slot;
        if (r->commit) {
            store(r, cfa - unwind->saved[i].below_cfa, r->reg[slot]);
        }
        r->reg[slot] = r->filler;
    }
    if (unwind->fp_slot != NO_SLOT) {
        r->reg[unwind->fp_slot] = cfa + (uint64_t)(int64_t)unwind->fp_offset;
    }
}

/* What longjmp out of a signal handler needs of a frame. The registers hold what
 * the outer frames keep in them, until this frame's function returns. */
static void list_token(struct rebuild *r, uint64_t token)
{
    struct token_frames *tokens = r->tokens;

    if (r->commit) {
        struct token_frame *frame = &tokens->frame[tokens->count];
        frame->token = token;
        for (unsigned i = 0; i < ISA_MAX_REGS; i++) {
            frame->state.reg[i] = r->reg[i];
        }
        frame->state.pc = r->pc;
        frame->state.sp = r->sp;
    }
    tokens->count++;
}

static int lay_out_frame(struct rebuild *r, const struct pts_frame *frame,
                         const uint8_t *values, bool innermost)
{
    uint32_t call_site = frame->call_site;
    struct location_cursor cursor;
    const struct frame_cached *found;
    const struct frame_unwind *unwind;
    uint64_t cfa = r->sp, first = 0;
    int result = frame_cache_find_id(&r->cache, r->maps, call_site, &found);

    if (result == -NEUTRAL_ENOENT) {
        return popcorn_error_set(r->error, result,
                                 "call site %u has no frame map on %s",
                                 call_site, r->maps->isa->name);
    }
    if (result != 0 ||
        frame_locations_begin(r->maps, found->site.locations, &cursor)) {
        return bad_frame(r, call_site, "its frame map is corrupt");
    }
    unwind = &found->unwind;
    if (cursor.left != frame->value_count) {
        return popcorn_error_set(
            r->error, -NEUTRAL_EBADMSG,
            "call site %u: %u live values arrived, its frame map on %s has "
            "%u: the images are of two programs",
            call_site, (uint32_t)frame->value_count, r->maps->isa->name,
            cursor.left);
    }
    if (cfa - r->stack->base < unwind->frame_bytes) {
        return popcorn_error_set(
            r->error, -NEUTRAL_ENOSPC,
            "the control stack of %lu bytes is full at call site %u",
            r->stack->size_bytes, call_site);
    }
    r->sp = cfa - unwind->frame_bytes;
    save_registers(r, unwind, cfa);
    if (frame->value_count != 0) {
        __builtin_memcpy(&first, values, 8);
    }
    while (cursor.left != 0) {
        struct frame_location location;
        uint64_t value;
        __builtin_memcpy(&value, values, 8);
        values += 8;
        if (frame_locations_next(&cursor, &location)) {
            return bad_frame(r, call_site, "its frame map is corrupt");
        }
        result = place_value(r, unwind, &location, value, innermost, call_site);
        if (result != 0) {
            return result;
        }
    }
    r->pc = found->site.pc;
    if (found->site.token && r->tokens != NULL) {
        list_token(r, first);
    }
    return 0;
}

static int lay_out_all(struct rebuild *r, const uint8_t *frames,
                       uint64_t frame_bytes, uint32_t frame_count)
{
    const uint8_t *end = frames + frame_bytes;

    for (uint32_t i = 0; i < frame_count; i++) {
        struct pts_frame frame;
        int result;
        if ((uint64_t)(end - frames) < sizeof frame) {
            return popcorn_error_set(r->error, -NEUTRAL_EBADMSG,
                                     "the portable thread state is truncated "
                                     "at frame %u of %u",
                                     i, frame_count);
        }
        __builtin_memcpy(&frame, frames, sizeof frame);
        frames += sizeof frame;
        if (frame.reserved != 0 ||
            (uint64_t)(end - frames) < (uint64_t)frame.value_count * 8) {
            return popcorn_error_set(r->error, -NEUTRAL_EBADMSG,
                                     "the portable thread state is truncated "
                                     "or corrupt at frame %u of %u",
                                     i, frame_count);
        }
        result = lay_out_frame(r, &frame, frames, i + 1 == frame_count);
        if (result != 0) {
            return result;
        }
        frames += (uint64_t)frame.value_count * 8;
    }
    if (frames != end) {
        return popcorn_error_set(r->error, -NEUTRAL_EBADMSG,
                                 "the portable thread state has %lu bytes "
                                 "after its last frame",
                                 (uint64_t)(end - frames));
    }
    return 0;
}

static void start(struct rebuild *r, uint64_t outermost_pc, bool commit)
{
    r->commit = commit;
    if (r->tokens != NULL) {
        r->tokens->count = 0;
    }
    for (unsigned i = 0; i < ISA_MAX_REGS; i++) {
        r->reg[i] = r->filler;
    }
    r->sp = (r->stack->base + r->stack->size_bytes) /
            r->maps->isa->stack_align * r->maps->isa->stack_align;
    r->pc = outermost_pc;
}

int stack_rebuild_flags(const struct frame_maps *maps, const void *frames,
                        uint64_t frame_bytes, uint32_t frame_count,
                        const struct stack_view *stack, uint64_t outermost_pc,
                        unsigned flags, struct token_frames *tokens,
                        struct popcorn_context *ctx,
                        struct popcorn_error *error)
{
    struct rebuild r;
    int result;

    r.maps = maps;
    r.stack = stack;
    r.error = error;
    r.flags = flags;
    r.tokens = tokens;
    frame_cache_init(&r.cache);
    r.filler = flags & STACK_POISON ? STACK_POISON_WORD : 0;
    if (frame_count == 0 || stack->base % 8 != 0 ||
        stack->size_bytes < maps->isa->stack_align) {
        return popcorn_error_set(error, -NEUTRAL_EBADMSG,
                                 "the portable thread state has no frame, or "
                                 "there is no stack for it");
    }
    start(&r, outermost_pc, false);
    result = lay_out_all(&r, frames, frame_bytes, frame_count);
    if (result != 0) {
        return result;
    }
    if (tokens != NULL && tokens->count > tokens->room) {
        return -NEUTRAL_E2BIG;
    }
    start(&r, outermost_pc, true);
    result = lay_out_all(&r, frames, frame_bytes, frame_count);
    if (result != 0) {
        return result;
    }
    for (unsigned i = 0; i < ISA_MAX_REGS; i++) {
        ctx->reg[i] = r.reg[i];
    }
    ctx->pc = r.pc;
    ctx->sp = r.sp;
    ctx->reg[maps->sp_slot] = r.sp;
    return 0;
}

int stack_rebuild(const struct frame_maps *maps, const void *frames,
                  uint64_t frame_bytes, uint32_t frame_count,
                  const struct stack_view *stack, uint64_t outermost_pc,
                  struct popcorn_context *ctx, struct popcorn_error *error)
{
    return stack_rebuild_flags(maps, frames, frame_bytes, frame_count, stack,
                               outermost_pc, 0, NULL, ctx, error);
}
