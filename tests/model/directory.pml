/* The page protocol, as built: runtime/dsm/{page_state,dsm,dsm_pages,push}.c on
 * each node, directory.c, directory_push.c, directory_drop.c and directory_nodes.c at home (node 0).
 *
 * What stands for what
 *   page_step()       is page_step.pml, printed from the running code's table
 *   to_node, to_home  the two directions of a connection: order is kept within
 *                     one, nothing is promised between two
 *   own             home's queue: what home's two sides tell one another. It is
 *                     empty again before the agent looks at anything else
 *   fresh             contents of a copy or a message are those last written. A
 *                     write makes every other copy stale, so no value is needed
 *   a transaction     is kept under its first page; a run is a mask of pages
 * Left out because it changes nothing here: zero pages (contents like any
 * other), statistics. Which pages are migratory, which of their gifts are made on
 * trial, and which grants are held (hold.c) is any choice at all; a hold ends at
 * any time.
 *
 * Checked at every step: one writer and no reader beside it; whoever can read a
 * page reads what was last written (no lost update); no event in a cell that
 * is BUG, no answer nobody asked for; and when no message is under way, no
 * transaction is active or waits and no node waits for a page (no deadlock,
 * every request answered). With -DPROGRESS and -l: messages alone cannot go
 * on for ever.
 *
 * FAULT=n plants one fault; each must be found (tests/model/run.sh).
 */
#include "page_step.pml"

#ifndef NODES
#define NODES 3
#endif
#ifndef PAGES
#define PAGES 2
#endif
#ifndef FAULT
#define FAULT 0
#endif
#define HOME 0
#define DEAD 1 /* the node that may end: the first source after home */
#define ALL ((1 << PAGES) - 1)
#define BIT(x) (1 << (x))
#define ON(x, y) ((x) * PAGES + (y)) /* page p on node n */

/* Messages: type, page, from or target, argument, fresh. */
#define REQUEST 1  /* argument: access, page: mask of the run */
#define REPLY 2    /* argument: 0 to 3, modified * 2 + has contents */
#define INVALIDATE 3 /* argument: contents wanted */
#define DOWNGRADE 4
#define ANSWER 5   /* to the two; argument: contents come with it */
#define PUSHED 6   /* argument: target */
#define DROPPED 7  /* page: mask */

#define READ 0
#define WRITE 1
#define DROP 2

#define CAPACITY 8 /* the real ones have none; one that is full is reported */
chan to_node[NODES] = [CAPACITY] of { byte, byte, byte, byte, bit };
chan to_home[NODES] = [6] of { byte, byte, byte, byte, bit };
chan own = [12] of { byte, byte, byte, byte, bit };
chan waiting = [8] of { byte, byte, byte }; /* requester, access, mask */

/* Nodes. */
byte state[NODES * PAGES];
bit fresh[NODES * PAGES];
byte up = BIT(NODES) - 1;

/* Directory. */
byte holders[PAGES];
bit exclusive[PAGES];
bit busy_with[PAGES]; /* transactions, by first page */
byte requester[PAGES], access[PAGES], pages_of[PAGES];
bit upgrade[PAGES];
bit held[PAGES];  /* its exclusive holder keeps it until time has passed */
bit alarm;        /* directory_wake() is due: something waits for that */
bit trial[PAGES]; /* nobody else keeps it, but it is to be read only */
byte awaited[NODES * PAGES]; /* of ON(node, transaction): mask of pages */
byte has[PAGES], has_fresh[PAGES];
bit lost;
bit cut[PAGES]; /* the node that was to send a write's contents has ended */
#ifdef BUDGET
byte budget = BUDGET; /* things the program still does */
#define may_act (!lost && budget > 0)
#define acts budget--
#else
#define may_act (!lost)
#define acts skip
#endif

/* Within one step only. */
hidden byte nd, pg, qi, tx, sl, rest, writers, readers, event, first, source, others, length;
hidden byte type, page, node, argument, rr, aa, mm;
hidden byte contents, again, give_away, hold_it, recall, found;

