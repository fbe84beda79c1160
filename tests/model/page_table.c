/* page_table [STATE EVENT NEXT ACTION]: the page state table of the running
 * code (page_step()), as Promela, so that the model and the code cannot differ.
 * With arguments one cell is replaced: a planted fault. */
#include <stdio.h>
#include <string.h>

#include "runtime/dsm/page_state.h"

#define X(name) #name,
static const char *const actions[] = {PAGE_ACTIONS(X)};
#undef X

static int is(const char *wanted, const char *name)
{
    return wanted != NULL && strcmp(wanted, name) == 0;
}

int main(int argc, char **argv)
{
    int replaced = 0, plants = argc == 5;

    for (unsigned state = 0; state < PAGE_STATE_COUNT; state++) {
        printf("#define S_%s %u\n", page_state_name(state), state);
    }
    for (unsigned event = 0; event < PAGE_EVENT_COUNT; event++) {
        printf("#define E_%s %u\n", page_event_name(event), event);
    }
    for (unsigned action = 0; action < PAGE_ACTION_COUNT; action++) {
        printf("#define A_%s %u\n", actions[action], action);
    }
    printf("hidden byte next, action;\n"
           "inline page_step(state_, event_) {\n    if\n");
    for (unsigned state = 0; state < PAGE_STATE_COUNT; state++) {
        for (unsigned event = 0; event < PAGE_EVENT_COUNT; event++) {
            struct page_step step = page_step(state, event);
            const char *next = page_state_name(step.next);
            const char *action = actions[step.action];
            if (plants && is(argv[1], page_state_name(state)) &&
                is(argv[2], page_event_name(event))) {
                next = argv[3];
                action = argv[4];
                replaced = 1;
            }
            printf("    :: (state_) == S_%s && (event_) == E_%s -> "
                   "next = S_%s; action = A_%s\n",
                   page_state_name(state), page_event_name(event), next,
                   action);
        }
    }
    printf("    fi\n}\n");
    return plants && !replaced;
}
