/* Fuzz target: an agent among hostile peers, with a hostile member and a user at
 * its control socket (runtime/agent, runtime/dsm, runtime/message).
 *
 * The agent's own loop takes what comes out of real sockets, a turn for each
 * event; its userfaultfd is one of a real process (member.h), which raises real
 * faults.  Only its set-up is not main.c's, its clock is one that an input can
 * turn, it kills nobody, and what it says is formatted and dropped.
 *
 * It may end the program or a node, with a reason.  What it sends is messages,
 * those to the first seat are of its thread, and it leaves no descriptor open.
 *
 * Input: the mode; then events, see on_event(). */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "runtime/agent/agent.h"
#include "runtime/dsm/dsm_private.h"
#include "tests/fuzz/compact.h"
#include "tests/fuzz/member.h"

enum { NODES = 3, EVENTS_MAX = 48, ENDS_MAX = 12, NO_PROCESS = 0x7ffffff0 };

/* Of the mode; the agent is home's, or node 1's. */
enum {
    MODE_REMOTE = 1,
    MODE_OTHER_MACHINES = 2,
    MODE_STATS = 4,
    MODE_TRACE = 8,
    MODE_PROGRESS = 16,
    MODE_PLACES = 32
};

/* Of an event: its kind in the low three bits, the end it is of above. */
enum event {
    EVENT_MESSAGE,
    EVENT_MESSAGE_WITH_FILE,
    EVENT_BYTES,
    EVENT_TOUCH,
    EVENT_CLIENT,
    EVENT_CLOCK,
    EVENT_END,
    EVENT_OTHER
};

/* The fuzzer's end of one of the agent's sockets. */
struct end {
    struct connection connection;
    int is_peer;
    unsigned thread; /* of a seat */
};

static struct agent agent;
static struct popcorn_node_page page;
static struct end ends[ENDS_MAX];
static unsigned end_count;
static int memory_file, client_end, heartbeats, member_end, always;
static uint64_t now_ns;
static int shows; /* what is said, on standard error */

/* --- what is replaced --- */

int fuzz_clock_gettime(clockid_t id, struct timespec *time);
int fuzz_kill(pid_t process, int number);

/* Each look at the clock takes a microsecond. */
int fuzz_clock_gettime(clockid_t id, struct timespec *time)
{
    (void)id;
    now_ns += 1000;
    time->tv_sec = (time_t)(now_ns / 1000000000);
    time->tv_nsec = (long)(now_ns % 1000000000);
    return 0;
}

/* The input names processes, and this machine has some. */
int fuzz_kill(pid_t process, int number)
{
    (void)process;
    (void)number;
    return 0;
}

void agent_say(const struct agent *speaker, const char *format, ...)
{
    char line[640];
    va_list arguments;

    (void)speaker;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (shows) {
        dprintf(2, "popcorn: %s\n", line);
    }
}

void agent_put_out(int fd, const char *text, size_t size_bytes)
{
    (void)fd;
    MUST(strnlen(text, size_bytes) == size_bytes);
}

void agent_have_said(unsigned timeout_ms)
{
    (void)timeout_ms;
}

/* --- for people: FUZZ_SHOW=1 says what an input says --- */

static void show(const struct end *end, const char *way,
                 const struct popcorn_message *header)
{
    const char *name = message_name(header->type);
    const uint64_t *arg = header->arg;

    if (shows) {
        dprintf(2,
                "%s %u %s %s thread %u to %u: %" PRIx64 " %" PRIx64 " %" PRIx64
                " %" PRIx64 " %" PRIx64 ", %u bytes\n",
                end->is_peer ? "peer" : "seat",
                end->is_peer ? (unsigned)(end - ends) : end->thread, way,
                name == NULL ? "?" : name, header->thread, header->target_node,
                arg[0], arg[1], arg[2], arg[3], arg[4], header->length);
    }
}

/* --- the agent's set-up --- */

/* A new pair; the agent's end. */
static int add_end(int is_peer, unsigned thread)
{
    struct end *end = &ends[end_count];
    int pair[2];

    MUST(end_count < ENDS_MAX);
    MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
    MUST(connection_open(&end->connection, pair[1]) == 0);
    end->is_peer = is_peer;
    end->thread = thread;
    end_count++;
    return pair[0];
}

