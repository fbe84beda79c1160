/* The table of seat_state.h, and its restatement. */
#include "runtime/member/seats/seat_state.h"

#include <stddef.h>

/* clang-format off */
#define ROW(take, place, leave, stay, arrive, call, staying, done, give_back)  \
    {POPCORN_SEAT_##take, POPCORN_SEAT_##place, POPCORN_SEAT_##leave,          \
     POPCORN_SEAT_##stay, POPCORN_SEAT_##arrive, POPCORN_SEAT_##call,          \
     POPCORN_SEAT_##staying, POPCORN_SEAT_##done, POPCORN_SEAT_##give_back}
static const uint8_t table[POPCORN_SEAT_STATE_COUNT][POPCORN_SEAT_EVENT_COUNT] = {
    /*                          TAKE     PLACE    LEAVE    STAY     ARRIVE   CALL     STAYING_CALL     DONE     GIVE_BACK */
    [POPCORN_SEAT_FREE]    = ROW(RUNNING, WAITING, BUG,     BUG,     BUG,     BUG,     BUG,             BUG,     FREE),
    [POPCORN_SEAT_RUNNING] = ROW(BUG,     BUG,     WAITING, BUG,     BUG,     BUG,     BUG,             BUG,     FREE),
    [POPCORN_SEAT_WAITING] = ROW(BUG,     BUG,     BUG,     RUNNING, RUNNING, IN_CALL, IN_STAYING_CALL, BUG,     FREE),
    [POPCORN_SEAT_IN_CALL] = ROW(BUG,     BUG,     BUG,     BUG,     BUG,     BUG,     BUG,             WAITING, FREE),
    [POPCORN_SEAT_IN_STAYING_CALL]
                           = ROW(BUG,     BUG,     BUG,     BUG,     BUG,     BUG,     BUG,             WAITING, FREE),
};
#undef ROW
/* clang-format on */

enum popcorn_seat_state popcorn_seat_next(enum popcorn_seat_state state,
                                          enum popcorn_seat_event event)
{
    return (enum popcorn_seat_state)table[state][event];
}

static int is_call(enum popcorn_seat_state state)
{
    return state == POPCORN_SEAT_IN_CALL ||
           state == POPCORN_SEAT_IN_STAYING_CALL;
}

const char *popcorn_seat_step_check(enum popcorn_seat_state state,
                                    enum popcorn_seat_event event,
                                    enum popcorn_seat_state next)
{
    int was_away = popcorn_seat_state_is_away(state);
    int is_away = popcorn_seat_state_is_away(next);

    if (next >= POPCORN_SEAT_BUG) {
        return next == POPCORN_SEAT_BUG ? NULL : "a cell is filled";
    }
    if ((next == POPCORN_SEAT_FREE) != (event == POPCORN_SEAT_DO_GIVE_BACK)) {
        return "a seat is free when it was given back, and only then";
    }
    if (state == POPCORN_SEAT_FREE && next != POPCORN_SEAT_FREE &&
        is_away != (event == POPCORN_SEAT_DO_PLACE)) {
        return "a new seat's thread is elsewhere if it was placed";
    }
    if (state == POPCORN_SEAT_RUNNING && is_away &&
        event != POPCORN_SEAT_DO_LEAVE) {
        return "a thread is away when it has left";
    }
    if (was_away && next == POPCORN_SEAT_RUNNING &&
        (is_call(state) ||
         (event != POPCORN_SEAT_DO_ARRIVE && event != POPCORN_SEAT_DO_STAY))) {
        return "a thread comes back between calls, by arriving or staying";
    }
    if (next == state && state != POPCORN_SEAT_FREE) {
        return "an event changes something";
    }
    if ((next == POPCORN_SEAT_IN_CALL) != (event == POPCORN_SEAT_DO_CALL) ||
        (next == POPCORN_SEAT_IN_STAYING_CALL) !=
            (event == POPCORN_SEAT_DO_STAYING_CALL)) {
        return "a call brings the seat into its own state";
    }
    if (is_call(next) && state != POPCORN_SEAT_WAITING) {
        return "a call begins while the seat waits";
    }
    if (is_call(state) && next != POPCORN_SEAT_WAITING &&
        next != POPCORN_SEAT_FREE) {
        return "a call ends before anything else begins";
    }
    return NULL;
}

static const char *const state_names[] = {
#define X(name) #name,
    POPCORN_SEAT_STATES(X)
#undef X
};

static const char *const event_names[] = {
#define X(name) #name,
    POPCORN_SEAT_EVENTS(X)
#undef X
};

const char *popcorn_seat_state_name(enum popcorn_seat_state state)
{
    return state < POPCORN_SEAT_STATE_COUNT ? state_names[state] : "?";
}

const char *popcorn_seat_event_name(enum popcorn_seat_event event)
{
    return event < POPCORN_SEAT_EVENT_COUNT ? event_names[event] : "?";
}
