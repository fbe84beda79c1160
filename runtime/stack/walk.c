/* Walking a control stack by frame maps alone: no frame pointer, no CFI. */
#include "runtime/stack/walk.h"

#include "isa/neutral/abi.h"

static bool load(const struct stack_view *stack, uint64_t address,
                 uint64_t *value)
{
    uint64_t offset = address - stack->base;

    if (address < stack->base || stack->size_bytes < 8 ||
        offset > stack->size_bytes - 8 || address % 8 != 0) {
        return false;
    }
    __builtin_memcpy(value, stack->bytes + offset, 8);
    return true;
}

static int bad_read(const struct walk *walk, uint64_t address)
{
    return popcorn_error_set(
        walk->error, -NEUTRAL_EFAULT,
        "frame at %lx, call site %u: address %lx is not on the control stack "
        "(%lu bytes at %lx)",
        walk->pc, walk->site.call_site, address, walk->stack->size_bytes,
        walk->stack->base);
}

static int corrupt(const struct walk *walk, const char *what)
{
    return popcorn_error_set(walk->error, -NEUTRAL_EBADMSG,
                             "frame at %lx, call site %u on %s: %s", walk->pc,
                             walk->site.call_site, walk->maps->isa->name, what);
}

void walk_start(struct walk *walk, const struct frame_maps *maps,
                const struct popcorn_context *ctx,
                const struct stack_view *stack, struct popcorn_error *error)
{
    walk->maps = maps;
    walk->stack = stack;
    walk->error = error;
    for (unsigned i = 0; i < ISA_MAX_REGS; i++) {
        walk->reg[i] = ctx->reg[i];
    }
    walk->known = ~(UINT64_C(1) << maps->sp_slot);
    walk->pc = ctx->pc;
    walk->sp = ctx->sp;
    walk->site.call_site = 0;
    frame_cache_init(&walk->cache);
}

int walk_frame(struct walk *walk)
{
    const struct frame_cached *found;
    const struct frame_unwind *unwind;
    int result =
        frame_cache_find_pc(&walk->cache, walk->maps, walk->pc, &found);

    if (result == -NEUTRAL_ENOENT) {
        return popcorn_error_set(walk->error, -NEUTRAL_EBUSY,
                                 "the frame at %lx has no frame map: a native "
                                 "function is on the control stack",
                                 walk->pc);
    }
    if (result != 0) {
        return corrupt(walk, "its frame map is corrupt");
    }
    walk->site = found->site;
    walk->unwind = unwind = &found->unwind;
    if (unwind->fp_slot != NO_SLOT &&
        walk->reg[unwind->fp_slot] !=
            walk->sp + unwind->frame_bytes +
                (uint64_t)(int64_t)unwind->fp_offset) {
        return corrupt(walk, "the frame pointer is not where the frame map "
                             "says");
    }
    return 0;
}

int walk_value(const struct walk *walk, const struct frame_location *location,
               uint64_t *value)
{
    switch (location->kind) {
    case LOCATION_REGISTER:
        if ((walk->known >> location->slot & 1) == 0) {
            return corrupt(walk, "a live value is in a register the call "
                                 "does not keep");
        }
        *value = walk->reg[location->slot];
        return 0;
    case LOCATION_STACK:
        if (!load(walk->stack, walk->sp + location->sp_offset, value)) {
            return bad_read(walk, walk->sp + location->sp_offset);
        }
        return 0;
    case LOCATION_CONSTANT:
        *value = location->constant;
        return 0;
    }
    __builtin_unreachable();
}

int walk_to_caller(struct walk *walk)
{
    const struct frame_unwind *unwind = walk->unwind;
    uint64_t cfa = walk->sp + unwind->frame_bytes;
    int ra_offset = walk->maps->isa->ra_offset_from_cfa;

    for (unsigned i = 0; i < unwind->saved_count; i++) {
        uint64_t address = cfa - unwind->saved[i].below_cfa;
        if (!load(walk->stack, address, &walk->reg[unwind->saved[i].slot])) {
            return bad_read(walk, address);
        }
    }
    if (walk->maps->ra_slot != NO_SLOT) {
        walk->pc = walk->reg[walk->maps->ra_slot];
    } else if (!load(walk->stack, cfa + (uint64_t)(int64_t)ra_offset,
                     &walk->pc)) {
        return bad_read(walk, cfa + (uint64_t)(int64_t)ra_offset);
    }
    walk->sp = cfa;
    walk->known = walk->maps->saved_slots;
    return 0;
}
