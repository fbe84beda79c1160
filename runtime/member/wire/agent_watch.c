/* Home's agent may be stopped: whoever of the home member waits for it looks
 * (docs/dsm.md, "A process that is stopped").  A member under QEMU has its guard
 * for that (tools/uffd-preload/guard.c). */
#include "runtime/base/stopped.h"
#include "runtime/member/wire/wire.h"

#define NS_PER_MS 1000000

static char *append(char *line, const char *text)
{
    uint64_t text_bytes = popcorn_text_length(text);

    popcorn_copy(line, text, text_bytes + 1);
    return line + text_bytes;
}

static void name_process(char *line, const char *before, int pid,
                         const char *after)
{
    char digits[12], *digit = digits + sizeof digits;

    *--digit = '\0';
    do {
        *--digit = (char)('0' + pid % 10);
        pid /= 10;
    } while (pid > 0);
    append(append(append(line, before), digit), after);
}

static int is_stopped(int pid)
{
    char path[40], stat[512];
    long file, got;

    name_process(path, "/proc/", pid, "/stat");
    file = isa_syscall(NEUTRAL_openat, NEUTRAL_AT_FDCWD, (long)path,
                       NEUTRAL_O_CLOEXEC, 0, 0, 0);
    if (file < 0) {
        return 0;
    }
    got = isa_syscall(NEUTRAL_read, file, (long)stat, sizeof stat, 0, 0, 0);
    isa_syscall(NEUTRAL_close, file, 0, 0, 0, 0, 0);
    return got > 0 && stopped_state(stat, (uint64_t)got) == 'T';
}

/* One for all threads that wait. */
static int is_time_to_look(const struct popcorn_node_page *page)
{
    static uint64_t last_ns;
    uint64_t last = __atomic_load_n(&last_ns, __ATOMIC_RELAXED);
    uint64_t now = popcorn_kernel_ns(1);

    return now - last >= (uint64_t)page->look_ms * NS_PER_MS &&
           __atomic_compare_exchange_n(&last_ns, &last, now, 0,
                                       __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static void look(struct popcorn_node_page *page)
{
    static struct stopped_beats beats;
    static uint32_t looks;
    uint32_t count = __atomic_load_n(&page->agent_beats, __ATOMIC_RELAXED);
    int pid = page->agent_pid;
    char line[sizeof POPCORN_AGENT_STOPPED_TEXT + 16];

    switch (stopped_look(&looks,
                         stopped_may_be(&beats, count) && is_stopped(pid))) {
    case STOPPED_SAY:
        name_process(line, POPCORN_AGENT_STOPPED_TEXT, pid, "");
        popcorn_say_last(line); /* the desk must not wait for a file */
        break;
    case STOPPED_TOO_LONG: /* its streams end: popcorn_agent_lost() */
        isa_syscall(NEUTRAL_kill, pid, 9, 0, 0, 0, 0);
        break;
    case STOPPED_NOTHING:
        break;
    }
}

void popcorn_await_agent(int socket)
{
    struct popcorn_node_page *page = popcorn_node_page();
    struct neutral_pollfd wait = {socket, NEUTRAL_POLLIN, 0};
    /* The agent may not have begun to count yet. */
    uint32_t look_ms = page->look_ms != 0 ? page->look_ms : POPCORN_LOOK_MS;
    struct neutral_timespec limit = {look_ms / 1000,
                                     look_ms % 1000 * NS_PER_MS};

    if (isa_syscall(NEUTRAL_ppoll, (long)&wait, 1, (long)&limit, 0, 0, 0) ==
            0 &&
        page->look_ms != 0 && is_time_to_look(page)) {
        look(page);
    }
}

int popcorn_watches_agent(void)
{
    const struct popcorn_node_page *page = popcorn_node_page();

    return popcorn_member.mode == POPCORN_HOME && !page->guarded;
}
