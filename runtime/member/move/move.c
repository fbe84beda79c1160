/* Leaving a node: the slow path of migration points, and the wait for the
 * thread's return.
 *
 *            popcorn_poll_handler, popcorn_syscall_away
 *                           |
 *                   popcorn_depart: capture, THREAD_DEPART
 *                           |
 *     +-------------> popcorn_wait_loop <---------------+
 *     |                 |       |      |                |
 *     |  SYSCALL: carry |       |      | THREAD_ARRIVE  | cannot rebuild:
 *     +---- out, reply -+       |      +- popcorn_arrive + THREAD_REFUSED
 *                THREAD_REFUSED |             |
 *                 resume the    |             | resume the rebuilt stack
 *                 old context --+             |
 *                               v             v
 *                            the program goes on
 *
 * The old control stack stays untouched until a thread arrives, so a refusal
 * costs nothing.
 */
#include "runtime/member/member.h"

enum { GIVE_WAY_POINTS = 32 };

static struct frame_maps maps;
enum { MAPS_UNKNOWN, MAPS_WRITTEN, MAPS_OPEN };
static uint32_t maps_state;

/* Threads may open them at the same time. One of them writes what all have
 * found; nobody writes what another may already read. */
const struct frame_maps *popcorn_frame_maps(void)
{
    if (__atomic_load_n(&maps_state, __ATOMIC_ACQUIRE) != MAPS_OPEN) {
        struct frame_maps found;
        struct popcorn_error error = {0};
        uint32_t unknown = MAPS_UNKNOWN;
        int result = frame_maps_open(
            &found, popcorn_this_isa, __popcorn_framemap_start,
            (uint64_t)(__popcorn_framemap_end - __popcorn_framemap_start),
            &error);

        if (result != 0) {
            popcorn_say("the program's frame maps cannot be used: ",
                        error.text, result);
            return NULL;
        }
        if (__atomic_compare_exchange_n(&maps_state, &unknown, MAPS_WRITTEN, 0,
                                        __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE)) {
            maps = found;
            __atomic_store_n(&maps_state, MAPS_OPEN, __ATOMIC_RELEASE);
        }
        while (__atomic_load_n(&maps_state, __ATOMIC_ACQUIRE) != MAPS_OPEN) {
            isa_syscall(NEUTRAL_sched_yield, 0, 0, 0, 0, 0, 0);
        }
    }
    return &maps;
}

void popcorn_declined(struct popcorn_seat *seat, uint32_t reason)
{
    struct popcorn_message message;

    seat->declined = reason;
    if (seat->own_request) {
        seat->own_request = 0;
        return;
    }
    if (popcorn_member.agent_lost) {
        return;
    }
    popcorn_message_init(&message, seat, POPCORN_DECLINED,
                         popcorn_node_page()->home_id);
    message.arg[0] = reason;
    if (popcorn_send(seat, &message, NULL) != 0) {
        popcorn_agent_lost();
    }
}

/* Why the program as a whole cannot move now; NONE if it can. */
static uint32_t standing_reason(void)
{
    return popcorn_member.agent_lost ? POPCORN_DECLINE_NODE_DIED
                                     : (uint32_t)popcorn_pinned();
}

static int bounce_is_on(const struct popcorn_seat *seat)
{
    const struct popcorn_node_page *page = popcorn_node_page();

    return page->bounce_every != 0 && page->node_count > 1 &&
           (page->bounce_limit == 0 || seat->moves < page->bounce_limit) &&
           standing_reason() == POPCORN_DECLINE_NONE;
}

/* Something to do at a migration point. */
static int is_wanted(const struct popcorn_seat *seat)
{
    const struct popcorn_thread_word *word =
        &popcorn_node_page()->thread[seat->thread];

    return __atomic_load_n(&word->request_node, __ATOMIC_SEQ_CST) != 0 ||
           __atomic_load_n(&word->signals, __ATOMIC_SEQ_CST) != 0 ||
           seat->signal_count != 0 || bounce_is_on(seat);
}

/* The agent writes a thread's word, then the poll word, so nothing written
 * meanwhile is lost. A thread that may be waiting in the kernel is left out,
 * or the others would take the slow path until it is back: it raises the word
 * itself then. */
void popcorn_settle_poll_word(void)
{
    struct popcorn_node_page *page = popcorn_node_page();

    __atomic_store_n(&page->poll_word, 0, __ATOMIC_SEQ_CST);
    for (uint32_t i = 0; i < popcorn_member.thread_limit; i++) {
        const struct popcorn_seat *seat =
            __atomic_load_n(&popcorn_seats[i], __ATOMIC_SEQ_CST);

        if (seat != NULL && __atomic_load_n(&seat->live, __ATOMIC_SEQ_CST) &&
            !__atomic_load_n(&seat->away, __ATOMIC_SEQ_CST) &&
            !__atomic_load_n(&page->thread[i].blocked, __ATOMIC_SEQ_CST) &&
            is_wanted(seat)) {
            __atomic_store_n(&page->poll_word, 1, __ATOMIC_RELEASE);
            return;
        }
    }
}