#define readable(x) \
    ((x) == S_SHARED || (x) == S_MODIFIED || (x) == S_UPGRADE_PENDING)
#define pending(x) \
    ((x) == S_READ_PENDING || (x) == S_WRITE_PENDING || (x) == S_UPGRADE_PENDING)
#define is_up(x) ((up >> (x)) & 1)
#if PAGES == 1
#define covers(x, y) (busy_with[x])
#define busy(y) (busy_with[0])
#else
#define covers(x, y) (busy_with[x] && ((pages_of[x] >> (y)) & 1))
#define busy(y) (covers(0, y) || covers(1, y))
#endif

inline say_node(to_, type_, page_, from_, arg_, fresh_) {
    if
    :: (to_) == HOME -> assert(nfull(own));
        own!type_, page_, from_, arg_, fresh_
    :: (to_) != HOME && is_up(to_) -> assert(nfull(to_node[to_]));
        to_node[to_]!type_, page_, from_, arg_, fresh_
    :: else -> skip
    fi
}

inline say_home(from_, type_, page_, arg_, fresh_) {
    if
    :: (from_) == HOME -> assert(nfull(own));
        own!type_, page_, from_, arg_, fresh_
    :: else -> assert(nfull(to_home[from_]));
        to_home[from_]!type_, page_, from_, arg_, fresh_
    fi
}

/* --- directory: transactions --- */

inline ask(tx_, node_, type_, page_, want_) {
    awaited[ON(node_, tx_)] = awaited[ON(node_, tx_)] | BIT(page_);
    say_node(node_, type_, page_, HOME, want_, 0)
}

inline pick_source(from_) {
    assert((from_) != 0);
    source = 0;
    do
    :: !(((from_) >> source) & 1) -> source++
    :: else -> break
    od
}

#define is_held(x) \
    (held[x] && exclusive[x] && !recall && aa != DROP && \
     !((holders[x] >> rr) & 1))

/* Submits what is in rr, aa, mm (a mask): starts it, or it waits its turn. */
inline submit() {
    first = ((mm & 1) -> 0 : 1);
    if
#if FAULT == 8
    :: false ->
#elif PAGES == 2
    :: busy(first) || (aa == DROP && mm == 3 && busy(1)) ->
#else
    :: busy(first) ->
#endif
        assert(nfull(waiting));
        waiting!rr, aa, mm
#if FAULT != 8
    :: !busy(first) && !(aa == DROP && mm == 3 && busy(PAGES - 1)) &&
       is_held(first) ->
        assert(nfull(waiting));
        waiting!rr, aa, mm;
#if FAULT != 13
        alarm = 1
#endif
#endif
    :: else ->
#if PAGES == 2
        if /* trim */
        :: aa != DROP && mm == 3 &&
           (busy(1) || holders[0] != holders[1] || held[0] != held[1] ||
            exclusive[0] != exclusive[1]) -> mm = 1
        :: else -> skip
        fi;
#endif
        tx = first;
        busy_with[tx] = 1;
        requester[tx] = rr;
        access[tx] = aa;
        pages_of[tx] = mm;
        upgrade[tx] = 0;
        if
        :: aa == READ && exclusive[tx] && give_away &&
           !((holders[tx] >> rr) & 1) ->
            aa = WRITE; access[tx] = WRITE; trial[tx] = (give_away == 2)
        :: else -> skip
        fi;
        if
        :: aa == DROP || aa == WRITE ->
            upgrade[tx] = (aa == WRITE && ((holders[tx] >> rr) & 1));
            pg = 0;
            do
            :: pg == PAGES -> break
            :: else ->
                if
                :: (mm >> pg) & 1 ->
                    others = holders[pg] & ~BIT((aa == DROP -> HOME : rr));
                    if
                    :: others != 0 -> pick_source(others)
                    :: else -> skip
                    fi;
                    nd = 0;
                    do
                    :: nd == NODES -> break
                    :: else ->
                        if
#if FAULT == 3
                        :: ((others >> nd) & 1) &&
                           !(nd == 2 && (others & 3) != 0) ->
#else
                        :: ((others >> nd) & 1) ->
#endif
                            ask(tx, nd, INVALIDATE, pg,
                                (aa == WRITE && !upgrade[tx] && nd == source))
                        :: else -> skip
                        fi;
                        nd++
                    od
                :: else -> skip
                fi;
                pg++
            od
        :: aa == READ && !((holders[tx] >> rr) & 1) ->
            pick_source(holders[tx]);
            pg = 0;
            do
            :: pg == PAGES -> break
            :: else ->
                if
                :: (mm >> pg) & 1 -> ask(tx, source, DOWNGRADE, pg, 1)
                :: else -> skip
                fi;
                pg++
            od
        :: else -> upgrade[tx] = 1 /* a late request: it has the page */
        fi;
        nd = 0; pg = 0
    fi
}

