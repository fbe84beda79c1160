/* A thread arrives: check everything, rebuild its stack, commit, go on.
 *
 * Until the commit nothing but node-local scratch has changed, so a refusal
 * lets the thread go on where it was.
 */
#include "runtime/member/move/move.h"

static void refuse(struct popcorn_seat *seat,
                   const struct popcorn_message *arrival, uint32_t reason,
                   const char *text)
{
    struct popcorn_message message;

    popcorn_message_init(&message, seat, POPCORN_THREAD_REFUSED,
                         arrival->source_node);
    message.request = arrival->request;
    message.refused.reason = reason;
    message.length = (uint32_t)popcorn_text_length(text);
    if (popcorn_send(seat, &message, text) != 0) {
        popcorn_agent_lost();
    }
}

/* 0 or -EBADMSG: damaged, or not of this program. */
static int read_header(const struct popcorn_incoming *incoming,
                       struct pts_header *header, struct popcorn_error *error)
{
    int result = pts_read_header(incoming->payload, incoming->message.length,
                                 header, error);

    if (result != 0) {
        return result;
    }
    if (header->tls_block < POPCORN_ARENA_BASE ||
        header->tls_block >= POPCORN_ARENA_BASE + POPCORN_ARENA_SIZE ||
        header->tls_block % 16 != 0) {
        return popcorn_error_set(error, -NEUTRAL_EBADMSG,
                                 "the portable thread state is corrupt: its "
                                 "TLS block is not in the arena");
    }
    for (int i = 0; i < 32; i++) {
        if (header->program_id[i] != __popcorn_program_id[i]) {
            return popcorn_error_set(error, -NEUTRAL_EBADMSG,
                                     "the portable thread state is of another "
                                     "program");
        }
    }
    return 0;
}

static uint32_t reason_of(int result)
{
    return result == -NEUTRAL_ENOENT   ? POPCORN_DECLINE_NO_CALL_SITE
           : result == -NEUTRAL_ENOSPC ? POPCORN_DECLINE_NO_SPACE
                                       : POPCORN_DECLINE_BAD_STATE;
}

static int more_token_frames(struct token_frames *tokens)
{
    uint64_t frame_bytes = sizeof tokens->frame[0];
    uint64_t wanted = (uint64_t)tokens->count * 2;
    void *larger =
        wanted > UINT32_MAX ? NULL : popcorn_map_private(wanted * frame_bytes);

    if (larger == NULL) {
        return -NEUTRAL_ENOMEM;
    }
    if (tokens->room != 0) {
        isa_syscall(NEUTRAL_munmap, (long)tokens->frame,
                    (long)(tokens->room * frame_bytes), 0, 0, 0, 0);
    }
    tokens->frame = larger;
    tokens->room = (uint32_t)wanted;
    return 0;
}

int popcorn_rebuild(struct popcorn_seat *seat, const void *frames,
                    uint64_t frame_bytes, uint32_t frame_count,
                    struct popcorn_error *error)
{
    const struct frame_maps *maps = popcorn_frame_maps();
    struct stack_view view;
    int result;

    if (maps == NULL) {
        return popcorn_error_set(
            error, -NEUTRAL_ENOENT,
            "this node cannot read the program's frame maps");
    }
    view.base = seat->control_low;
    view.bytes = (uint8_t *)(uintptr_t)seat->control_low;
    view.size_bytes = seat->control_top - seat->control_low;
    do {
        result = stack_rebuild_flags(
            maps, frames, frame_bytes, frame_count, &view,
            (uint64_t)(uintptr_t)popcorn_outermost_return,
            (popcorn_node_page()->flags & POPCORN_FLAG_POISON) != 0
                ? STACK_POISON
                : 0,
            &seat->tokens, &seat->context, error);
    } while (result == -NEUTRAL_E2BIG && more_token_frames(&seat->tokens) == 0);
    return result != -NEUTRAL_E2BIG
               ? result
               : popcorn_error_set(error, -NEUTRAL_ENOSPC,
                                   "no memory for the list of frames that "
                                   "called setjmp");
}

