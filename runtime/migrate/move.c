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
#include "runtime/migrate/member.h"

/* The thread that left, as long as it may be refused. */
static struct {
    struct popcorn_context *context;
    int has_call;
} departed;

static struct frame_maps maps;
static int maps_open;

const struct frame_maps *popcorn_frame_maps(void)
{
    if (!maps_open) {
        struct popcorn_error error = {0};
        int result = frame_maps_open(
            &maps, popcorn_this_isa, __popcorn_framemap_start,
            (uint64_t)(__popcorn_framemap_end - __popcorn_framemap_start),
            &error);

        if (result != 0) {
            popcorn_say("the program's frame maps cannot be used: ",
                        error.text, result);
            return NULL;
        }
        maps_open = 1;
    }
    return &maps;
}

void popcorn_declined(uint32_t reason)
{
    struct popcorn_message message;
    uint64_t mask;

    popcorn_node_page()->declined = reason;
    if (popcorn_member.own_request) {
        popcorn_member.own_request = 0;
        return;
    }
    if (popcorn_member.agent_lost) {
        return;
    }
    mask = popcorn_lock();
    popcorn_message_init(&message, POPCORN_DECLINED,
                         popcorn_node_page()->home_id);
    message.arg[0] = reason;
    if (popcorn_send(&message, NULL) != 0) {
        popcorn_agent_lost();
    }
    popcorn_unlock(mask);
}

/* Why the program as a whole cannot move now; NONE if it can. */
static uint32_t standing_reason(void)
{
    if (popcorn_member.agent_lost) {
        return POPCORN_DECLINE_NODE_DIED;
    }
    if (popcorn_member.pinned != POPCORN_DECLINE_NONE) {
        return popcorn_member.pinned;
    }
    return popcorn_member.thread_count > 1 ? POPCORN_DECLINE_THREADS
                                           : POPCORN_DECLINE_NONE;
}

static int bounce_is_on(const struct popcorn_node_page *page)
{
    return page->bounce_every != 0 && page->node_count > 1 &&
           (page->bounce_limit == 0 || page->moves < page->bounce_limit);
}

/* Lowers the poll word; raises it again if there is still something to do, so
 * that no request written meanwhile is lost. */
void popcorn_settle_poll_word(void)
{
    struct popcorn_node_page *page = popcorn_node_page();
    uint32_t standing = standing_reason();

    __atomic_store_n(&page->poll_word, 0, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&page->request_node, __ATOMIC_SEQ_CST) != 0 ||
        __atomic_load_n(&page->signals, __ATOMIC_SEQ_CST) != 0 ||
        popcorn_signals_pending() != 0 ||
        (bounce_is_on(page) && (standing == POPCORN_DECLINE_NONE ||
                                standing == POPCORN_DECLINE_THREADS))) {
        __atomic_store_n(&page->poll_word, 1, __ATOMIC_RELEASE);
    }
}

/* Takes the agent's or the program's request. */
static void serve_request(struct popcorn_context *context)
{
    struct popcorn_node_page *page = popcorn_node_page();
    uint32_t target =
        __atomic_exchange_n(&page->request_node, 0, __ATOMIC_ACQUIRE);
    uint32_t none = 0;
    uint32_t reason;

    if (target == 0) {
        return;
    }
    if (target == POPCORN_REQUEST_END) {
        struct popcorn_incoming incoming;

        popcorn_lock();
        if (popcorn_receive_type(POPCORN_DIE, &incoming) == 0) {
            popcorn_die(&incoming);
        }
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
        reason = (uint32_t)popcorn_depart(
            context, target, popcorn_member.own_request ? 3 : 0, NULL);
    }
    if (reason == POPCORN_DECLINE_NATIVE_FRAME && !popcorn_member.own_request) {
        /* A signal handler is running: the request waits, the status says
         * why. A request that came in meanwhile wins. */
        page->declined = reason;
        __atomic_compare_exchange_n(&page->request_node, &none, target + 1, 0,
                                    __ATOMIC_RELEASE, __ATOMIC_RELAXED);
        return;
    }
    popcorn_declined(reason);
}