/* Ends transaction tx: holders, and the answer. */
inline finish() {
    if
    :: access[tx] == DROP ->
        pg = 0;
        do
        :: pg == PAGES -> break
        :: (pg < PAGES) && ((pages_of[tx] >> pg) & 1) ->
            holders[pg] = BIT(HOME); exclusive[pg] = 1; held[pg] = 0; pg++
        :: else -> pg++
        od;
        say_node(HOME, DROPPED, pages_of[tx], HOME, 0, 0)
    :: access[tx] != DROP && !upgrade[tx] && (has[tx] & pages_of[tx]) != pages_of[tx] ->
#ifdef LOSS
        assert(cut[tx] || lost); /* only a node that ended loses anything */
        lost = 1
#else
        assert(false)
#endif
    :: access[tx] != DROP && (upgrade[tx] || (has[tx] & pages_of[tx]) == pages_of[tx]) ->
        pg = 0;
        do
        :: pg == PAGES -> break
        :: pg < PAGES && ((pages_of[tx] >> pg) & 1) ->
            rr = requester[tx];
            aa = access[tx];
            if
            :: !is_up(rr) && (aa == WRITE || holders[pg] == 0) ->
                /* It ended. Home takes contents that are nowhere else. */
#if FAULT == 10
                rr = NODES;
#endif
                lost = lost || upgrade[tx];
                rr = (upgrade[tx] || rr == NODES -> NODES : HOME);
                aa = WRITE
            :: !is_up(rr) && aa == READ && holders[pg] != 0 -> rr = NODES
            :: else -> skip
            fi;
            if
            :: rr == NODES -> skip
            :: rr != NODES && aa == WRITE ->
                holders[pg] = BIT(rr);
                exclusive[pg] = !(trial[tx] && rr == requester[tx]);
                held[pg] = (hold_it && rr == requester[tx])
            :: rr != NODES && aa == READ && !((holders[pg] >> rr) & 1) ->
                holders[pg] = holders[pg] | BIT(rr); exclusive[pg] = 0
            :: else -> skip
            fi;
            contents = !upgrade[tx];
#if FAULT == 12
            exclusive[pg] = exclusive[pg] || trial[tx];
#endif
#if FAULT == 9
            contents = contents && aa == READ;
#endif
            if
            :: rr != NODES ->
                say_node(rr, REPLY, pg, HOME, exclusive[pg] * 2 + contents,
                         (contents && ((has_fresh[tx] >> pg) & 1)));
#if FAULT == 12
                exclusive[pg] = exclusive[pg] && !trial[tx]
#endif
            :: else -> skip
            fi;
            pg++
        :: else -> pg++
        od
    fi;
    busy_with[tx] = 0; requester[tx] = 0; access[tx] = 0; pages_of[tx] = 0;
    upgrade[tx] = 0; trial[tx] = 0; has[tx] = 0; has_fresh[tx] = 0; cut[tx] = 0;
    nd = 0;
    do
    :: nd == NODES -> break
    :: else -> awaited[ON(nd, tx)] = 0; nd++
    od;
    nd = 0; pg = 0
}

/* Whatever waits is submitted again, in order. (A recall that waits is then
 * like any write: it may be held too.) */