static void report(struct popcorn_seat *seat,
                   const struct popcorn_incoming *incoming,
                   const struct pts_header *header, uint64_t start_ns)
{
    const struct popcorn_message *arrival = &incoming->message;
    uint64_t now_ns = popcorn_now_ns();
    struct popcorn_message message;

    popcorn_message_init(&message, seat, POPCORN_THREAD_RESUMED,
                         popcorn_node_page()->home_id);
    message.request = arrival->request;
    message.resumed.rebuild_ns = now_ns - start_ns;
    message.resumed.frames = header->frame_count;
    message.resumed.bytes = arrival->length;
    message.resumed.total_ns = now_ns - arrival->move.when_ns;
    if (popcorn_send(seat, &message, NULL) != 0) {
        popcorn_agent_lost();
    }
}

/* Not inlined: the thread pointer has just changed. */
__attribute__((noinline)) static void
check_words(const struct popcorn_seat *seat, uint32_t epoch)
{
    if (__popcorn_thread != seat->thread) {
        popcorn_fatal("a thread came with another thread's TLS block");
    }
    __popcorn_epoch = epoch;
}

static void commit(struct popcorn_seat *seat,
                   const struct popcorn_incoming *incoming,
                   const struct pts_header *header)
{
    struct popcorn_node_page *page = popcorn_node_page();

    seat->departed = NULL;
    isa_set_thread_pointer((void *)(uintptr_t)header->tls_block);
    isa_set_fpenv(header->fpenv);
    check_words(seat, header->migration_epoch + 1);
    popcorn_cpu_time_comes(seat);
    popcorn_clock_comes(incoming->message.move.when_ns);
    seat->moves = incoming->message.move.moves + 1;
    seat->points_passed = 0;
    page->thread[seat->thread].signals = 0;
    seat->declined = POPCORN_DECLINE_NONE;
    seat->own_request = 0;
    popcorn_seat_step(seat, POPCORN_SEAT_DO_ARRIVE);
    if (popcorn_member.mode == POPCORN_REMOTE) {
        seat->program_mask = header->signal_mask;
        seat->mask_is_known =
            incoming->message.source_node == popcorn_node_page()->home_id;
    }
    popcorn_raise_poll_word(seat);
}

/* Where the user had sent it is where a thread goes back to, once home has
 * done what only home can do. */
static void go_back_later(struct popcorn_seat *seat,
                          const struct popcorn_message *arrival)
{
    struct popcorn_node_page *page = popcorn_node_page();
    uint32_t none = 0;

    if (page->bounce_every == 0 &&
        (arrival->move.reason == POPCORN_DEPART_CALL ||
         arrival->move.reason == POPCORN_DEPART_SIGNALS)) {
        seat->own_request = 1;
        __atomic_compare_exchange_n(&page->thread[seat->thread].request_node,
                                    &none, (uint32_t)arrival->source_node + 1,
                                    0, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
        __atomic_store_n(&page->poll_word, 1, __ATOMIC_RELEASE);
    }
}

void popcorn_arrive(struct popcorn_seat *seat,
                    const struct popcorn_incoming *incoming)
{
    uint64_t start_ns = popcorn_now_ns();
    struct pts_header header;
    struct popcorn_error error = {0};
    int result;

    if (read_header(incoming, &header, &error) != 0) {
        refuse(seat, &incoming->message, POPCORN_DECLINE_BAD_STATE, error.text);
        return;
    }
    result = popcorn_rebuild(seat, incoming->payload + sizeof header,
                             header.frame_bytes, header.frame_count, &error);
    if (result != 0) {
        refuse(seat, &incoming->message, reason_of(result), error.text);
        return;
    }
    if (popcorn_arena_follow(seat, incoming->message.move.high_water) != 0) {
        refuse(seat, &incoming->message, POPCORN_DECLINE_NO_SPACE,
               "this node cannot map the program's memory");
        return;
    }
    commit(seat, incoming, &header);
    report(seat, incoming, &header, start_ns);
    if (popcorn_member.mode == POPCORN_HOME) {
        go_back_later(seat, &incoming->message);
        popcorn_signals_run(seat, 0, seat->context.pc);
        popcorn_restore_signals(seat->program_mask);
    }
    if (header.syscall_number != -1) {
        const int64_t *a = header.syscall_arg;

        seat->context.reg[popcorn_this_isa->result_slot] =
            (uint64_t)popcorn_syscall_local(header.syscall_number, a[0], a[1],
                                            a[2], a[3], a[4], a[5]);
    }
    if (popcorn_member.mode == POPCORN_REMOTE) {
        popcorn_faults_unblock();
    }
    popcorn_resume(&seat->context);
}
