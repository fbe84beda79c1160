/* Leaving a node (move.h has the drawing). */
#include "runtime/member/move/move.h"

static void start_header(const struct popcorn_seat *seat,
                         struct pts_header *header, const long *call)
{
    popcorn_zero(header, sizeof *header);
    header->magic = PTS_MAGIC;
    header->version = PTS_VERSION;
    header->header_bytes = sizeof *header;
    popcorn_copy(header->program_id, __popcorn_program_id, 32);
    header->thread_id = seat->thread;
    header->fpenv = isa_get_fpenv();
    header->signal_mask = seat->program_mask;
    header->tls_block = (uint64_t)(uintptr_t)isa_get_thread_pointer();
    header->migration_epoch = __popcorn_epoch;
    header->syscall_number = -1;
    if (call != NULL) {
        header->syscall_number = call[0];
        popcorn_copy(header->syscall_arg, call + 1, 6 * sizeof(long));
    }
}

/* Writes the PTS into the message buffer. Its size, or a negative errno. */
static int64_t capture(struct popcorn_seat *seat,
                       const struct popcorn_context *context, const long *call,
                       uint32_t *frame_count)
{
    const struct frame_maps *open_maps = popcorn_frame_maps();
    struct popcorn_error error = {0};
    struct stack_view view;
    uint64_t wanted = 1 << 16;
    uint64_t failing_pc = 0;
    int64_t result;

    if (open_maps == NULL) {
        return -NEUTRAL_ENOENT; /* which has been said */
    }
    if (context->sp < seat->control_low || context->sp >= seat->control_top) {
        return -NEUTRAL_EBUSY;
    }
    view.base = context->sp;
    view.bytes = (uint8_t *)(uintptr_t)context->sp;
    view.size_bytes = seat->control_top - context->sp;
    do {
        uint8_t *bytes = popcorn_buffer(seat, wanted);
        if (bytes == NULL || wanted > POPCORN_MESSAGE_MAX) {
            return -NEUTRAL_ENOMEM;
        }
        wanted = seat->buffer_bytes;
        result = stack_capture(open_maps, context, &view,
                               (uint64_t)(uintptr_t)popcorn_outermost_return,
                               bytes + sizeof(struct pts_header),
                               wanted - sizeof(struct pts_header), frame_count,
                               &failing_pc, &error);
        wanted *= 2;
    } while (result == -NEUTRAL_ENOSPC);
    if (result >= 0) {
        struct pts_header header;
        start_header(seat, &header, call);
        header.frame_bytes = (uint64_t)result;
        header.frame_count = *frame_count;
        header.checksum = pts_checksum(&header, seat->buffer + sizeof header);
        popcorn_copy(seat->buffer, &header, sizeof header);
        result += (int64_t)sizeof header;
    } else if (result != -NEUTRAL_EBUSY) {
        popcorn_say("the thread cannot be captured: ", error.text, result);
    }
    return result;
}

/* From the first departure on pages may be elsewhere, also for a thread in a
 * memory call. If it cannot be sent nothing has changed. */
static int send_first(struct popcorn_seat *seat,
                      const struct popcorn_message *message)
{
    uint64_t mask = popcorn_lock();
    int result = 0;

    if (!popcorn_member.ever_moved) {
        /* A desk although nothing has left: the agent was lost meanwhile. */
        result = popcorn_seat_state(&popcorn_desk) != POPCORN_SEAT_FREE
                     ? -NEUTRAL_EPIPE
                     : popcorn_desk_open(seat);
        if (result == 0) {
            popcorn_signals_first_departure();
            popcorn_protections_tell_locked(seat);
        }
    }
    if (result == 0) {
        result = popcorn_send(seat, message, seat->buffer);
    }
    if (result == 0) {
        struct popcorn_node_page *page = popcorn_node_page();

        popcorn_member.ever_moved = 1;
        __atomic_store_n(&page->departed, 1, __ATOMIC_SEQ_CST);
        isa_syscall(NEUTRAL_futex, (long)&page->departed, NEUTRAL_FUTEX_WAKE, 1,
                    0, 0, 0);
    }
    popcorn_unlock(mask);
    return result;
}

static int send_away(struct popcorn_seat *seat,
                     const struct popcorn_message *message)
{
    if (popcorn_member.mode == POPCORN_HOME) {
        if (!popcorn_member.ever_moved) {
            return send_first(seat, message);
        }
        if (popcorn_protections_untold()) {
            uint64_t mask = popcorn_lock();

            popcorn_protections_tell_locked(seat);
            popcorn_unlock(mask);
        }
    }
    return popcorn_send(seat, message, seat->buffer);
}

static int decline_of(int64_t error)
{
    return error == -NEUTRAL_EBUSY    ? POPCORN_DECLINE_NATIVE_FRAME
           : error == -NEUTRAL_ENOENT ? POPCORN_DECLINE_NO_CALL_SITE
           : error == -NEUTRAL_EFAULT || error == -NEUTRAL_EBADMSG
               ? POPCORN_DECLINE_BAD_STATE
               : POPCORN_DECLINE_NO_SPACE;
}

/* It has not been sent. */
static void stay(struct popcorn_seat *seat)
{
    seat->departed = NULL;
    popcorn_seat_step(seat, POPCORN_SEAT_DO_STAY);
}

int popcorn_depart(struct popcorn_seat *seat, struct popcorn_context *context,
                   uint32_t target, enum popcorn_depart_reason reason,
                   const long *call)
{
    struct popcorn_node_page *page = popcorn_node_page();
    struct popcorn_message message;
    uint64_t start_ns = popcorn_now_ns();
    uint64_t mask = popcorn_block_signals();
    uint32_t frame_count = 0;
    enum popcorn_pin pinned;
    int64_t size_bytes;
    int result;

    if (popcorn_member.mode == POPCORN_HOME) {
        seat->program_mask = mask;
    }
    size_bytes = capture(seat, context, call, &frame_count);
    if (size_bytes < 0 || size_bytes > POPCORN_MESSAGE_MAX) {
        popcorn_restore_signals(mask);
        return decline_of(size_bytes);
    }
    popcorn_message_init(&message, seat, POPCORN_THREAD_DEPART, target);
    message.length = (uint32_t)size_bytes;
    message.move.frames = frame_count;
    message.move.high_water = popcorn_member.high_water;
    message.move.reason = reason;
    message.move.moves = seat->moves;
    message.move.when_ns = start_ns;
    popcorn_cpu_time_leaves(seat);
    message.move.capture_ns = popcorn_now_ns() - start_ns;
    seat->departed = context;
    seat->departed_tls = (uint64_t)(uintptr_t)isa_get_thread_pointer();
    seat->departed_with_call = call != NULL;
    page->thread[seat->thread].signals = 0;
    popcorn_seat_step(seat, POPCORN_SEAT_DO_LEAVE);
    if (popcorn_member.mode == POPCORN_HOME &&
        (pinned = popcorn_pinned()) != POPCORN_PIN_NONE) {
        stay(seat);
        popcorn_restore_signals(mask);
        return (int)pinned;
    }
    result = send_away(seat, &message);
    if (result != 0) {
        stay(seat);
        if (result == -NEUTRAL_EPIPE) {
            popcorn_agent_lost();
        } else {
            popcorn_say_refused(POPCORN_DECLINE_NO_SPACE,
                                "no memory or descriptors for its desk");
        }
        popcorn_restore_signals(mask);
        return result == -NEUTRAL_EPIPE ? POPCORN_DECLINE_NODE_DIED
                                        : POPCORN_DECLINE_NO_SPACE;
    }
    popcorn_wait_on_runtime_stack(seat);
}