inline start_waiting() {
    length = len(waiting);
#if FAULT == 7
    if
    :: length > 2 -> waiting?rr, aa, mm; length--
    :: else -> skip
    fi;
#endif
    do
    :: length == 0 -> break
    :: else -> waiting?rr, aa, mm; submit(); length--
    od
}

/* Finishes what awaits nothing, starts what waited, until nothing changes. */
inline settle() {
    again = 1;
    do
    :: !again -> break
    :: else ->
        again = 0;
        sl = 0;
        do
        :: sl == PAGES -> break
        :: else ->
            found = busy_with[sl];
            nd = 0;
            do
            :: nd == NODES -> break
#if FAULT != 1
            :: nd < NODES && awaited[ON(nd, sl)] != 0 -> found = 0; nd++
#else
            :: nd < NODES && awaited[ON(nd, sl)] != 0 ->
                found = (access[sl] == WRITE && upgrade[sl] -> found : 0); nd++
#endif
            :: else -> nd++
            od;
            if
            :: found -> tx = sl; finish(); again = 1
            :: else -> skip
            fi;
            sl++
        od;
        if
        :: again -> start_waiting()
        :: else -> skip
        fi
    od
}

/* --- directory: messages --- */

/* Contents that came for page; tx is the transaction it is in. */
inline keep(has_, fresh_) {
    if
    :: access[tx] != DROP && (has_) ->
        has[tx] = has[tx] | BIT(page);
        has_fresh[tx] = (has_fresh[tx] & ~BIT(page)) | ((fresh_) << page)
    :: else -> skip
    fi
}

inline transaction_of_page() {
#if PAGES == 1
    tx = (busy_with[0] -> 0 : PAGES)
#else
    tx = (covers(0, page) -> 0 : (covers(1, page) -> 1 : PAGES))
#endif
}

inline directory_takes() {
    if
    :: type == REQUEST -> rr = node; aa = argument; mm = page; submit()
    :: type == ANSWER ->
        transaction_of_page();
        assert(tx < PAGES && ((awaited[ON(node, tx)] >> page) & 1));
        keep(argument, contents);
        awaited[ON(node, tx)] = awaited[ON(node, tx)] & ~BIT(page)
    :: type == PUSHED ->
        assert(exclusive[page] && holders[page] == BIT(node));
        transaction_of_page();
        if
        :: tx < PAGES ->
#if FAULT != 6
            keep(1, contents);
#endif
            holders[page] = 0
        :: else ->
            argument = (is_up(argument) -> argument : HOME);
            holders[page] = BIT(argument);
            held[page] = 0;
            say_node(argument, REPLY, page, HOME, 3, contents)
        fi
    fi;
    settle()
}

/* --- node --- */

/* Takes the message in type, page, argument, contents on node n_. */
inline node_takes(n_) {
    if
    :: type == DROPPED ->
        pg = 0;
        do
        :: pg == PAGES -> break
        :: pg < PAGES && ((page >> pg) & 1) -> /* zeros, and home'sl alone */
            assert(n_ == HOME);
            state[ON(HOME, pg)] = S_MODIFIED;
            fresh[ON(HOME, pg)] = 1;
            pg++
        :: else -> pg++
        od
    :: else ->
        if
        :: type == REPLY && argument == 0 -> event = E_CONFIRM_SHARED
        :: type == REPLY && argument == 1 -> event = E_GRANT_SHARED
        :: type == REPLY && argument == 2 -> event = E_CONFIRM_MODIFIED
        :: type == REPLY && argument == 3 -> event = E_GRANT_MODIFIED
        :: type == INVALIDATE -> event = E_INVALIDATE
        :: type == DOWNGRADE -> event = E_DOWNGRADE
        fi;
        page_step(state[ON(n_, page)], event);
        assert(action != A_BUG);
        if
        :: type == INVALIDATE || type == DOWNGRADE ->
            if
#if FAULT == 2
            :: type == INVALIDATE && action == A_ANSWER_EMPTY && n_ == 1
#endif
            :: action == A_ANSWER_EMPTY -> say_home(n_, ANSWER, page, 0, 0)
            :: action != A_ANSWER_EMPTY && (type == DOWNGRADE || argument) ->
                say_home(n_, ANSWER, page, 1, fresh[ON(n_, page)])
            :: else -> say_home(n_, ANSWER, page, 0, 0)
            fi
        :: else -> skip
        fi;
        if
        :: action == A_INSTALL_SHARED || action == A_INSTALL_MODIFIED ->
            fresh[ON(n_, page)] = contents
        :: action == A_GIVE_UP -> fresh[ON(n_, page)] = 0
        :: else -> skip
        fi;
#if FAULT == 4
        if
        :: event == E_DOWNGRADE && state[ON(n_, page)] == S_MODIFIED ->
            next = S_MODIFIED
        :: else -> skip
        fi;
#endif
        state[ON(n_, page)] = next
    fi
}

