/* Calls of the program that are about its own control stack.
 *
 * A return address is another one on each ISA. So a backtrace gives those of home's
 * image, wherever the thread is: a list of them means the same after a move, and in a
 * program that runs by itself they are what they are on any system.
 */
#include "isa/native.h"
#include "runtime/member/move/longjmp.h"
#include "runtime/member/move/move.h"
#include "runtime/stack/token_frames.h"

long popcorn_call_addresses(uint64_t *call_sites, uint64_t count)
{
    const struct frame_maps *maps = popcorn_frame_maps();

    for (uint64_t i = 0; i < count; i++) {
        call_sites[i] =
            maps == NULL
                ? 0
                : frame_maps_return_address(maps, (uint32_t)call_sites[i]);
    }
    return 0;
}

/* Every frame has a frame map that leads out of it, so the view needs no end: the
 * thread may be on any stack, a signal handler's too. The walk ends at what called
 * the handler. */
static struct stack_view stack_from(const struct popcorn_context *context)
{
    return (struct stack_view){context->sp, (uint8_t *)(uintptr_t)context->sp,
                               UINT64_MAX - context->sp};
}

static long backtrace(const struct popcorn_context *context,
                      uint64_t *addresses, uint32_t room, uint32_t skip)
{
    const struct frame_maps *maps = popcorn_frame_maps();
    const struct stack_view view = stack_from(context);
    uint32_t count;

    if (maps == NULL) {
        return 0;
    }
    count = stack_trace(maps, context, &view,
                        (uint64_t)(uintptr_t)popcorn_outermost_return, skip,
                        addresses, room);
    if (popcorn_member.mode == POPCORN_REMOTE) {
        const long arguments[6] = {(long)addresses, (long)count};

        popcorn_delegate_here(popcorn_seat(), POPCORN_CALL_ADDRESSES,
                              arguments);
    } else {
        popcorn_call_addresses(addresses, count);
    }
    return (long)count;
}

static long tokens(const struct popcorn_context *context,
                   struct popcorn_unwind_frame *frames, uint32_t room,
                   uint64_t first)
{
    const struct frame_maps *maps = popcorn_frame_maps();
    const struct stack_view view = stack_from(context);

    return maps == NULL ? 0
                        : (long)stack_tokens(
                              maps, context, &view,
                              (uint64_t)(uintptr_t)popcorn_outermost_return,
                              first, frames, room);
}

/* The landing sets the data-stack pointer itself, out of its frame. */
static _Noreturn void land(const struct popcorn_context *context,
                           const long arguments[6])
{
    const struct frame_maps *maps = popcorn_frame_maps();
    const struct stack_view view = stack_from(context);
    struct popcorn_error error = {0};
    struct popcorn_context target;

    if (maps == NULL ||
        stack_unwind_to_token(maps, context, &view,
                              (uint64_t)(uintptr_t)popcorn_outermost_return,
                              (uint64_t)arguments[0], (uint32_t)arguments[1],
                              &target, &error) != 0) {
        popcorn_fatal(error.text);
    }
    for (unsigned i = 0; i < 4; i++) {
        __popcorn_jump[i] = (uint64_t)arguments[i];
    }
    popcorn_resume(&target);
}

/* Where a landing begins: a call site, and no call. */
void __popcorn_land(void);
void __popcorn_land(void)
{
    popcorn_fatal("__popcorn_land was called");
}

long popcorn_framed_call(struct popcorn_context *context, long n,
                         const long arguments[6])
{
    switch (n) {
    case POPCORN_CALL_BACKTRACE:
        return backtrace(context, (uint64_t *)arguments[0],
                         (uint32_t)arguments[1], (uint32_t)arguments[2]);
    case POPCORN_CALL_TOKENS:
        return tokens(context, (struct popcorn_unwind_frame *)arguments[0],
                      (uint32_t)arguments[1], (uint64_t)arguments[2]);
    case POPCORN_CALL_LAND:
        land(context, arguments);
    case POPCORN_CALL_SWITCH:
        return popcorn_fiber_switch(
            context, (struct popcorn_fiber *)arguments[0],
            (struct popcorn_fiber *)arguments[1],
            (void (*)(void *))arguments[2], (void *)arguments[3]);
    }
    return -NEUTRAL_ENOSYS;
}
