/* The table of fault_point.h at work. */
#include "runtime/agent/fault_point.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runtime/agent/agent.h"

static const struct {
    const char *name;
    int at_home;
    int from; /* enum fault_from; -1: no message */
    uint16_t type;
} points[] = {
#define HOME 1
#define NODE 0
#define FROM_MEMBER FAULT_FROM_MEMBER
#define FROM_NODE FAULT_FROM_AGENT
#define FROM_HOME FAULT_FROM_AGENT
#define ADMIT(at, from, type, of, first, second)                               \
    {#at "." #from "." #type, at, FROM_##from, POPCORN_##type},
#include "runtime/agent/admission.def"
#undef ADMIT
#define X(at, step) {#at ".AGENT." #step, at, -1, 0},
    FAULT_STEPS(X)
#undef X
};

void fault_list(FILE *file)
{
    for (unsigned i = 0; i < FAULT_POINTS; i++) {
        fprintf(file, "%s\n", points[i].name);
    }
}

static int parse_one(char *text, struct fault_plan *plan)
{
    static const char *const actions[] = {"kill", "member", "cut", "stop"};
    char *next, *name = strtok_r(text, ":", &next);
    const char *when = strtok_r(NULL, ":", &next);
    const char *action = strtok_r(NULL, ":", &next);
    const char *nth = strtok_r(NULL, ":", &next);
    unsigned i = 0;

    if (action == NULL) {
        return -EINVAL;
    }
    while (i < FAULT_POINTS && strcmp(name, points[i].name) != 0) {
        i++;
    }
    plan->point = (enum fault_point)i;
    plan->when = strcmp(when, "after") == 0 ? FAULT_AFTER : FAULT_BEFORE;
    plan->nth = nth == NULL ? 1 : (unsigned)atoi(nth);
    if (i == FAULT_POINTS || plan->nth == 0 ||
        (plan->when == FAULT_BEFORE && strcmp(when, "before") != 0)) {
        return -EINVAL;
    }
    for (i = 0; i < sizeof actions / sizeof *actions; i++) {
        if (strcmp(action, actions[i]) == 0) {
            plan->action = i;
            return 0;
        }
    }
    return -EINVAL;
}

int fault_parse(const char *text, struct fault_state *state, char bad[64])
{
    char copy[POPCORN_FAULT_BYTES], *next;

    memset(state, 0, sizeof *state);
    snprintf(copy, sizeof copy, "%s", text);
    for (char *part = strtok_r(copy, ",", &next); part != NULL;
         part = strtok_r(NULL, ",", &next)) {
        snprintf(bad, 64, "%s", part);
        if (strcmp(part, "note") == 0) {
            state->note = 1;
        } else if (sscanf(part, "tick=%u", &state->tick_ms) == 1) {
            continue;
        } else if (state->plans == FAULT_PLANS ||
                   parse_one(part, &state->plan[state->plans++]) != 0) {
            return -EINVAL;
        }
    }
    return 0;
}

unsigned fault_tick_ms(const struct fault_state *state, unsigned usual_ms)
{
    return state->tick_ms != 0 ? state->tick_ms : usual_ms;
}

static void cut(struct agent *agent)
{
    for (unsigned node = 0; node < agent->config.node_count; node++) {
        if (agent->peer[node].fd >= 0) {
            shutdown(agent->peer[node].fd, SHUT_RDWR);
        }
    }
}

static void act(struct agent *agent, const struct fault_plan *plan)
{
    if (plan->when == FAULT_AFTER) {
        agent_flush(agent);
    }
    agent_say(agent, "fault point %s reached", points[plan->point].name);
    agent_have_said(1000);
    if (plan->action == FAULT_KILL) {
        kill(getpid(), SIGKILL);
    } else if (plan->action == FAULT_MEMBER) {
        kill(agent->member_pid, SIGKILL);
    } else if (plan->action == FAULT_STOP) {
        kill(agent->member_pid, SIGSTOP);
    } else {
        cut(agent);
    }
}

void fault_reached(struct agent *agent, enum fault_point point,
                   enum fault_when when)
{
    struct fault_state *state = &agent->fault;
    uint32_t count;

    if (state->plans == 0 && !state->note) {
        return;
    }
    count = ++state->reached[point][when];
    if (state->note && when == FAULT_AFTER) {
        agent_say(agent, "fault point %s reached", points[point].name);
    }
    for (unsigned i = 0; i < state->plans; i++) {
        const struct fault_plan *plan = &state->plan[i];
        if (plan->point == point && plan->when == when && plan->nth == count) {
            act(agent, plan);
        }
    }
}

void fault_message(struct agent *agent, enum fault_from from, uint16_t type,
                   enum fault_when when)
{
    int at_home = agent->node == agent->home;

    if (agent->fault.plans == 0 && !agent->fault.note) {
        return;
    }
    for (unsigned i = 0; i < FAULT_POINTS; i++) {
        if (points[i].at_home == at_home && points[i].from == (int)from &&
            points[i].type == type) {
            fault_reached(agent, (enum fault_point)i, when);
            return;
        }
    }
}