static void serve_bounce(struct popcorn_context *context)
{
    struct popcorn_node_page *page = popcorn_node_page();
    uint32_t reason = standing_reason();

    if (!bounce_is_on(page) || ++page->points_passed < page->bounce_every) {
        return;
    }
    if (reason == POPCORN_DECLINE_NONE) {
        uint32_t target = page->node_id + 1;
        if (target >= page->node_count) {
            target = 0;
        }
        reason = (uint32_t)popcorn_depart(context, target, 1, NULL);
    }
    page->points_passed = 0;
    page->declined = reason;
}

void popcorn_poll_handler(struct popcorn_context *context)
{
    struct popcorn_node_page *page = popcorn_node_page();

    if (popcorn_member.mode != POPCORN_HOME &&
        popcorn_member.mode != POPCORN_REMOTE) {
        page->request_node = 0;
        page->poll_word = 0;
        page->declined = POPCORN_DECLINE_CHILD;
        return;
    }
    if (popcorn_member.mode == POPCORN_REMOTE &&
        __atomic_load_n(&page->signals, __ATOMIC_ACQUIRE) != 0) {
        popcorn_depart(context, page->home_id, 4, NULL);
    }
    if (popcorn_member.mode == POPCORN_HOME && popcorn_signals_pending() != 0) {
        /* left over by a handler that ended in a longjmp */
        popcorn_member.program_mask = popcorn_block_signals();
        popcorn_signals_run();
        popcorn_restore_signals(popcorn_member.program_mask);
    }
    serve_request(context);
    serve_bounce(context);
    popcorn_settle_poll_word();
}

/* --- departure ------------------------------------------------------------ */

static void start_header(struct pts_header *header, const long *call)
{
    popcorn_zero(header, sizeof *header);
    header->magic = PTS_MAGIC;
    header->version = PTS_VERSION;
    header->header_bytes = sizeof *header;
    popcorn_copy(header->program_id, __popcorn_program_id, 32);
    header->thread_id = 1;
    header->fpenv = isa_get_fpenv();
    header->signal_mask = popcorn_member.program_mask;
    header->tls_block = (uint64_t)(uintptr_t)isa_get_thread_pointer();
    header->migration_epoch = popcorn_migration_epoch;
    header->syscall_number = -1;
    if (call != NULL) {
        header->syscall_number = call[0];
        popcorn_copy(header->syscall_arg, call + 1, 6 * sizeof(long));
    }
}

/* Writes the PTS into the message buffer. Its size, or a negative errno. */
static int64_t capture(const struct popcorn_context *context, const long *call,
                       uint32_t *frame_count)
{
    const struct frame_maps *open_maps = popcorn_frame_maps();
    struct popcorn_error error = {0};
    struct stack_view view;
    uint64_t wanted = 1 << 16;
    uint64_t failing_pc = 0;
    int64_t result;

    if (open_maps == NULL || context->sp < popcorn_member.control_low ||
        context->sp >= popcorn_member.control_top) {
        return -NEUTRAL_EBUSY;
    }
    view.base = context->sp;
    view.bytes = (uint8_t *)(uintptr_t)context->sp;
    view.size_bytes = popcorn_member.control_top - context->sp;
    do {
        uint8_t *bytes = popcorn_buffer(wanted);
        if (bytes == NULL || wanted > POPCORN_MESSAGE_MAX) {
            return -NEUTRAL_ENOMEM;
        }
        wanted = popcorn_buffer_size();
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
        start_header(&header, call);
        header.frame_bytes = (uint64_t)result;
        header.frame_count = *frame_count;
        header.checksum =
            pts_checksum(&header, popcorn_buffer(0) + sizeof header);
        popcorn_copy(popcorn_buffer(0), &header, sizeof header);
        result += (int64_t)sizeof header;
    } else if (result != -NEUTRAL_EBUSY) {
        popcorn_say("the thread cannot be captured: ", error.text, result);
    }
    return result;
}

