/* Capture: a control stack becomes frame records.
 *
 * The walk goes from the innermost frame outwards and the records go outermost
 * first, so they are written from the end of the buffer backwards, then moved
 * to its start: one walk, no list of frames.
 */
#include "isa/neutral/abi.h"
#include "runtime/stack/token_frames.h"
#include "runtime/stack/walk.h"

static void copy_down(uint8_t *to, const uint8_t *from, uint64_t size_bytes)
{
    for (uint64_t i = 0; i < size_bytes; i += 8) {
        uint64_t word;
        __builtin_memcpy(&word, from + i, 8);
        __builtin_memcpy(to + i, &word, 8);
    }
}

/* Writes the record of the frame the walk is at, ending at `end`. Returns its
 * size or an error. */
static int64_t write_record(const struct walk *walk, uint8_t *start,
                            uint8_t *end)
{
    struct location_cursor cursor;
    struct frame_location location;
    struct pts_frame frame = {.call_site = walk->site.call_site};
    uint64_t size_bytes;
    uint8_t *out;

    if (frame_locations_begin(walk->maps, walk->site.locations, &cursor)) {
        return popcorn_error_set(walk->error, -NEUTRAL_EBADMSG,
                                 "call site %u: its frame map is corrupt",
                                 walk->site.call_site);
    }
    frame.value_count = (uint16_t)cursor.left;
    size_bytes = sizeof frame + (uint64_t)cursor.left * 8;
    if ((uint64_t)(end - start) < size_bytes) {
        return popcorn_error_set(walk->error, -NEUTRAL_ENOSPC,
                                 "the portable thread state does not fit its "
                                 "buffer");
    }
    out = end - size_bytes;
    __builtin_memcpy(out, &frame, sizeof frame);
    out += sizeof frame;
    while (cursor.left != 0) {
        uint64_t value;
        int result = frame_locations_next(&cursor, &location);
        if (result == 0) {
            result = walk_value(walk, &location, &value);
        }
        if (result != 0) {
            return popcorn_error_set(walk->error, result,
                                     "call site %u: its frame map is corrupt",
                                     walk->site.call_site);
        }
        __builtin_memcpy(out, &value, 8);
        out += 8;
    }
    return (int64_t)size_bytes;
}

int64_t stack_capture(const struct frame_maps *maps,
                      const struct popcorn_context *ctx,
                      const struct stack_view *stack, uint64_t outermost_pc,
                      void *buffer, uint64_t buffer_bytes,
                      uint32_t *frame_count, uint64_t *failing_pc,
                      struct popcorn_error *error)
{
    uint8_t *start = buffer, *end = start + buffer_bytes / 8 * 8, *next = end;
    struct walk walk;

    walk_start(&walk, maps, ctx, stack, error);
    *frame_count = 0;
    while (walk.pc != outermost_pc) {
        int64_t size_bytes = walk_frame(&walk);
        if (size_bytes == 0) {
            size_bytes = write_record(&walk, start, next);
        }
        if (size_bytes >= 0) {
            int result = walk_to_caller(&walk);
            next -= size_bytes;
            size_bytes = result;
        }
        if (size_bytes < 0) {
            *failing_pc = walk.pc;
            return size_bytes;
        }
        ++*frame_count;
    }
    copy_down(start, next, (uint64_t)(end - next));
    return end - next;
}

uint32_t stack_trace(const struct frame_maps *maps,
                     const struct popcorn_context *ctx,
                     const struct stack_view *stack, uint64_t outermost_pc,
                     uint32_t skip, uint64_t *call_sites, uint32_t room)
{
    struct popcorn_error error = {0};
    struct walk walk;
    uint32_t count = 0;

    walk_start(&walk, maps, ctx, stack, &error);
    while (count < room && walk.pc != outermost_pc && walk_frame(&walk) == 0) {
        if (skip != 0) {
            skip--;
        } else {
            call_sites[count++] = walk.site.call_site;
        }
        if (walk_to_caller(&walk) != 0) {
            break;
        }
    }
    return count;
}

/* Live value 0 of the frame the walk is at, which is at a call site with a token. */
static int read_token(const struct walk *walk, uint64_t *token)
{
    struct location_cursor cursor;
    struct frame_location location;

    if (frame_locations_begin(walk->maps, walk->site.locations, &cursor) ||
        frame_locations_next(&cursor, &location)) {
        return popcorn_error_set(walk->error, -NEUTRAL_EBADMSG,
                                 "call site %u: its frame map has no token",
                                 walk->site.call_site);
    }
    return walk_value(walk, &location, token);
}