static void configure(unsigned mode)
{
    struct agent_config *config = &agent.config;

    config_init(config);
    config->node = mode & MODE_REMOTE ? 1 : 0;
    config->node_count = NODES;
    for (unsigned node = 0; node < NODES; node++) {
        strcpy(config->isa[node], node == 1 ? "aarch64" : "x86_64");
        if (node != config->node && mode & MODE_OTHER_MACHINES) {
            strcpy(config->address[node], "10.0.0.2:7070");
        }
    }
    strcpy(config->program, "fuzz");
    config->home_pid = NO_PROCESS;
    config->memory_fd = memory_file;
    config->stats = mode & MODE_STATS ? 1 : 0;
    config->flags = mode & MODE_STATS ? POPCORN_FLAG_STATS : 0;
    config->progress_every = mode & MODE_PROGRESS ? 1 : 0;
    if (mode & MODE_TRACE && !(mode & MODE_REMOTE)) {
        config->trace_fd = memfd_create("trace", MFD_CLOEXEC);
    }
    if (mode & MODE_PLACES) {
        config->place_count = 2;
        config->place[1] = 1;
    }
}

/* Peers: home's each node, another's home. */
static void open_peers(unsigned mode)
{
    for (unsigned node = 0; node < NODES; node++) {
        struct connection *peer = &agent.peer[node];

        peer->fd = peer->descriptor = peer->later_descriptor = -1;
        if (node == agent.node || (agent.node != agent.home && node != 0)) {
            continue;
        }
        MUST(connection_open(peer, add_end(1, 0)) == 0);
        if (mode & MODE_OTHER_MACHINES) {
            connection_seal(peer, 3, 5);
            connection_seal(&ends[end_count - 1].connection, 5, 3);
        }
        MUST(agent_watch(&agent, peer->fd, WATCH_PEER, node, EPOLLIN) == 0);
        agent.nodes_up = node_set_with(agent.nodes_up, node);
    }
    agent.nodes_up = node_set_with(agent.nodes_up, agent.node);
}

/* What wakes the agent besides its sockets; `always` keeps it from sleeping. */
static void open_events(void)
{
    int pair[2];

    MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
                    pair) == 0);
    agent.client[0].fd = pair[0];
    client_end = pair[1];
    heartbeats = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    member_end = eventfd(0, EFD_CLOEXEC);
    agent.heartbeat.fd = heartbeats;
    MUST(agent_watch(&agent, pair[0], WATCH_CLIENT, 0, EPOLLIN) == 0);
    MUST(agent_watch(&agent, heartbeats, WATCH_HEARTBEAT, 0, EPOLLIN) == 0);
    MUST(agent_watch(&agent, member_end, WATCH_MEMBER_PID, 0, EPOLLIN) == 0);
    /* There is no control socket: nobody is found there. */
    always = eventfd(1, EFD_CLOEXEC);
    MUST(agent_watch(&agent, always, WATCH_CONTROL, 0, EPOLLIN) == 0);
}

static void begin(unsigned mode)
{
    struct dsm_ports ports = route_dsm_ports(&agent);
    struct connection *desk = &agent.desk.connection;

    memset(&agent, 0, sizeof agent);
    memset(&page, 0, sizeof page);
    end_count = 0;
    configure(mode);
    agent.node = agent.config.node;
    agent.page = &page;
    page.flags = agent.config.flags;
    desk->fd = desk->descriptor = desk->later_descriptor = -1;
    agent.desks_answered.thread = POPCORN_DESK;
    agent.member_pid = NO_PROCESS;
    agent.member_pidfd = agent.timer_fd = agent.trace.fd = -1;
    agent.control_fd = -1;
    for (unsigned i = 0; i < AGENT_MAX_CLIENTS; i++) {
        agent.client[i].fd = -1;
        agent.client[i].target = AGENT_NOWHERE;
    }
    agent.epoll = epoll_create1(EPOLL_CLOEXEC);
    open_peers(mode);
    open_events();
    seat_link(&agent, 0)->present = agent.node == agent.home;
    MUST(seat_open(&agent, 0, add_end(0, 0)) == 0);
    MUST(dsm_open(&agent.dsm, agent.node, agent.home, NODES, memory_file,
                  &ports) == 0);
    MUST(agent.node != agent.home || trace_open(&agent) == 0);
}

