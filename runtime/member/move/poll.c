/* The slow path of migration points. */
#include "runtime/member/move/move.h"

enum { GIVE_WAY_POINTS = 32 };

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
    reason = popcorn_standing_reason();
    if (reason == POPCORN_DECLINE_NONE && target >= page->node_count) {
        reason = POPCORN_DECLINE_NO_NODE;
    }
    if (reason == POPCORN_DECLINE_NONE && target == page->node_id) {
        reason = POPCORN_DECLINE_SAME_NODE;
    }
    if (reason == POPCORN_DECLINE_NONE) {
        reason = (uint32_t)popcorn_depart(
            seat, context, target,
            seat->own_request ? POPCORN_DEPART_OWN : POPCORN_DEPART_REQUEST,
            NULL);
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

static uint8_t *moves_of_point(const struct popcorn_context *context)
{
    return &point_moves[context->pc * 0x9e3779b97f4a7c15u >> (64 - POINT_BITS)];
}

static int is_used_up(const struct popcorn_context *context)
{
    uint64_t each = popcorn_node_page()->bounce_each;

    return each != 0 &&
           __atomic_load_n(moves_of_point(context), __ATOMIC_RELAXED) >= each;
}

/* Threads that meet here may make one move more. */
static void count_move(const struct popcorn_context *context)
{
    uint8_t *moves = moves_of_point(context);
    uint8_t made = __atomic_load_n(moves, __ATOMIC_RELAXED);

    if (made < UINT8_MAX) {
        __atomic_compare_exchange_n(moves, &made, (uint8_t)(made + 1), 0,
                                    __ATOMIC_RELAXED, __ATOMIC_RELAXED);
    }
}

static void serve_bounce(struct popcorn_seat *seat,
                         struct popcorn_context *context)
{
    struct popcorn_node_page *page = popcorn_node_page();
    uint32_t target = page->node_id + 1;

    if (!popcorn_bounce_is_on(seat)) {
        if (page->bounce_every != 0 && popcorn_standing_reason() != 0) {
            seat->declined = popcorn_standing_reason();
        }
        return;
    }
    if (++seat->points_passed < page->bounce_every || is_used_up(context)) {
        return;
    }
    if (page->bounce_each != 0) {
        count_move(context);
    }
    if (target >= page->node_count) {
        target = 0;
    }
    seat->declined = (uint32_t)popcorn_depart(seat, context, target,
                                              POPCORN_DEPART_BOUNCE, NULL);
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
    if (is_used_up(context) && popcorn_bounce_is_on(seat) &&
        !popcorn_is_asked(seat)) {
        seat->points_passed++;
        give_way(seat);
        return; /* the word stays as it is, for other points */
    }
    if (popcorn_member.mode == POPCORN_REMOTE &&
        __atomic_load_n(&page->thread[seat->thread].signals,
                        __ATOMIC_ACQUIRE) != 0) {
        popcorn_depart(seat, context, page->home_id, POPCORN_DEPART_SIGNALS,
                       NULL);
    }
    if (popcorn_member.mode == POPCORN_HOME && seat->signal_count != 0) {
        /* The rest: in a handler, or after one that ended in a longjmp. */
        seat->program_mask = popcorn_block_signals();
        popcorn_signals_run(seat, seat->program_mask, context->pc);
        popcorn_restore_signals(seat->program_mask);
    }
    serve_request(seat, context);
    serve_bounce(seat, context);
    popcorn_settle_poll_word();
    give_way(seat);
}