void popcorn_raise_poll_word(const struct popcorn_seat *seat)
{
    if (is_wanted(seat)) {
        __atomic_store_n(&popcorn_node_page()->poll_word, 1, __ATOMIC_SEQ_CST);
    }
}

/* Takes the agent's or the program's request. */
static void serve_request(struct popcorn_seat *seat,
                          struct popcorn_context *context)
{
    struct popcorn_node_page *page = popcorn_node_page();
    uint32_t *word = &page->thread[seat->thread].request_node;
    uint32_t target = __atomic_exchange_n(word, 0, __ATOMIC_ACQUIRE);
    uint32_t none = 0;
    uint32_t reason;

    if (target == 0) {
        return;
    }
    target--;
    reason = standing_reason();
    if (reason == POPCORN_DECLINE_NONE && target >= page->node_count) {
        reason = POPCORN_DECLINE_NO_NODE;
    }
    if (reason == POPCORN_DECLINE_NONE && target == page->node_id) {
        reason = POPCORN_DECLINE_SAME_NODE;
    }
    if (reason == POPCORN_DECLINE_NONE) {
        reason = (uint32_t)popcorn_depart(seat, context, target,
                                          seat->own_request ? 3 : 0, NULL);
    }
    if (reason == POPCORN_DECLINE_NATIVE_FRAME && !seat->own_request) {
        /* A signal handler is running, which passes: the request waits, the
         * status says why. A request that came in meanwhile wins. */
        seat->declined = reason;
        __atomic_compare_exchange_n(word, &none, target + 1, 0,
                                    __ATOMIC_RELEASE, __ATOMIC_RELAXED);
        return;
    }
    popcorn_declined(seat, reason);
}

/* Of --bounce-each: moves from here, by the hash of the point's address; two
 * points that share a counter share the moves. */
#define POINT_BITS 18
static uint8_t point_moves[1 << POINT_BITS];

/* Whether this point has moves left, and takes one. */
static int takes_point(const struct popcorn_context *context)
{
    uint64_t each = popcorn_node_page()->bounce_each;
    uint8_t *moves = &point_moves[context->pc * 0x9e3779b97f4a7c15u >>
                                  (64 - POINT_BITS)];

    if (each == 0) {
        return 1;
    }
    /* Threads that meet here may make one more. */
    if (__atomic_load_n(moves, __ATOMIC_RELAXED) >= each) {
        return 0;
    }
    __atomic_fetch_add(moves, 1, __ATOMIC_RELAXED);
    return 1;
}

static void serve_bounce(struct popcorn_seat *seat,
                         struct popcorn_context *context)
{
    struct popcorn_node_page *page = popcorn_node_page();
    uint32_t target = page->node_id + 1;

    if (!bounce_is_on(seat)) {
        if (page->bounce_every != 0 && standing_reason() != 0) {
            seat->declined = standing_reason();
        }
        return;
    }
    if (++seat->points_passed < page->bounce_every || !takes_point(context)) {
        return;
    }
    if (target >= page->node_count) {
        target = 0;
    }
    seat->declined = (uint32_t)popcorn_depart(seat, context, target, 1, NULL);
    seat->points_passed = 0;
}

/* An agent that is not asleep on this thread's processor waits for it: woken by
 * it, the thread took it first. A thread that faults again soon gives it back
 * by that, and faster; one that computes does so here. */
static void give_way(struct popcorn_seat *seat)
{
    struct popcorn_node_page *page = popcorn_node_page();
    uint32_t agent_cpu = __atomic_load_n(&page->agent_cpu, __ATOMIC_ACQUIRE);
    uint32_t cpu = 0;

    if (agent_cpu == 0 ||
        isa_syscall(NEUTRAL_getcpu, (long)&cpu, 0, 0, 0, 0, 0) != 0 ||
        agent_cpu != cpu + 1) {
        seat->points_shared = 0;
    } else if (++seat->points_shared < GIVE_WAY_POINTS) {
        __atomic_store_n(&page->poll_word, 1, __ATOMIC_RELEASE);
    } else {
        seat->points_shared = 0;
        __atomic_store_n(&page->gave_way, 1, __ATOMIC_RELAXED);
        isa_syscall(NEUTRAL_sched_yield, 0, 0, 0, 0, 0, 0);
    }
}

void popcorn_poll_handler(struct popcorn_context *context)
{
    struct popcorn_node_page *page = popcorn_node_page();
    struct popcorn_seat *seat;

    if (popcorn_member.mode != POPCORN_HOME &&
        popcorn_member.mode != POPCORN_REMOTE) {
        page->poll_word = 0;
        return;
    }
    seat = popcorn_seat();
    if (popcorn_member.mode == POPCORN_REMOTE &&
        __atomic_load_n(&page->thread[seat->thread].signals,
                        __ATOMIC_ACQUIRE) != 0) {
        popcorn_depart(seat, context, page->home_id, 4, NULL);
    }
    if (popcorn_member.mode == POPCORN_HOME && seat->signal_count != 0) {
        /* The rest: in a handler, or after one that ended in a longjmp. */
        seat->program_mask = popcorn_block_signals();
        popcorn_signals_run(seat, seat->program_mask);
        popcorn_restore_signals(seat->program_mask);
    }
    serve_request(seat, context);
    serve_bounce(seat, context);
    popcorn_settle_poll_word();
    give_way(seat);
}

