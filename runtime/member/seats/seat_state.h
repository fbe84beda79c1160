/* The life of a seat on its node, and what each event does to it.
 *
 *            take                        leave, not at home for now
 *   FREE -----------------> RUNNING ------------------------------> WAITING
 *    | ^                    |     ^                                 |  ^ | ^
 *    | |        give_back   |     +---------------------------------+  | | |
 *    | +--------------------+       arrive; stay: not sent, or refused | | |
 *    | |                                                               | | |
 *    | |  give_back: the thread ended elsewhere                        | | |
 *    | +---------------------------------------------------------------+ | |
 *    |                                                                 | | |
 *    +-----------------------------------------------------------------+ | |
 *       place: a seat for a thread that is on another node               | |
 *                                                                   call | | done
 *       give_back: the call was the thread's last                        v |
 *   FREE <------------------------------------------ IN_CALL, IN_STAYING_CALL
 *
 * Home's seats start with their threads (take), others' are made for threads on
 * their way (place).  Only home's carry out calls.  The desk's seat runs from
 * beginning to end.  A cell that cannot happen is BUG: the program ends.
 *
 * One kernel thread changes a state: the seat's own, or who makes the seat
 * before that is there. All read it, without a lock.
 */
#ifndef POPCORN_MEMBER_SEAT_STATE_H
#define POPCORN_MEMBER_SEAT_STATE_H

#include <stdint.h>

#define POPCORN_SEAT_STATES(X)                                                 \
    X(FREE)            /* nobody's; also while it is made */                   \
    X(RUNNING)         /* its thread is here */                                \
    X(WAITING)         /* its thread is on another node, or on its way */      \
    X(IN_CALL)         /* waits, and carries out a delegated call that may */  \
                       /* bring the thread home */                             \
    X(IN_STAYING_CALL) /* the same for a thread that cannot come home now */

#define POPCORN_SEAT_EVENTS(X)                                                 \
    X(TAKE)   /* a thread starts here */                                       \
    X(PLACE)  /* it is for a thread on another node */                         \
    X(LEAVE)  /* the thread says that it is away; it may still stay */         \
    X(STAY)   /* it was not sent, or not taken elsewhere */                    \
    X(ARRIVE) /* it has come, and is rebuilt */                                \
    X(CALL)   /* a delegated call begins */                                    \
    X(STAYING_CALL)                                                            \
    X(DONE)      /* the call has ended */                                      \
    X(GIVE_BACK) /* the thread has ended, or the seat was not made */

enum popcorn_seat_state {
#define X(name) POPCORN_SEAT_##name,
    POPCORN_SEAT_STATES(X)
#undef X
        POPCORN_SEAT_STATE_COUNT,
    POPCORN_SEAT_BUG = POPCORN_SEAT_STATE_COUNT
};

enum popcorn_seat_event {
#define X(name) POPCORN_SEAT_DO_##name,
    POPCORN_SEAT_EVENTS(X)
#undef X
        POPCORN_SEAT_EVENT_COUNT
};

/* The table. POPCORN_SEAT_BUG: cannot happen. */
enum popcorn_seat_state popcorn_seat_next(enum popcorn_seat_state state,
                                          enum popcorn_seat_event event);

/* What every step must keep, said a second time: the rule that this one breaks,
 * or NULL. */
const char *popcorn_seat_step_check(enum popcorn_seat_state state,
                                    enum popcorn_seat_event event,
                                    enum popcorn_seat_state next);

const char *popcorn_seat_state_name(enum popcorn_seat_state state);
const char *popcorn_seat_event_name(enum popcorn_seat_event event);

/* Its thread runs on another node, or is on its way. */
static inline int popcorn_seat_state_is_away(enum popcorn_seat_state state)
{
    return state == POPCORN_SEAT_WAITING || state == POPCORN_SEAT_IN_CALL ||
           state == POPCORN_SEAT_IN_STAYING_CALL;
}

#endif
