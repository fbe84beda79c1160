/* rig.h at work. */
#include "tests/unit/runtime/agent/rig.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "runtime/dsm/space.h"
#include "runtime/launch/config.h"
#include "runtime/message/connection.h"

static _Noreturn void fail(const char *what)
{
    perror(what);
    exit(99);
}

static uint64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* --- descriptors from one process to another --- */

static void send_with(int fd, const void *bytes, size_t size,
                      const int *descriptors, size_t count)
{
    char control[CMSG_SPACE(2 * sizeof(int))] = {0};
    struct iovec vector = {(void *)bytes, size};
    struct msghdr message = {.msg_iov = &vector,
                             .msg_iovlen = 1,
                             .msg_control = control,
                             .msg_controllen = CMSG_SPACE(count * sizeof(int))};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);

    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(count * sizeof(int));
    memcpy(CMSG_DATA(header), descriptors, count * sizeof(int));
    if (sendmsg(fd, &message, MSG_NOSIGNAL) != (ssize_t)size) {
        fail("sendmsg");
    }
}

static void receive_two(int fd, int descriptors[2])
{
    char control[CMSG_SPACE(2 * sizeof(int))], byte;
    struct iovec vector = {&byte, 1};
    struct msghdr message = {.msg_iov = &vector,
                             .msg_iovlen = 1,
                             .msg_control = control,
                             .msg_controllen = sizeof control};

    if (recvmsg(fd, &message, MSG_CMSG_CLOEXEC) != 1 ||
        CMSG_FIRSTHDR(&message) == NULL) {
        fail("the member's descriptors");
    }
    memcpy(descriptors, CMSG_DATA(CMSG_FIRSTHDR(&message)), 2 * sizeof(int));
}

/* --- the member of a node's agent --- */

static socklen_t meeting_place(struct sockaddr_un *address, const char *name)
{
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    snprintf(address->sun_path + 1, sizeof address->sun_path - 1, "%.100s",
             name);
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
                       strlen(name));
}

void rig_play_member(void)
{
    const char *variable = getenv("POPCORN_MEMBER");
    char name[64] = "";
    struct sockaddr_un address;
    int file, meeting, descriptors[2];

    if (variable == NULL) {
        return;
    }
    file = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    meeting = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (sscanf(variable, "%d,remote,%*d,%d,", &descriptors[0],
               &descriptors[1]) != 2 ||
        read(file, name, sizeof name - 1) < 0 ||
        connect(meeting, (struct sockaddr *)&address,
                meeting_place(&address, name)) != 0) {
        fail("the member");
    }
    send_with(meeting, "M", 1, descriptors, 2);
    for (;;) {
        pause();
    }
}

/* --- the agent --- */

static struct agent_config config_of(const struct rig *rig)
{
    struct agent_config config;

    config_init(&config);
    config.node_count = 2;
    config.node = rig->is_home ? 0 : 1;
    strcpy(config.isa[0], "x86_64");
    strcpy(config.isa[1], "x86_64");
    snprintf(config.program, sizeof config.program, "popcorn-rig-%d",
             (int)getpid());
    return config;
}

static pid_t start_agent(const struct rig *rig, struct agent_config *config,
                         const char *path)
{
    pid_t child = fork();

    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(rig->log, 2);
        agent_exec(config, path);
        fail(path);
    }
    return child;
}

static pid_t start_program(void)
{
    pid_t child = fork();

    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;) {
            pause();
        }
    }
    return child;
}

static void pair_of(int ends[2])
{
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        fail("socketpair");
    }
}

static void map_at(uint64_t address, uint64_t size, int memory, off_t offset)
{
    if (mmap((void *)(uintptr_t)address, size, PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_FIXED, memory, offset) == MAP_FAILED) {
        fail("mmap");
    }
}

/* As a member does before it is ready. */
static void share_memory(struct rig *rig, int memory)
{
    struct uffdio_api api = {.api = UFFD_API,
                             .features = POPCORN_UFFD_FEATURES};
    struct popcorn_message ready = {.type = POPCORN_MEMBER_READY,
                                    .source_node = !rig->is_home};

    map_at(RIG_DATA, RIG_DATA_BYTES, memory, 0);
    map_at(POPCORN_ARENA_BASE, POPCORN_ARENA_GRANULE, memory,
           POPCORN_ARENA_FILE_OFFSET);
    rig->userfault = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
    if (rig->userfault < 0 || ioctl(rig->userfault, UFFDIO_API, &api) != 0) {
        fail("userfaultfd");
    }
    send_with(rig->stream, "U", 1, &rig->userfault, 1);
    ready.arg[0] = (uint64_t)getpid();
    ready.arg[2] = RIG_DATA;
    ready.arg[3] = RIG_DATA + RIG_DATA_BYTES;
    ready.arg[4] = RIG_HIGH_WATER;
    rig_send(rig->stream, &ready, NULL);
}

