/* Walks every cell of the seat state table: filled, and within the rules that
 * popcorn_seat_step_check() restates; every state is reached and comes to its
 * end.  The rules see enough: no cell can be changed to another state without
 * breaking one. */
#include <stdio.h>

#include "runtime/member/seats/seat_state.h"

static int failures;

static void expect(int condition, const char *text, unsigned state,
                   unsigned event)
{
    if (!condition) {
        printf("%s x %s: %s\n",
               popcorn_seat_state_name((enum popcorn_seat_state)state),
               popcorn_seat_event_name((enum popcorn_seat_event)event), text);
        failures++;
    }
}

/* States from which `from` can be reached, or that it reaches. */
static unsigned reached_from(enum popcorn_seat_state from)
{
    unsigned reached = 1u << from, before;

    do {
        before = reached;
        for (unsigned state = 0; state < POPCORN_SEAT_STATE_COUNT; state++) {
            for (unsigned event = 0; event < POPCORN_SEAT_EVENT_COUNT;
                 event++) {
                enum popcorn_seat_state next =
                    popcorn_seat_next((enum popcorn_seat_state)state,
                                      (enum popcorn_seat_event)event);

                if ((reached >> state & 1) != 0 && next != POPCORN_SEAT_BUG) {
                    reached |= 1u << next;
                }
            }
        }
    } while (reached != before);
    return reached;
}

int main(void)
{
    for (unsigned s = 0; s < POPCORN_SEAT_STATE_COUNT; s++) {
        enum popcorn_seat_state state = (enum popcorn_seat_state)s;

        expect((reached_from(POPCORN_SEAT_FREE) >> s & 1) != 0,
               "no way from FREE to it", s, 0);
        expect((reached_from(state) & 1u << POPCORN_SEAT_FREE) != 0,
               "no way from it to FREE", s, 0);
        for (unsigned e = 0; e < POPCORN_SEAT_EVENT_COUNT; e++) {
            enum popcorn_seat_event event = (enum popcorn_seat_event)e;
            enum popcorn_seat_state next = popcorn_seat_next(state, event);
            const char *broken = popcorn_seat_step_check(state, event, next);

            expect(broken == NULL, broken, s, e);
            for (unsigned n = 0; n < POPCORN_SEAT_STATE_COUNT; n++) {
                enum popcorn_seat_state wrong = (enum popcorn_seat_state)n;

                expect(next == POPCORN_SEAT_BUG || wrong == next ||
                           popcorn_seat_step_check(state, event, wrong) != NULL,
                       "a wrong state is within the rules", s, e);
            }
        }
    }
    return failures != 0;
}