/* Whether the frame the walk is at has this token. */
static int has_token(const struct walk *walk, uint64_t token)
{
    uint64_t value;
    int result = walk->site.token ? read_token(walk, &value) : 0;

    return result != 0 || !walk->site.token ? result : value == token;
}

uint32_t stack_tokens(const struct frame_maps *maps,
                      const struct popcorn_context *ctx,
                      const struct stack_view *stack, uint64_t outermost_pc,
                      uint64_t first, struct popcorn_unwind_frame *frames,
                      uint32_t room)
{
    struct popcorn_error error = {0};
    struct walk walk;
    uint32_t count = 0;

    walk_start(&walk, maps, ctx, stack, &error);
    for (uint64_t number = 0; count < room && walk.pc != outermost_pc;
         number++) {
        if (walk_frame(&walk) != 0) {
            break;
        }
        if (number >= first && walk.site.token) {
            frames[count].call_site = walk.site.call_site;
            frames[count].number = number;
            if (read_token(&walk, &frames[count].token) != 0) {
                break;
            }
            count++;
        }
        if (walk_to_caller(&walk) != 0) {
            break;
        }
    }
    return count;
}

static bool same_frame(const struct frame_unwind *a,
                       const struct frame_unwind *b)
{
    bool same = a->frame_bytes == b->frame_bytes && a->fp_slot == b->fp_slot &&
                a->fp_offset == b->fp_offset &&
                a->saved_slots == b->saved_slots;

    for (unsigned i = 0; same && i < a->saved_count; i++) {
        same = a->saved[i].below_cfa == b->saved[i].below_cfa;
    }
    return same;
}

/* The state of the walk's frame at the return of another of its call sites. */
static int frame_at(const struct walk *walk, uint32_t call_site,
                    struct popcorn_context *target)
{
    struct frame_site site;
    struct frame_unwind unwind;
    int result = frame_maps_find_id(walk->maps, call_site, &site);

    if (result == 0) {
        result = frame_unwind_read(walk->maps, site.unwind, &unwind);
    }
    if (result != 0) {
        return popcorn_error_set(walk->error, result,
                                 "longjmp: call site %u, which called setjmp, "
                                 "has no frame map",
                                 call_site);
    }
    if (!same_frame(&unwind, walk->unwind)) {
        return popcorn_error_set(walk->error, -NEUTRAL_EBADMSG,
                                 "longjmp: call sites %u and %u have unlike "
                                 "frames, so they are of two functions: the "
                                 "jmp_buf is corrupt",
                                 call_site, walk->site.call_site);
    }
    for (unsigned i = 0; i < ISA_MAX_REGS; i++) {
        target->reg[i] = walk->reg[i];
    }
    target->pc = site.pc;
    target->sp = walk->sp;
    target->reg[walk->maps->sp_slot] = walk->sp;
    return 0;
}

int stack_unwind_to_token(const struct frame_maps *maps,
                          const struct popcorn_context *ctx,
                          const struct stack_view *stack, uint64_t outermost_pc,
                          uint64_t token, uint32_t call_site,
                          struct popcorn_context *target,
                          struct popcorn_error *error)
{
    struct walk walk;

    walk_start(&walk, maps, ctx, stack, error);
    while (walk.pc != outermost_pc) {
        int result = walk_frame(&walk);
        if (result == 0) {
            result = has_token(&walk, token);
        }
        if (result == 1) {
            return frame_at(&walk, call_site, target);
        }
        if (result == 0) {
            result = walk_to_caller(&walk);
        }
        if (result != 0) {
            return result;
        }
    }
    return popcorn_error_set(error, -NEUTRAL_ENOENT,
                             "longjmp: the function that called setjmp has "
                             "returned, or is in another context, which only "
                             "setcontext leads to");
}

int stack_find_token(const struct frame_maps *maps,
                     const struct token_frames *tokens, uint64_t token,
                     uint32_t call_site, struct popcorn_context *target,
                     struct popcorn_error *error)
{
    for (uint32_t i = tokens->count; i-- != 0;) {
        if (tokens->frame[i].token == token) {
            struct walk walk;
            int result;

            walk_start(&walk, maps, &tokens->frame[i].state, NULL, error);
            result = walk_frame(&walk);
            return result != 0 ? result : frame_at(&walk, call_site, target);
        }
    }
    return popcorn_error_set(error, -NEUTRAL_ENOENT,
                             "longjmp out of a signal handler: the function "
                             "that called setjmp has returned");
}
