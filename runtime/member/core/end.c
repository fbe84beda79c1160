/* The ends of a program: of itself, because of us, with a node or an agent. */
#include "runtime/member/core/core.h"

void popcorn_exit_now(int status)
{
    for (;;) {
        isa_syscall(NEUTRAL_exit_group, status, 0, 0, 0, 0, 0);
    }
}

void popcorn_fatal(const char *text)
{
    popcorn_say(text, NULL, 0);
    popcorn_exit_now(POPCORN_EXIT_FAILURE);
}

void popcorn_fatal_errno(const char *text, long result)
{
    popcorn_say(text, NULL, -result);
    popcorn_exit_now(POPCORN_EXIT_FAILURE);
}

void popcorn_wait_for_end(void)
{
    for (;;) {
        isa_syscall(NEUTRAL_ppoll, 0, 0, 0, 0, 0, 0);
    }
}

void popcorn_raise_default(int signal)
{
    struct neutral_sigaction action = {0};
    uint64_t none = 0;

    isa_syscall(NEUTRAL_rt_sigaction, signal, (long)&action, 0,
                sizeof(uint64_t), 0, 0);
    isa_syscall(NEUTRAL_rt_sigprocmask, NEUTRAL_SIG_SETMASK, (long)&none, 0,
                sizeof none, 0, 0);
    /* To itself: one to the process another thread may take later. */
    isa_syscall(NEUTRAL_tgkill, isa_syscall(NEUTRAL_getpid, 0, 0, 0, 0, 0, 0),
                isa_syscall(NEUTRAL_gettid, 0, 0, 0, 0, 0, 0), signal, 0, 0, 0);
    popcorn_exit_now(128 + signal);
}

/* Nothing is elsewhere before the first departure; after it there may be, and
 * the pages that are here are watched by nobody. */
void popcorn_agent_lost(void)
{
    struct popcorn_node_page *page = popcorn_node_page();
    uint32_t end = POPCORN_GOES_ON;
    uint32_t before =
        __atomic_exchange_n(&popcorn_member.agent_lost, 1, __ATOMIC_SEQ_CST);

    if (popcorn_member.mode != POPCORN_HOME) {
        popcorn_exit_now(POPCORN_EXIT_LOST_NODE);
    }
    if (!popcorn_member.ever_moved) {
        if (before == 0 && page->end == POPCORN_GOES_ON) {
            popcorn_say("the agent of this node ended; the program goes on "
                        "here without migration",
                        NULL, 0);
        }
        return;
    }
    if (!page->guarded &&
        __atomic_compare_exchange_n(&page->end, &end, POPCORN_IS_LOST, 0,
                                    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
        popcorn_say_last(POPCORN_AGENT_LOST_TEXT);
        popcorn_exit_now(POPCORN_EXIT_LOST_NODE);
    }
    if ((page->end & 255) != POPCORN_EXITS) {
        popcorn_wait_for_end();
    }
}
