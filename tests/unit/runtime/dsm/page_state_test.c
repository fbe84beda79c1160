/* Walks every cell of the page state table: filled, and within the rules that
 * page_step_check() restates.  And a few cells by name, the drawn arrows. */
#include <stdio.h>

#include "runtime/dsm/page_state.h"

static int failures;

static void arrow(enum page_state from, enum page_event event,
                  enum page_state to, enum page_action action)
{
    struct page_step step = page_step(from, event);

    if (step.next != to || step.action != action) {
        printf("%s x %s goes to %s\n", page_state_name(from),
               page_event_name(event),
               page_state_name((enum page_state)step.next));
        failures++;
    }
}

int main(void)
{
    for (unsigned state = 0; state < PAGE_STATE_COUNT; state++) {
        for (unsigned event = 0; event < PAGE_EVENT_COUNT; event++) {
            page_step_check(
                (enum page_state)state, (enum page_event)event,
                page_step((enum page_state)state, (enum page_event)event));
        }
    }
    arrow(PAGE_INVALID, PAGE_READ_FAULT, PAGE_READ_PENDING,
          PAGE_DO_REQUEST_READ);
    arrow(PAGE_READ_PENDING, PAGE_GRANT_SHARED, PAGE_SHARED,
          PAGE_DO_INSTALL_SHARED);
    arrow(PAGE_SHARED, PAGE_PROTECT_FAULT, PAGE_UPGRADE_PENDING,
          PAGE_DO_REQUEST_WRITE);
    arrow(PAGE_UPGRADE_PENDING, PAGE_INVALIDATE, PAGE_WRITE_PENDING,
          PAGE_DO_GIVE_UP);
    arrow(PAGE_UPGRADE_PENDING, PAGE_CONFIRM_MODIFIED, PAGE_MODIFIED,
          PAGE_DO_UNPROTECT);
    arrow(PAGE_MODIFIED, PAGE_DOWNGRADE, PAGE_SHARED, PAGE_DO_PROTECT_READ);
    arrow(PAGE_MODIFIED, PAGE_PUSH, PAGE_INVALID, PAGE_DO_GIVE_UP);
    arrow(PAGE_SHARED, PAGE_PUSH, PAGE_SHARED, PAGE_DO_BUG);
    return failures != 0;
}
