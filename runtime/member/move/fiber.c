/* One fiber gives the thread to another (docs/runtime.md, "Contexts").
 *
 * By itself a program has a control stack for each fiber, and the caller's state stays
 * where the system call's stub has put it, until somebody resumes it. A member has one
 * control stack for each thread: frames of the one fiber are captured, those of the other
 * rebuilt in their place, from the runtime stack. What can fail comes before anything is
 * overwritten, but for the memory of `from`, which means nothing until then.
 */
#include "runtime/member/move/move.h"

extern __thread char *__popcorn_data_stack
    __attribute__((tls_model("local-exec")));

static void suspend(struct popcorn_fiber *from)
{
    if (from != NULL) {
        from->data_stack = (uint64_t)(uintptr_t)__popcorn_data_stack;
        from->epoch = __popcorn_epoch;
    }
}

/* --- by itself --- */

static uint64_t top_of(struct popcorn_fiber *to)
{
    if (to->context != 0) { /* begins anew: below what it has */
        return to->context & ~(uint64_t)15;
    }
    if (to->control_base == 0) {
        to->control_base = popcorn_map_guarded(to->control_bytes);
    }
    return to->control_base == 0 ? 0 : to->control_base + to->control_bytes;
}

static long switch_stacks(const struct popcorn_context *context,
                          struct popcorn_fiber *from, struct popcorn_fiber *to,
                          void (*entry)(void *), void *argument)
{
    uint64_t top = entry == NULL ? 0 : top_of(to);

    if (entry != NULL && top == 0) {
        return -NEUTRAL_ENOMEM;
    }
    suspend(from);
    if (from != NULL) {
        from->context = (uint64_t)(uintptr_t)context;
    }
    __popcorn_data_stack = (char *)(uintptr_t)to->data_stack;
    if (entry != NULL) {
        popcorn_enter(entry, argument, top);
    }
    popcorn_resume((const struct popcorn_context *)(uintptr_t)to->context);
}

/* --- in a member --- */

static _Noreturn void refuse_handler(void)
{
    popcorn_fatal("a thread cannot change contexts in a signal handler under "
                  "popcorn run: start the program by itself");
}

static long capture(const struct popcorn_seat *seat,
                    const struct popcorn_context *context,
                    struct popcorn_fiber *from)
{
    const struct frame_maps *maps = popcorn_frame_maps();
    struct stack_view view = {context->sp, (uint8_t *)(uintptr_t)context->sp,
                              seat->control_top - context->sp};
    struct popcorn_error error = {0};
    uint64_t failing_pc = 0;
    int64_t result;

    if (maps == NULL) {
        popcorn_fatal("a context cannot be left without the frame maps");
    }
    result = stack_capture(maps, context, &view,
                           (uint64_t)(uintptr_t)popcorn_outermost_return,
                           (void *)(uintptr_t)from->frames, from->frames_room,
                           &from->frame_count, &failing_pc, &error);
    if (result == -NEUTRAL_EBUSY) {
        refuse_handler();
    }
    if (result < 0 && result != -NEUTRAL_ENOSPC) {
        popcorn_say("a context cannot be left: ", error.text, result);
        popcorn_exit_now(POPCORN_EXIT_FAILURE);
    }
    from->frame_bytes = result < 0 ? 0 : (uint64_t)result;
    return result < 0 ? (long)result : 0;
}

/* A value that neither the thread nor the fiber has had. */
static void next_epoch(uint32_t of_fiber)
{
    __popcorn_epoch =
        (__popcorn_epoch > of_fiber ? __popcorn_epoch : of_fiber) + 1;
}

static void unblock(uint64_t mask)
{
    if (popcorn_member.mode == POPCORN_REMOTE) {
        popcorn_faults_unblock();
    } else {
        popcorn_restore_signals(mask);
    }
}

struct change {
    struct popcorn_seat *seat;
    struct popcorn_context *left;
    struct popcorn_fiber *from, *to;
    uint64_t mask;
};

static void rebuild_on_runtime_stack(void *argument)
{
    const struct change *change = argument;
    struct popcorn_seat *seat = change->seat;
    const struct popcorn_fiber *to = change->to;
    const struct popcorn_context *next = &seat->context;
    struct popcorn_error error = {0};
    int result = popcorn_rebuild(seat, (const void *)(uintptr_t)to->frames,
                                 to->frame_bytes, to->frame_count, &error);

    if (result == -NEUTRAL_ENOSPC) {
        popcorn_say(
            "a context cannot be gone on with in this thread: ", error.text, 0);
        change->left->reg[popcorn_this_isa->result_slot] =
            (uint64_t)-(int64_t)NEUTRAL_ENOMEM;
        next = change->left;
    } else if (result != 0) {
        popcorn_fatal(error.text);
    } else {
        suspend(change->from);
        seat->context.reg[popcorn_this_isa->result_slot] = 0;
        __popcorn_data_stack = (char *)(uintptr_t)to->data_stack;
        next_epoch(to->epoch);
    }
    unblock(change->mask);
    popcorn_resume(next);
}

static long switch_frames(struct popcorn_context *context,
                          struct popcorn_fiber *from, struct popcorn_fiber *to,
                          void (*entry)(void *), void *argument)
{
    struct popcorn_seat *seat = popcorn_seat();
    struct change *change =
        (struct change *)(uintptr_t)((seat->runtime_top -
                                      sizeof(struct change)) &
                                     ~(uint64_t)63);
    uint64_t mask = popcorn_block_signals();
    long result;

    if (from != NULL &&
        (context->sp < seat->control_low || context->sp >= seat->control_top)) {
        refuse_handler();
    }
    result = from == NULL ? 0 : capture(seat, context, from);
    if (result != 0) {
        unblock(mask);
        return result;
    }
    if (entry != NULL) {
        suspend(from);
        __popcorn_data_stack = (char *)(uintptr_t)to->data_stack;
        next_epoch(to->epoch);
        seat->tokens.count = 0;
        unblock(mask);
        popcorn_enter(entry, argument, seat->control_top);
    }
    change->seat = seat;
    change->left = context;
    change->from = from;
    change->to = to;
    change->mask = mask;
    popcorn_run_on_stack(change, rebuild_on_runtime_stack, change);
}

long popcorn_fiber_switch(struct popcorn_context *context,
                          struct popcorn_fiber *from, struct popcorn_fiber *to,
                          void (*entry)(void *), void *argument)
{
    return popcorn_member.mode == POPCORN_STANDALONE
               ? switch_stacks(context, from, to, entry, argument)
               : switch_frames(context, from, to, entry, argument);
}