/* Home'sl queue is run until it is empty. */
inline run_queue() {
    do
    :: len(own) == 0 -> break
    :: len(own) != 0 ->
        own?type, page, node, argument, contents;
        if
        :: type == REQUEST || type == ANSWER || type == PUSHED ->
            directory_takes()
        :: else -> node_takes(HOME)
        fi
    od
}

/* --- checks --- */

inline check() {
    pg = 0;
    do
    :: pg == PAGES -> break
    :: else ->
        nd = 0; writers = 0; readers = 0;
        do
        :: nd == NODES -> break
        :: else ->
            if
            :: is_up(nd) && readable(state[ON(nd, pg)]) ->
                assert(fresh[ON(nd, pg)]);
                writers = writers + (state[ON(nd, pg)] == S_MODIFIED);
                readers++
            :: else -> skip
            fi;
            nd++
        od;
        assert(writers == 0 || readers == 1);
        pg++
    od;
    found = empty(own);
    nd = 1;
    do
    :: nd == NODES -> break
    :: else -> found = found && empty(to_node[nd]) && empty(to_home[nd]); nd++
    od;
    if
    :: found && !lost && !alarm ->
        assert(empty(waiting));
        pg = 0;
        do
        :: pg == PAGES -> break
        :: else ->
            assert(!busy_with[pg]);
            nd = 0;
            do
            :: nd == NODES -> break
            :: else ->
                assert(!is_up(nd) || !pending(state[ON(nd, pg)]));
                nd++
            od;
            pg++
        od
    :: else -> skip
    fi;
    nd = 0; pg = 0; writers = 0; readers = 0
}

/* --- what the program does --- */

/* A fault of any kind in any state: it may have been raised long ago. */
inline fault(n_, p_, event_, mask_) {
    page_step(state[ON(n_, p_)], event_);
    assert(action != A_BUG);
    assert(action != A_NOTHING || pending(state[ON(n_, p_)]));
    state[ON(n_, p_)] = next;
    if
    :: action == A_REQUEST_READ -> say_home(n_, REQUEST, mask_, READ, 0)
    :: action == A_REQUEST_WRITE -> say_home(n_, REQUEST, mask_, WRITE, 0)
    :: else -> skip
    fi
}

inline stale(channel_) {
    length = len(channel_);
    do
    :: length == 0 -> break
    :: else ->
        channel_?type, page, node, argument, contents;
        contents = contents && (page != pg || type == REQUEST);
        channel_!type, page, node, argument, contents;
        length--
    od
}

/* The member on n_ writes page p_: whatever else there is is old now. */
inline write(n_, p_) {
    pg = p_;
    qi = 0;
    do
    :: qi == NODES -> break
    :: else ->
        fresh[ON(qi, pg)] = (qi == n_);
        if
        :: qi != HOME -> stale(to_node[qi]); stale(to_home[qi])
        :: else -> skip
        fi;
        qi++
    od;
    qi = 0;
    do
    :: qi == PAGES -> break
    :: else -> has_fresh[qi] = has_fresh[qi] & ~BIT(pg); qi++
    od;
    qi = 0; pg = 0
}