static void close_seat(struct seat_link *link)
{
    connection_close(&link->connection);
    free(link->held_payload);
}

static void end(void)
{
    control_close(&agent);
    trace_close(&agent);
    free(agent.trace.buffer);
    for (unsigned i = 0; i < POPCORN_MAX_THREADS; i++) {
        if (agent.link[i] != NULL) {
            close_seat(agent.link[i]);
            free(agent.link[i]);
        }
    }
    close_seat(&agent.desk);
    for (unsigned i = 0; i < SAMPLE_KINDS; i++) {
        free(agent.stats.samples[i].ns);
    }
    for (unsigned node = 0; node < NODES; node++) {
        connection_close(&agent.peer[node]);
    }
    for (unsigned i = 0; i < end_count; i++) {
        connection_close(&ends[i].connection);
    }
    dsm_close(agent.dsm);
    close(client_end);
    close(heartbeats);
    close(member_end);
    close(always);
    close(agent.epoll);
    member_settle();
    MUST(fallocate(memory_file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
                   (off_t)SPACE_FILE_BYTES) == 0);
}

/* --- events --- */

/* The agent takes what there is, as it does in its loop. */
static void turn(void)
{
    for (unsigned i = 0; i < 2 && !agent.quit; i++) {
        MUST(agent_turn(&agent) == 0);
    }
}

/* A message as bytes, with a descriptor on the first. */
static void send_with_file(const struct end *end,
                           const struct popcorn_message *header,
                           const uint8_t *payload, int file)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control = {.header = {.cmsg_level = SOL_SOCKET,
                            .cmsg_type = SCM_RIGHTS,
                            .cmsg_len = CMSG_LEN(sizeof(int))}};
    struct iovec parts[] = {{(void *)(uintptr_t)header, sizeof *header},
                            {(void *)(uintptr_t)payload, header->length}};
    struct msghdr message = {.msg_iov = parts,
                             .msg_iovlen = 2,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};

    memcpy(CMSG_DATA(&control.header), &file, sizeof file);
    (void)sendmsg(end->connection.fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    close(file);
}

/* The userfaultfd of a member that is ready, or the stream of a new seat. */
static int file_for(const struct popcorn_message *header)
{
    if (header->type != POPCORN_THREAD_OPEN) {
        return member_userfault();
    }
    return end_count < ENDS_MAX ? add_end(0, (unsigned)header->arg[0])
                                : eventfd(0, EFD_CLOEXEC);
}

static void send_message(struct fuzz_input *input, struct end *end,
                         int with_file)
{
    static uint8_t payload[COMPACT_PAYLOAD_MAX];
    struct popcorn_message header = compact_read(input, end->thread, payload);

    show(end, "->", &header);
    if (with_file && !end->is_peer) {
        send_with_file(end, &header, payload, file_for(&header));
    } else if (connection_queue(&end->connection, &header, payload,
                                header.length) == 0) {
        connection_flush(&end->connection);
    }
}

