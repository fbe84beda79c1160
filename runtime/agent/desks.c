/* Home: what is asked of the desks of all nodes at once. It is done when every node
 * has done it, for a pointer to memory can be anywhere as soon as the call that
 * changed it has returned. */
#include "runtime/agent/agent.h"

void desks_ask(struct agent *agent, const struct popcorn_message *header)
{
    struct popcorn_message asked = *header;

    agent->desks_asked = node_set_without(agent->nodes_up, agent->node);
    agent->desks_answered = *header;
    agent->desks_answered.type = desk_answer(header->type);
    for (unsigned node = 0; node < agent->config.node_count; node++) {
        if (node_set_has(agent->desks_asked, node)) {
            asked.target_node = (uint16_t)node;
            agent_send_node(agent, node, &asked, NULL, 0);
        }
    }
    desk_has_answered(agent, agent->node, NULL);
}

void desk_has_answered(struct agent *agent, unsigned node,
                       const struct popcorn_message *answer)
{
    if (answer != NULL && answer->type == POPCORN_CPU_TIME_ACK &&
        node_set_has(agent->desks_asked, node)) {
        struct popcorn_message *total = &agent->desks_answered;

        if (answer->cpu_time.thread_plus_1 == 0) {
            total->cpu_time.user_ns += answer->cpu_time.user_ns;
            total->cpu_time.system_ns += answer->cpu_time.system_ns;
        } else if (answer->cpu_time.user_ns > total->cpu_time.user_ns) {
            /* one thread's, which may have moved between two */
            total->cpu_time.user_ns = answer->cpu_time.user_ns;
        }
    }
    agent->desks_asked = node_set_without(agent->desks_asked, node);
    if (node_set_is_empty(agent->desks_asked) &&
        agent->desks_answered.thread != POPCORN_DESK) {
        agent_send_member(agent, &agent->desks_answered, NULL, 0);
        agent->desks_answered.thread = POPCORN_DESK;
    }
}