/* --- departure ------------------------------------------------------------ */

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
        result = stack_capture(
            open_maps, context, &view,
            (uint64_t)(uintptr_t)popcorn_outermost_return,
            bytes + sizeof(struct pts_header),
            wanted - sizeof(struct pts_header), frame_count, &failing_pc,
            &error);
        wanted *= 2;
    } while (result == -NEUTRAL_ENOSPC);
    if (result >= 0) {
        struct pts_header header;
        start_header(seat, &header, call);
        header.frame_bytes = (uint64_t)result;
        header.frame_count = *frame_count;
        header.checksum =
            pts_checksum(&header, seat->buffer + sizeof header);
        popcorn_copy(seat->buffer, &header, sizeof header);
        result += (int64_t)sizeof header;
    } else if (result != -NEUTRAL_EBUSY) {
        popcorn_say("the thread cannot be captured: ", error.text, result);
    }
    return result;
}

static void wait_for_thread(void *argument)
{
    struct popcorn_seat *seat = argument;

    popcorn_become_stand_in(seat);
    popcorn_wait_loop(seat);
}

void popcorn_wait_on_runtime_stack(struct popcorn_seat *seat)
{
    popcorn_run_on_stack((void *)(uintptr_t)seat->runtime_top, wait_for_thread,
                         seat);
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
        result = popcorn_desk.live ? -NEUTRAL_EPIPE : popcorn_desk_open(seat);
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

/* Once for each reason: with --bounce a node may refuse at every point. */
static void say_refused(uint32_t reason, const char *text)
{
    static uint32_t said;
    uint32_t bit = 1u << (reason & 31);

    if ((__atomic_fetch_or(&said, bit, __ATOMIC_RELAXED) & bit) == 0) {
        popcorn_say("the thread stays on this node: ", text, 0);
    }
}

int popcorn_depart(struct popcorn_seat *seat, struct popcorn_context *context,
                   uint32_t target, uint32_t reason, const long *call)
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
    message.arg[1] = frame_count;
    message.arg[2] = popcorn_member.high_water;
    message.arg[3] = reason;
    message.arg[4] = seat->moves;
    message.arg[5] = start_ns;
    popcorn_cpu_time_leaves(seat);
    message.arg[0] = popcorn_now_ns() - start_ns;
    seat->departed = context;
    seat->departed_tls = (uint64_t)(uintptr_t)isa_get_thread_pointer();
    seat->departed_with_call = call != NULL;
    page->thread[seat->thread].signals = 0;
    __atomic_store_n(&seat->away, 1, __ATOMIC_SEQ_CST);
    if (popcorn_member.mode == POPCORN_HOME &&
        (pinned = popcorn_pinned()) != POPCORN_PIN_NONE) {
        __atomic_store_n(&seat->away, 0, __ATOMIC_SEQ_CST);
        popcorn_restore_signals(mask);
        return (int)pinned;
    }
    result = send_away(seat, &message);
    if (result != 0) {
        seat->away = 0;
        if (result == -NEUTRAL_EPIPE) {
            popcorn_agent_lost();
        } else {
            say_refused(POPCORN_DECLINE_NO_SPACE,
                        "no memory or descriptors for its desk");
        }
        popcorn_restore_signals(mask);
        return result == -NEUTRAL_EPIPE ? POPCORN_DECLINE_NODE_DIED
                                        : POPCORN_DECLINE_NO_SPACE;
    }
    popcorn_wait_on_runtime_stack(seat);
}

/* The other node could not take the thread: it goes on here. */
void popcorn_refused(struct popcorn_seat *seat,
                     const struct popcorn_incoming *incoming)
{
    struct popcorn_context *context = seat->departed;
    uint32_t reason = (uint32_t)incoming->message.arg[0];

    if (context == NULL) {
        popcorn_fatal("the agent refused a thread that was not sent");
    }
    seat->departed = NULL;
    isa_set_thread_pointer((void *)(uintptr_t)seat->departed_tls);
    __atomic_store_n(&seat->away, 0, __ATOMIC_SEQ_CST);
    if (incoming->message.length != 0) {
        incoming->payload[incoming->message.length] = '\0';
        say_refused(reason, (const char *)incoming->payload);
    }
    if (seat->departed_with_call) {
        popcorn_say("a system call that only the home node can carry out "
                    "failed, for the thread could not go there",
                    NULL, 0);
        context->reg[popcorn_this_isa->result_slot] =
            (uint64_t)-(int64_t)NEUTRAL_EAGAIN;
    }
    popcorn_declined(seat, reason);
    seat->points_passed = 0;
    popcorn_raise_poll_word(seat);
    if (popcorn_member.mode == POPCORN_HOME) {
        popcorn_signals_run(seat, 0);
        popcorn_restore_signals(seat->program_mask);
    } else {
        popcorn_faults_unblock();
    }
    popcorn_resume(context);
}
