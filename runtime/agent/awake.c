/* What the threads of this node are told of their agent's sleep (node_page.h).
 *
 * A thread that the agent wakes may take the agent's processor before it has
 * gone to sleep.  It is runnable then, so no message wakes it, and it gets the
 * processor back when that thread waits or its slice ends: milliseconds later,
 * in a program that computes.  So the thread is sent to the slow path, finds
 * itself on the agent's processor, and gives way (runtime/member/move/poll.c). */
#include <sched.h>

#include "runtime/agent/agent.h"

void awake_begin(struct agent *agent)
{
    struct popcorn_node_page *page = agent->page;

    __atomic_store_n(&page->gave_way, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&page->agent_cpu, (uint32_t)sched_getcpu() + 1,
                     __ATOMIC_RELAXED);
}

void awake_before_waking(struct agent *agent)
{
    __atomic_store_n(&agent->page->poll_word, 1, __ATOMIC_RELEASE);
}

int awake_in_the_way(const struct agent *agent)
{
    return __atomic_load_n(&agent->page->gave_way, __ATOMIC_RELAXED) != 0;
}

void awake_end(struct agent *agent)
{
    __atomic_store_n(&agent->page->agent_cpu, 0, __ATOMIC_RELAXED);
}
