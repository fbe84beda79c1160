/* The poll word of the node page: non-zero if a thread that runs here has
 * something to do at its next migration point.
 */
#include "runtime/member/seats/seats.h"

uint32_t popcorn_standing_reason(void)
{
    return popcorn_member.agent_lost ? POPCORN_DECLINE_NODE_DIED
                                     : (uint32_t)popcorn_pinned();
}

int popcorn_bounce_is_on(const struct popcorn_seat *seat)
{
    const struct popcorn_node_page *page = popcorn_node_page();

    return page->bounce_every != 0 && page->node_count > 1 &&
           (page->bounce_limit == 0 || seat->moves < page->bounce_limit) &&
           popcorn_standing_reason() == POPCORN_DECLINE_NONE;
}

int popcorn_is_asked(const struct popcorn_seat *seat)
{
    const struct popcorn_thread_word *word =
        &popcorn_node_page()->thread[seat->thread];

    return __atomic_load_n(&word->request_node, __ATOMIC_SEQ_CST) != 0 ||
           __atomic_load_n(&word->signals, __ATOMIC_SEQ_CST) != 0 ||
           seat->signal_count != 0;
}

/* Something to do at a migration point. */
static int is_wanted(const struct popcorn_seat *seat)
{
    return popcorn_is_asked(seat) || popcorn_bounce_is_on(seat);
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

        if (popcorn_seat_state(seat) == POPCORN_SEAT_RUNNING &&
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