static void wait_on_runtime_stack(void *unused)
{
    (void)unused;
    popcorn_wait_loop();
}

int popcorn_depart(struct popcorn_context *context, uint32_t target,
                   uint32_t reason, const long *call)
{
    struct popcorn_node_page *page = popcorn_node_page();
    struct popcorn_message message;
    uint64_t start_ns = popcorn_now_ns();
    uint64_t mask = popcorn_block_signals();
    uint32_t frame_count = 0;
    int64_t size_bytes;

    if (popcorn_member.mode == POPCORN_HOME) {
        popcorn_member.program_mask = mask;
    }
    size_bytes = capture(context, call, &frame_count);
    if (size_bytes < 0 || size_bytes > POPCORN_MESSAGE_MAX) {
        popcorn_restore_signals(mask);
        return size_bytes == -NEUTRAL_EBUSY ? POPCORN_DECLINE_NATIVE_FRAME
               : size_bytes == -NEUTRAL_EFAULT ||
                       size_bytes == -NEUTRAL_EBADMSG
                   ? POPCORN_DECLINE_BAD_STATE
                   : POPCORN_DECLINE_NO_SPACE;
    }
    popcorn_message_init(&message, POPCORN_THREAD_DEPART, target);
    message.length = (uint32_t)size_bytes;
    message.arg[1] = frame_count;
    message.arg[2] = popcorn_member.high_water;
    message.arg[3] = reason;
    message.arg[4] = page->moves;
    message.arg[5] = start_ns;
    message.arg[0] = popcorn_now_ns() - start_ns;
    departed.context = context;
    departed.has_call = call != NULL;
    if (popcorn_member.mode == POPCORN_HOME) {
        popcorn_signals_first_departure();
    }
    if (popcorn_send(&message, popcorn_buffer(0)) != 0) {
        popcorn_agent_lost();
        popcorn_restore_signals(mask);
        return POPCORN_DECLINE_NODE_DIED;
    }
    popcorn_member.thread_away = 1;
    popcorn_member.ever_moved = 1;
    page->signals = 0;
    popcorn_run_on_stack((void *)(uintptr_t)popcorn_member.runtime_top,
                         wait_on_runtime_stack, NULL);
}

/* Once for each reason: with --bounce a node may refuse at every point. */
static void say_refused(uint32_t reason, const char *text)
{
    static uint32_t said;
    uint32_t bit = 1u << (reason & 31);

    if ((said & bit) == 0) {
        said |= bit;
        popcorn_say("the thread stays on this node: ", text, 0);
    }
}

/* The other node could not take the thread: it goes on here. */
void popcorn_refused(const struct popcorn_incoming *incoming)
{
    struct popcorn_context *context = departed.context;
    uint32_t reason = (uint32_t)incoming->message.arg[0];

    if (context == NULL) {
        popcorn_fatal("the agent refused a thread that was not sent");
    }
    departed.context = NULL;
    popcorn_member.thread_away = 0;
    if (incoming->message.length != 0) {
        incoming->payload[incoming->message.length] = '\0';
        say_refused(reason, (const char *)incoming->payload);
    }
    if (departed.has_call) {
        popcorn_say("a system call that only the home node can carry out "
                    "failed, for the thread could not go there",
                    NULL, 0);
        context->reg[popcorn_this_isa->result_slot] =
            (uint64_t)-(int64_t)NEUTRAL_EAGAIN;
    }
    popcorn_declined(reason);
    popcorn_node_page()->points_passed = 0;
    popcorn_settle_poll_word();
    if (popcorn_member.mode == POPCORN_HOME) {
        popcorn_signals_run();
        popcorn_restore_signals(popcorn_member.program_mask);
    }
    popcorn_resume(context);
}

/* The thread has arrived here: a refusal can no longer come. */
void popcorn_departure_done(void)
{
    departed.context = NULL;
}