#if PAGES == 2
#define any_page(x) if :: x = 0 :: x = 1 fi
#define run_of(n_, p_, mask) \
    if \
    :: mask = BIT(p_) \
    :: (p_) == 0 && state[ON(n_, 0)] == S_INVALID && \
       state[ON(n_, 1)] == S_INVALID -> mask = 3 \
    fi
#else
#define any_page(x) x = 0
#define run_of(n_, p_, mask) mask = 1
#endif
#ifdef HOLDS
#define any_choice any_gift; if :: hold_it = 0 :: hold_it = 1 fi
#else
#define any_choice any_gift
#endif
#define any_gift if :: give_away = 0 :: give_away = 1 :: give_away = 2 fi
#ifdef PROGRESS
#define ENVIRONMENT progress_
#endif

/* A node'sl member and agent; home'sl agent runs its queue after each event. */
proctype member(byte me)
{
    byte at, mask, kind, target;
    end:
    do
    :: atomic { /* a fault; not while many wait for a hold: all else goes on */
        may_act && is_up(me) && (!alarm || len(waiting) < 3) ->
        acts;
        any_page(at);
        if :: kind = E_READ_FAULT :: kind = E_WRITE_FAULT
           :: kind = E_PROTECT_FAULT fi;
        page_step(state[ON(me, at)], kind);
        if
        :: action == A_REQUEST_READ || action == A_REQUEST_WRITE ||
           state[ON(me, at)] != next -> skip
        :: else -> kind = E_READ_FAULT
        fi;
        run_of(me, at, mask);
        any_choice;
        d_step {
            fault(me, at, kind, mask);
            if :: me == HOME -> run_queue() :: else -> skip fi;
            check(); at = 0; mask = 0; kind = 0
        }
       }
#ifdef PROGRESS
       ; progress_fault: skip
#endif
#ifdef AHEAD
    :: atomic { /* pages are asked for ahead: nothing remembers it */
        may_act && is_up(me) && empty(to_home[me]) && empty(to_node[me]) &&
        empty(waiting) ->
        acts;
        any_page(at);
        if
        :: state[ON(me, at)] == S_INVALID ->
            run_of(me, at, mask);
            any_choice;
            d_step {
                say_home(me, REQUEST, mask, READ, 0);
                if :: me == HOME -> run_queue() :: else -> skip fi;
                check(); at = 0; mask = 0
            }
        :: else -> at = 0
        fi
       }
#ifdef PROGRESS
       ; progress_ahead: skip
#endif
#endif
    :: atomic { !lost && is_up(me) -> /* a write */
        any_page(at);
        if
        :: state[ON(me, at)] == S_MODIFIED ->
            d_step { write(me, at); check(); at = 0 }
        :: else -> at = 0
        fi
       }
#ifdef PROGRESS
       ; progress_write: skip
#endif
#ifndef NOPUSH
    :: atomic { may_act && is_up(me) -> /* a push, or MADV_RELEASE */
        acts;
        any_page(at);
        if
        :: state[ON(me, at)] == S_MODIFIED ->
            if :: target = 0 :: target = 1 :: target = 2 fi;
            any_choice;
            if
            :: target != me ->
                d_step {
                    page_step(S_MODIFIED, E_PUSH);
                    assert(action != A_BUG);
                    say_home(me, PUSHED, at, target, fresh[ON(me, at)]);
                    fresh[ON(me, at)] = 0;
                    state[ON(me, at)] = next;
                    if :: me == HOME -> run_queue() :: else -> skip fi;
                    check(); at = 0; target = 0
                }
            :: else -> at = 0; target = 0
            fi
        :: else -> at = 0
        fi
       }
#ifdef PROGRESS
       ; progress_push: skip
#endif
#endif
    :: atomic { /* a message from home */
        !lost && me != HOME && is_up(me) && nempty(to_node[me]) ->
        d_step {
            to_node[me]?type, page, node, argument, contents;
            node_takes(me);
            check()
        }
       }
    od
}

inline home_takes(from_) {
    atomic {
        !lost && nempty(to_home[from_]) ->
        any_choice;
        d_step {
            to_home[from_]?type, page, node, argument, contents;
            own!type, page, from_, argument, contents;
            run_queue();
            check()
        }
    }
}