static void say_hello(const struct rig *rig)
{
    static const uint8_t hashes[64];
    struct popcorn_message hello = {.type = POPCORN_HELLO,
                                    .source_node = (uint16_t)rig->is_home,
                                    .target_node = !rig->is_home,
                                    .length = sizeof hashes};

    hello.arg[0] = POPCORN_PROTOCOL_VERSION;
    rig_send(rig->peer, &hello, hashes);
}

static int start_home(struct rig *rig, const char *path)
{
    struct agent_config config = config_of(rig);
    int peer[2], member[2];

    /* First, or it has the agent's ends of the streams, too. */
    rig->program = config.home_pid = start_program();
    pair_of(peer);
    pair_of(member);
    if (member_memory_create(&config.node_page_fd, &config.memory_fd) != 0 ||
        member_page_init(&config, config.node_page_fd) != 0) {
        fail("memory");
    }
    config.peer_fd[1] = peer[1];
    config.member_fd = member[1];
    rig->agent = start_agent(rig, &config, path);
    rig->peer = peer[0];
    rig->stream = member[0];
    close(peer[1]);
    close(member[1]);
    close(config.node_page_fd);
    return config.memory_fd;
}

static int start_node(struct rig *rig, const char *path)
{
    struct agent_config config = config_of(rig);
    struct sockaddr_un address;
    int peer[2], descriptors[2], from;
    int meeting = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    pair_of(peer);
    config.peer_fd[0] = peer[1];
    config.image_fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    if (bind(meeting, (struct sockaddr *)&address,
             meeting_place(&address, config.program)) != 0 ||
        listen(meeting, 1) != 0) {
        fail("bind");
    }
    rig->agent = start_agent(rig, &config, path);
    rig->peer = peer[0];
    close(peer[1]);
    close(config.image_fd);
    from = accept4(meeting, NULL, NULL, SOCK_CLOEXEC);
    receive_two(from, descriptors);
    close(from);
    close(meeting);
    rig->stream = descriptors[0];
    return descriptors[1];
}

void rig_start(struct rig *rig, const char *path, int is_home)
{
    int memory;

    memset(rig, 0, sizeof *rig);
    rig->is_home = is_home;
    rig->desk = -1;
    rig->log = memfd_create("log", MFD_CLOEXEC);
    memory = is_home ? start_home(rig, path) : start_node(rig, path);
    share_memory(rig, memory);
    close(memory);
    say_hello(rig);
}

void rig_open_desk(struct rig *rig)
{
    struct popcorn_message open = {.magic = POPCORN_MESSAGE_MAGIC,
                                   .type = POPCORN_THREAD_OPEN,
                                   .source_node = !rig->is_home};
    int ends[2];

    pair_of(ends);
    open.arg[0] = POPCORN_DESK;
    send_with(rig->stream, &open, sizeof open, &ends[1], 1);
    close(ends[1]);
    rig->desk = ends[0];
}

void rig_send(int fd, const struct popcorn_message *header, const void *payload)
{
    struct popcorn_message message = *header;

    message.magic = POPCORN_MESSAGE_MAGIC;
    if (send(fd, &message, sizeof message, MSG_NOSIGNAL) < 0 ||
        (message.length != 0 &&
         send(fd, payload, message.length, MSG_NOSIGNAL) < 0)) {
        return; /* closed meanwhile, which others look at */
    }
}

int rig_closes(int fd)
{
    uint64_t end_ms = now_ms() + RIG_WAIT_MS;
    char bytes[4096];

    while (now_ms() < end_ms) {
        struct pollfd wait = {.fd = fd, .events = POLLIN};

        if (poll(&wait, 1, 100) > 0 && recv(fd, bytes, sizeof bytes, 0) <= 0) {
            return 1;
        }
    }
    return 0;
}

static const char *log_of(const struct rig *rig)
{
    static char text[1 << 16];
    ssize_t got = pread(rig->log, text, sizeof text - 1, 0);

    text[got < 0 ? 0 : got] = '\0';
    return text;
}

int rig_says(const struct rig *rig, const char *text)
{
    uint64_t end_ms = now_ms() + RIG_WAIT_MS;

    while (strstr(log_of(rig), text) == NULL) {
        if (now_ms() > end_ms) {
            return 0;
        }
        usleep(2000);
    }
    return 1;
}

int rig_end(struct rig *rig)
{
    uint64_t end_ms = now_ms() + RIG_WAIT_MS;
    int status, in_time = 1;

    if (rig->program != 0) {
        kill(rig->program, SIGKILL);
        waitpid(rig->program, NULL, 0);
    }
    close(rig->peer);
    while (waitpid(rig->agent, &status, WNOHANG) == 0) {
        if (now_ms() > end_ms) {
            in_time = 0;
            kill(rig->agent, SIGKILL);
            waitpid(rig->agent, &status, 0);
            break;
        }
        usleep(500);
    }
    close(rig->stream);
    close(rig->userfault);
    if (rig->desk >= 0) {
        close(rig->desk);
    }
    return in_time ? status : -1;
}

void rig_show(const struct rig *rig)
{
    fputs(log_of(rig), stdout);
}
