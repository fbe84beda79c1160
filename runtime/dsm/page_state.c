/* The page table of page_state.h, and its restatement as assertions. */
#include "runtime/dsm/page_state.h"

#include <stdio.h>
#include <stdlib.h>

#define STEP(next, action) {PAGE_##next, PAGE_DO_##action}
/* clang-format off */
static const struct page_step steps[PAGE_STATE_COUNT][PAGE_EVENT_COUNT] = {
    [PAGE_INVALID] = {
        [PAGE_READ_FAULT] = STEP(READ_PENDING, REQUEST_READ),
        [PAGE_WRITE_FAULT] = STEP(WRITE_PENDING, REQUEST_WRITE),
        [PAGE_PROTECT_FAULT] = STEP(WRITE_PENDING, REQUEST_WRITE),
        [PAGE_GRANT_SHARED] = STEP(SHARED, INSTALL_SHARED),
        [PAGE_GRANT_MODIFIED] = STEP(MODIFIED, INSTALL_MODIFIED),
        [PAGE_CONFIRM_SHARED] = STEP(INVALID, NOTHING),
        [PAGE_CONFIRM_MODIFIED] = STEP(INVALID, NOTHING),
        [PAGE_INVALIDATE] = STEP(INVALID, ANSWER_EMPTY),
        [PAGE_DOWNGRADE] = STEP(INVALID, ANSWER_EMPTY),
        [PAGE_PUSH] = STEP(INVALID, BUG),
    },
    [PAGE_SHARED] = {
        [PAGE_READ_FAULT] = STEP(SHARED, FILL_ZERO_SHARED),
        [PAGE_WRITE_FAULT] = STEP(UPGRADE_PENDING, REQUEST_WRITE),
        [PAGE_PROTECT_FAULT] = STEP(UPGRADE_PENDING, REQUEST_WRITE),
        [PAGE_GRANT_SHARED] = STEP(SHARED, BUG),
        [PAGE_GRANT_MODIFIED] = STEP(SHARED, BUG),
        [PAGE_CONFIRM_SHARED] = STEP(SHARED, WAKE),
        [PAGE_CONFIRM_MODIFIED] = STEP(MODIFIED, UNPROTECT),
        [PAGE_INVALIDATE] = STEP(INVALID, GIVE_UP),
        [PAGE_DOWNGRADE] = STEP(SHARED, READ_COPY),
        [PAGE_PUSH] = STEP(SHARED, BUG),
    },
    [PAGE_MODIFIED] = {
        [PAGE_READ_FAULT] = STEP(MODIFIED, FILL_ZERO),
        [PAGE_WRITE_FAULT] = STEP(MODIFIED, FILL_ZERO),
        [PAGE_PROTECT_FAULT] = STEP(MODIFIED, UNPROTECT),
        [PAGE_GRANT_SHARED] = STEP(MODIFIED, BUG),
        [PAGE_GRANT_MODIFIED] = STEP(MODIFIED, BUG),
        [PAGE_CONFIRM_SHARED] = STEP(MODIFIED, WAKE),
        [PAGE_CONFIRM_MODIFIED] = STEP(MODIFIED, WAKE),
        [PAGE_INVALIDATE] = STEP(INVALID, GIVE_UP),
        [PAGE_DOWNGRADE] = STEP(SHARED, PROTECT_READ),
        [PAGE_PUSH] = STEP(INVALID, GIVE_UP),
    },
    [PAGE_READ_PENDING] = {
        [PAGE_READ_FAULT] = STEP(READ_PENDING, NOTHING),
        [PAGE_WRITE_FAULT] = STEP(READ_PENDING, NOTHING),
        [PAGE_PROTECT_FAULT] = STEP(READ_PENDING, NOTHING),
        [PAGE_GRANT_SHARED] = STEP(SHARED, INSTALL_SHARED),
        [PAGE_GRANT_MODIFIED] = STEP(MODIFIED, INSTALL_MODIFIED),
        [PAGE_CONFIRM_SHARED] = STEP(READ_PENDING, NOTHING),
        [PAGE_CONFIRM_MODIFIED] = STEP(READ_PENDING, NOTHING),
        [PAGE_INVALIDATE] = STEP(READ_PENDING, ANSWER_EMPTY),
        [PAGE_DOWNGRADE] = STEP(READ_PENDING, ANSWER_EMPTY),
        [PAGE_PUSH] = STEP(READ_PENDING, BUG),
    },
    [PAGE_WRITE_PENDING] = {
        [PAGE_READ_FAULT] = STEP(WRITE_PENDING, NOTHING),
        [PAGE_WRITE_FAULT] = STEP(WRITE_PENDING, NOTHING),
        [PAGE_PROTECT_FAULT] = STEP(WRITE_PENDING, NOTHING),
        [PAGE_GRANT_SHARED] = STEP(UPGRADE_PENDING, INSTALL_SHARED),
        [PAGE_GRANT_MODIFIED] = STEP(MODIFIED, INSTALL_MODIFIED),
        [PAGE_CONFIRM_SHARED] = STEP(WRITE_PENDING, NOTHING),
        [PAGE_CONFIRM_MODIFIED] = STEP(WRITE_PENDING, NOTHING),
        [PAGE_INVALIDATE] = STEP(WRITE_PENDING, ANSWER_EMPTY),
        [PAGE_DOWNGRADE] = STEP(WRITE_PENDING, ANSWER_EMPTY),
        [PAGE_PUSH] = STEP(WRITE_PENDING, BUG),
    },
    [PAGE_UPGRADE_PENDING] = {
        [PAGE_READ_FAULT] = STEP(UPGRADE_PENDING, FILL_ZERO_SHARED),
        [PAGE_WRITE_FAULT] = STEP(UPGRADE_PENDING, NOTHING),
        [PAGE_PROTECT_FAULT] = STEP(UPGRADE_PENDING, NOTHING),
        [PAGE_GRANT_SHARED] = STEP(UPGRADE_PENDING, BUG),
        [PAGE_GRANT_MODIFIED] = STEP(UPGRADE_PENDING, BUG),
        [PAGE_CONFIRM_SHARED] = STEP(UPGRADE_PENDING, NOTHING),
        [PAGE_CONFIRM_MODIFIED] = STEP(MODIFIED, UNPROTECT),
        [PAGE_INVALIDATE] = STEP(WRITE_PENDING, GIVE_UP),
        [PAGE_DOWNGRADE] = STEP(UPGRADE_PENDING, READ_COPY),
        [PAGE_PUSH] = STEP(UPGRADE_PENDING, BUG),
    },
};
/* clang-format on */