static void send_bytes(struct fuzz_input *input, int fd)
{
    size_t size = fuzz_byte(input);
    const uint8_t *bytes = fuzz_bytes(input, &size);

    (void)send(fd, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* A thread of the member reads or writes a page. */
static void touch(struct fuzz_input *input, unsigned how)
{
    unsigned number = fuzz_byte(input);
    uint64_t address =
        number < 0xf0
            ? POPCORN_ARENA_BASE + number * POPCORN_PAGE_SIZE
            : COMPACT_SHARED_START + (number - 0xf0) * POPCORN_PAGE_SIZE;

    member_touch(how % MEMBER_THREADS, address, how / MEMBER_THREADS % 2,
                 agent.dsm->memory.userfault);
}

static void on_other(unsigned what)
{
    const uint64_t one = 1;

    if (what % 4 == 0) {
        MUST(write(member_end, &one, sizeof one) == sizeof one);
    } else if (what % 4 == 1) {
        failure_timer(&agent);
    } else {
        MUST(write(heartbeats, &one, sizeof one) == sizeof one);
    }
}

static void on_event(struct fuzz_input *input)
{
    unsigned code = fuzz_byte(input), which = code >> 3;
    struct end *of = &ends[which % end_count];

    switch ((enum event)(code & 7)) {
    case EVENT_MESSAGE:
    case EVENT_MESSAGE_WITH_FILE:
        send_message(input, of, (code & 7) == EVENT_MESSAGE_WITH_FILE);
        break;
    case EVENT_BYTES:
        send_bytes(input, of->connection.fd);
        break;
    case EVENT_TOUCH:
        touch(input, which);
        break;
    case EVENT_CLIENT:
        send_bytes(input, client_end);
        break;
    case EVENT_CLOCK:
        now_ns += (uint64_t)which * which * 4000;
        break;
    case EVENT_END:
        shutdown(of->connection.fd, SHUT_RDWR);
        break;
    case EVENT_OTHER:
        on_other(which);
        break;
    }
    turn();
}

/* What the agent has sent: messages, to whom they are for. */
static void check_sent(struct end *end)
{
    struct message_view view;
    int result;

    while (connection_read(&end->connection) > 0) {
        while ((result = connection_next(&end->connection, &view)) == 1) {
            show(end, "<-", &view.header);
            /* Which stream is which later seat's is the member's to say. */
            MUST(end->is_peer || end->thread != 0 || view.header.thread == 0);
        }
        MUST(result == 0);
    }
}

void fuzz_start(void)
{
    shows = getenv("FUZZ_SHOW") != NULL;
    memory_file = memfd_create("memory", MFD_CLOEXEC);
    MUST(ftruncate(memory_file, (off_t)SPACE_FILE_BYTES) == 0);
    member_begin(memory_file);
    for (unsigned i = 0; i < MEMBER_THREADS; i++) {
        compact_own[i] = member_id(i);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    struct fuzz_input input = {data, size_bytes};
    uint64_t open_before = fuzz_open_files();

    now_ns = 1000000000;
    begin(fuzz_byte(&input));
    for (unsigned i = 0; i < EVENTS_MAX && input.left != 0 && !agent.quit;
         i++) {
        on_event(&input);
    }
    for (unsigned i = 0; i < end_count; i++) {
        check_sent(&ends[i]);
    }
    end();
    MUST(fuzz_open_files() == open_before);
    return 0;
}

/* --- seeds --- */

static void put(struct fuzz_output *output, enum event kind, unsigned which)
{
    fuzz_put_number(output, which << 3 | kind, 1);
}

static void put_message(struct fuzz_output *output, unsigned which,
                        struct compact message)
{
    int with_file = message.type == POPCORN_MEMBER_READY ||
                    (message.type == POPCORN_THREAD_OPEN && which != 0);

    put(output, with_file ? EVENT_MESSAGE_WITH_FILE : EVENT_MESSAGE, which);
    compact_write(output, &message);
}

static void put_touch(struct fuzz_output *output, unsigned thread, int write_it,
                      unsigned number)
{
    put(output, EVENT_TOUCH, thread + MEMBER_THREADS * (unsigned)write_it);
    fuzz_put_number(output, number, 1);
}

static void put_line(struct fuzz_output *output, const char *line)
{
    put(output, EVENT_CLIENT, 0);
    fuzz_put_number(output, strlen(line), 1);
    fuzz_put(output, line, strlen(line));
}

#define PAGE(number) (POPCORN_ARENA_BASE + (number) * POPCORN_PAGE_SIZE)
#define GROWN (POPCORN_ARENA_BASE + POPCORN_ARENA_GRANULE)
#define MESSAGE(...) ((struct compact){__VA_ARGS__})

/* The member on end `seat` is ready and has its desk, which is the end after. */
static void put_start(struct fuzz_output *output, unsigned mode, unsigned seat)
{
    fuzz_put_number(output, mode, 1);
    put_message(output, seat,
                MESSAGE(.type = POPCORN_MEMBER_READY,
                        .arg = {compact_own[0], 0, COMPACT_SHARED_START,
                                COMPACT_SHARED_START +
                                    MEMBER_SHARED_PAGES * POPCORN_PAGE_SIZE,
                                GROWN}));
    put_message(output, seat,
                MESSAGE(.type = POPCORN_THREAD_OPEN,
                        .arg = {POPCORN_DESK, 0, compact_own[1]}));
    put_message(
        output, 0,
        MESSAGE(.type = POPCORN_HELLO, .arg = {POPCORN_PROTOCOL_VERSION}));
}

enum { NODE_1, NODE_2, SEAT_0, DESK, SEAT_1 };

static void put_depart(struct fuzz_output *output, unsigned which,
                       unsigned target)
{
    put_message(output, which,
                MESSAGE(.type = POPCORN_THREAD_DEPART, .target = target,
                        .arg = {1, 2, GROWN, 0, 1, 7}));
}

/* At home: the first thread goes to node 1 and comes back. */
static void seed_move(unsigned mode, const char *name)
{
    struct fuzz_output output = {0};

    put_start(&output, mode, SEAT_0);
    put_line(&output, "migrate 1\n");
    put_depart(&output, SEAT_0, 1);
    put_message(&output, NODE_1,
                MESSAGE(.type = POPCORN_THREAD_RESUMED, .arg = {1, 2, 100, 5}));
    put_message(&output, NODE_1,
                MESSAGE(.type = POPCORN_PAGE_REQUEST, .request = 1,
                        .arg = {PAGE(1), 1, 4}));
    put_touch(&output, 0, 0, 1);
    put_message(&output, NODE_1,
                MESSAGE(.type = POPCORN_PAGE_DOWNGRADED, .request = 2,
                        .arg = {PAGE(1), 1, 1}));
    put_message(&output, NODE_1,
                MESSAGE(.type = POPCORN_SYSCALL, .request = 9));
    put_message(&output, SEAT_0,
                MESSAGE(.type = POPCORN_SYSCALL_REPLY, .request = 9,
                        .target = 1, .arg = {0, GROWN}));
    put_message(
        &output, NODE_1,
        MESSAGE(.type = POPCORN_PAGE_INVALIDATED, .arg = {PAGE(2), 2, 1, 0}));
    put_depart(&output, NODE_1, 0);
    put_message(&output, SEAT_0,
                MESSAGE(.type = POPCORN_THREAD_RESUMED, .arg = {1, 2, 100, 5}));
    put(&output, EVENT_OTHER, 2);
    put_message(&output, SEAT_0, MESSAGE(.type = POPCORN_EXIT));
    put(&output, EVENT_END, SEAT_0);
    fuzz_seed(name, output.bytes, output.used);
}

/* At home: what threads ask of all nodes, and the end of a node. */
static void seed_threads(void)
{
    static const struct compact asks[] = {
        {.type = POPCORN_ARENA_GROWN, .arg = {GROWN}},
        {.type = POPCORN_RANGE_PROTECT, .arg = {PAGE(4), PAGE(5), 1, GROWN}},
        {.type = POPCORN_CPU_TIME, .arg = {0, 0, 1}},
        {.type = POPCORN_RANGE_DROP, .arg = {PAGE(1), PAGE(3)}},
        {.type = POPCORN_FREEZE},
        {.type = POPCORN_THAW},
        {.type = POPCORN_RECALL_ALL},
        {.type = POPCORN_PROPOSE, .arg = {1, 2}},
        {.type = POPCORN_THREAD_END}};
    struct fuzz_output output = {0};

    put_start(&output, MODE_STATS | MODE_TRACE | MODE_PLACES, SEAT_0);
    put_message(
        &output, SEAT_0,
        MESSAGE(.type = POPCORN_THREAD_OPEN, .arg = {1, 64, compact_own[1]}));
    put_depart(&output, SEAT_1, 2);
    put_message(&output, NODE_2,
                MESSAGE(.type = POPCORN_THREAD_REFUSED, .has_thread = 1,
                        .thread = 1, .arg = {4}));
    put_message(&output, NODE_1,
                MESSAGE(.type = POPCORN_PAGE_REQUEST, .request = 1,
                        .arg = {PAGE(1), 0, 4}));
    for (unsigned i = 0; i < sizeof asks / sizeof *asks; i++) {
        put_message(&output, SEAT_1, asks[i]);
        if (i < 3) {
            for (unsigned node = NODE_1; node <= NODE_2; node++) {
                struct compact answer = asks[i];

                answer.type = desk_answer(asks[i].type);
                answer.has_thread = 1;
                answer.thread = POPCORN_DESK;
                put_message(&output, node, answer);
            }
        }
    }
    put_line(&output, "status\n");
    put_message(&output, NODE_2, MESSAGE(.type = POPCORN_SHUTDOWN));
    fuzz_seed("threads", output.bytes, output.used);
}

/* On node 1: a thread comes, asks for a page and for a call, and goes. */
static void seed_remote(unsigned mode, const char *name)
{
    enum { HOME, SEAT, REMOTE_DESK };
    struct fuzz_output output = {0};

    put_start(&output, MODE_REMOTE | mode, SEAT);
    put_depart(&output, HOME, 1);
    put_message(&output, SEAT,
                MESSAGE(.type = POPCORN_THREAD_RESUMED, .arg = {1, 2, 100, 5}));
    put_touch(&output, 0, 1, 1);
    put_message(&output, HOME,
                MESSAGE(.type = POPCORN_PAGE_REPLY, .request = 1,
                        .arg = {PAGE(1), 2, 0, 1}));
    put_message(&output, HOME,
                MESSAGE(.type = POPCORN_PAGE_DOWNGRADE, .request = 7,
                        .arg = {PAGE(1), 0, 1}));
    put_message(&output, HOME,
                MESSAGE(.type = POPCORN_PAGE_INVALIDATE, .request = 8,
                        .arg = {PAGE(1), 1, 1}));
    put_message(&output, SEAT, MESSAGE(.type = POPCORN_SYSCALL, .request = 9));
    put_message(&output, HOME,
                MESSAGE(.type = POPCORN_SYSCALL_REPLY, .request = 9));
    put_message(&output, HOME, MESSAGE(.type = POPCORN_SIGNAL));
    put_message(&output, HOME,
                MESSAGE(.type = POPCORN_REQUEST_MOVE, .arg = {2}));
    put_depart(&output, SEAT, 2);
    put_message(&output, HOME,
                MESSAGE(.type = POPCORN_THREAD_OPEN, .arg = {1, 64, 5}));
    put_message(&output, HOME,
                MESSAGE(.type = POPCORN_ARENA_GROWN, .has_thread = 1,
                        .thread = POPCORN_DESK, .arg = {GROWN}));
    put_message(&output, REMOTE_DESK,
                MESSAGE(.type = POPCORN_ARENA_GROWN_ACK, .has_thread = 1,
                        .thread = POPCORN_DESK));
    put_message(&output, HOME,
                MESSAGE(.type = POPCORN_THREAD_DEPART, .has_thread = 1,
                        .thread = 1, .target = 1));
    put_message(
        &output, REMOTE_DESK,
        MESSAGE(.type = POPCORN_THREAD_OPEN, .arg = {1, 64, compact_own[1]}));
    put_message(
        &output, HOME,
        MESSAGE(.type = POPCORN_THREAD_END, .has_thread = 1, .thread = 1));
    put_message(&output, HOME, MESSAGE(.type = POPCORN_SHUTDOWN));
    fuzz_seed(name, output.bytes, output.used);
}

void fuzz_seeds(void)
{
    compact_own[0] = 0xf001; /* written as the code of an own number */
    compact_own[1] = 0xf002;
    seed_move(MODE_STATS | MODE_TRACE | MODE_PROGRESS, "move");
    seed_move(MODE_OTHER_MACHINES, "move_between_machines");
    seed_threads();
    seed_remote(0, "remote");
    seed_remote(MODE_OTHER_MACHINES, "remote_machine");
}