proctype home_agent()
{
    byte mask;
    end:
    do
    :: home_takes(1)
    :: home_takes(2)
    :: atomic { /* the time of pages that are held is over, of one at least */
        !lost && alarm ->
        any_choice;
        if :: mask = ALL :: held[0] -> mask = 1 fi;
        d_step {
            alarm = 0;
            pg = 0;
            do
            :: pg == PAGES -> break
            :: else ->
#if FAULT != 14
                held[pg] = held[pg] && !((mask >> pg) & 1);
#endif
                pg++
            od;
            pg = 0;
            start_waiting(); settle(); run_queue(); check(); mask = 0
        }
       }
#ifdef DROPS
    :: atomic { /* munmap, MADV_DONTNEED: the memory is as new; and recall */
        may_act && len(waiting) == 0 ->
        acts;
        if :: mask = ALL :: mask = 1 fi;
        any_choice;
        d_step {
            rr = HOME; aa = DROP; mm = mask;
            submit(); settle(); run_queue(); check(); mask = 0
        }
       }
    :: atomic {
        may_act && len(waiting) == 0 && holders[PAGES - 1] != BIT(HOME) ->
        acts;
        give_away = 0; hold_it = 0;
        d_step {
            rr = HOME; aa = WRITE; mm = BIT(PAGES - 1); recall = 1;
            submit(); recall = 0; settle(); run_queue(); check()
        }
       }
#endif
#ifdef LOSS
    :: atomic { /* node DEAD ends */
        !lost && is_up(DEAD) ->
        give_away = 0; hold_it = 0;
        d_step {
            up = up & ~BIT(DEAD);
            pg = 0;
            do
            :: pg == PAGES -> break
            :: else ->
                state[ON(DEAD, pg)] = S_INVALID;
                fresh[ON(DEAD, pg)] = 0;
                if
                :: (holders[pg] >> DEAD) & 1 ->
                    lost = lost || exclusive[pg] || holders[pg] == BIT(DEAD);
                    holders[pg] = holders[pg] & ~BIT(DEAD)
                :: else -> skip
                fi;
                pg++
            od;
            do
            :: len(to_node[DEAD]) == 0 -> break
            :: len(to_node[DEAD]) != 0 ->
                to_node[DEAD]?type, page, node, argument, contents
            od;
            do
            :: len(to_home[DEAD]) == 0 -> break
            :: len(to_home[DEAD]) != 0 ->
                to_home[DEAD]?type, page, node, argument, contents
            od;
            /* What waited for it waits no more; a read asks another holder. */
            pg = 0;
            do
            :: pg == PAGES -> break
            :: else ->
                if
                :: !lost && awaited[ON(DEAD, pg)] != 0 && access[pg] == READ ->
                    tx = pg; rest = awaited[ON(DEAD, tx)]; awaited[ON(DEAD, tx)] = 0;
                    qi = 0;
                    do
                    :: qi == PAGES -> break
                    :: qi < PAGES && ((rest >> qi) & 1) && !((has[tx] >> qi) & 1) ->
#if FAULT != 11
                        pick_source(holders[qi]);
                        ask(tx, source, DOWNGRADE, qi, 1);
#endif
                        qi++
                    :: else -> qi++
                    od;
                    qi = 0; rest = 0
                :: else ->
                    cut[pg] = awaited[ON(DEAD, pg)] != 0 && !upgrade[pg];
                    awaited[ON(DEAD, pg)] = 0
                fi;
                pg++
            od;
            pg = 0;
            if :: !lost -> settle(); run_queue() :: else -> skip fi;
            check()
        }
       }
#endif
    od
}

init
{
    atomic {
        d_step {
            pg = 0;
            do
            :: pg == PAGES -> break
            :: else ->
                holders[pg] = BIT(HOME);
                exclusive[pg] = 1;
                state[ON(HOME, pg)] = S_MODIFIED;
                fresh[ON(HOME, pg)] = 1;
                pg++
            od;
            pg = 0
        }
        run member(0); run member(1); run member(2); run home_agent()
    }
}