struct page_step page_step(enum page_state state, enum page_event event)
{
    return steps[state][event];
}

static const char *const state_names[] = {
#define X(name) #name,
    PAGE_STATES(X)
#undef X
};

static const char *const event_names[] = {
#define X(name) #name,
    PAGE_EVENTS(X)
#undef X
};

const char *page_state_name(enum page_state state)
{
    return state < PAGE_STATE_COUNT ? state_names[state] : "?";
}

const char *page_event_name(enum page_event event)
{
    return event < PAGE_EVENT_COUNT ? event_names[event] : "?";
}

static int has_copy(unsigned state)
{
    return state == PAGE_SHARED || state == PAGE_MODIFIED ||
           state == PAGE_UPGRADE_PENDING;
}

static void require(int condition, const char *rule, enum page_state state,
                    enum page_event event)
{
    if (!condition) {
        fprintf(stderr, "page state table: %s x %s: %s\n",
                page_state_name(state), page_event_name(event), rule);
        abort();
    }
}

void page_step_check(enum page_state state, enum page_event event,
                     struct page_step step)
{
    int installs = step.action == PAGE_DO_INSTALL_SHARED ||
                   step.action == PAGE_DO_INSTALL_MODIFIED;
    int requests = step.action == PAGE_DO_REQUEST_READ ||
                   step.action == PAGE_DO_REQUEST_WRITE;

    require(step.next < PAGE_STATE_COUNT && step.action < PAGE_ACTION_COUNT,
            "cell is filled", state, event);
    require(!installs || (!has_copy(state) && has_copy(step.next)),
            "only an absent page is installed", state, event);
    require(has_copy(state) == has_copy(step.next) || installs ||
                step.action == PAGE_DO_GIVE_UP,
            "a copy appears by install, goes by give-up", state, event);
    require(step.next != PAGE_MODIFIED || state == PAGE_MODIFIED ||
                step.action == PAGE_DO_INSTALL_MODIFIED ||
                step.action == PAGE_DO_UNPROTECT,
            "a page becomes writable by install or unprotect", state, event);
    require(state != PAGE_MODIFIED || step.next != PAGE_SHARED ||
                step.action == PAGE_DO_PROTECT_READ,
            "a page is protected before it is shared", state, event);
    require(!requests || step.next >= PAGE_READ_PENDING,
            "a request is remembered", state, event);
    require(event > PAGE_PROTECT_FAULT || step.action != PAGE_DO_BUG,
            "a fault is never refused", state, event);
    require((event != PAGE_INVALIDATE && event != PAGE_DOWNGRADE) ||
                step.action == PAGE_DO_GIVE_UP ||
                step.action == PAGE_DO_PROTECT_READ ||
                step.action == PAGE_DO_READ_COPY ||
                step.action == PAGE_DO_ANSWER_EMPTY,
            "the directory is always answered", state, event);
    require(step.action != PAGE_DO_BUG || step.next == state,
            "a refused event changes nothing", state, event);
}
