/* hello AGENT: home's agent meets a node of another program, another layout or
 * another protocol, and closes the connection; a right one stays.  This test is
 * the program `popcorn run` starts, and the other node's agent. */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/launch/config.h"
#include "runtime/message/connection.h"
#include "runtime/message/message.h"

/* The header and the two hashes. 0 or -1. */
static int say_hello(int fd, const struct agent_config *config, int wrong)
{
    struct popcorn_message header = {.magic = POPCORN_MESSAGE_MAGIC,
                                     .type = POPCORN_HELLO,
                                     .source_node = 1,
                                     .target_node = 0,
                                     .length = 64};
    unsigned char bytes[sizeof header + 64];

    header.arg[0] = POPCORN_PROTOCOL_VERSION + (wrong == 3);
    header.arg[1] = 1;
    memcpy(bytes, &header, sizeof header);
    memcpy(bytes + sizeof header, config->program_id, 32);
    memcpy(bytes + sizeof header + 32, config->layout_hash, 32);
    if (wrong == 1) {
        bytes[sizeof header + 31] ^= 1;
    } else if (wrong == 2) {
        bytes[sizeof header + 63] ^= 0x80;
    }
    return write(fd, bytes, sizeof bytes) == sizeof bytes ? 0 : -1;
}

/* 1: the agent closed the connection within `ms`. */
static int is_closed(int fd, int ms)
{
    struct pollfd wait = {fd, POLLIN, 0};
    char bytes[4096];

    while (poll(&wait, 1, ms) > 0) {
        if (read(fd, bytes, sizeof bytes) <= 0) {
            return 1;
        }
    }
    return 0;
}

/* 0 if the agent did what is right. */
static int meet(const char *agent, int wrong)
{
    static struct agent_config config;
    int member[2], peer[2], config_fd, closed;
    char number[16];
    pid_t child;

    config_init(&config);
    config.node_count = 2;
    strcpy(config.isa[0], "x86_64");
    strcpy(config.isa[1], "aarch64");
    strcpy(config.program, "hello");
    memset(config.program_id, 0x11, 32);
    memset(config.layout_hash, 0x22, 32);
    config.home_pid = getpid();
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, member) != 0 ||
        socketpair(AF_UNIX, SOCK_STREAM, 0, peer) != 0 ||
        member_memory_create(&config.node_page_fd, &config.memory_fd) != 0 ||
        member_page_init(&config, config.node_page_fd) != 0) {
        return 1;
    }
    config.member_fd = member[0];
    config.peer_fd[1] = peer[0];
    config_fd = config_write(&config);
    fcntl(config_fd, F_SETFD, 0);
    fcntl(config.memory_fd, F_SETFD, 0);
    fcntl(config.node_page_fd, F_SETFD, 0);
    snprintf(number, sizeof number, "%d", config_fd);
    child = fork();
    if (child == 0) {
        close(member[1]);
        close(peer[1]);
        execl(agent, "popcorn-agent", "--config", number, (char *)NULL);
        _exit(127);
    }
    close(member[0]);
    close(peer[0]);
    close(config_fd);
    closed = say_hello(peer[1], &config, wrong) != 0 ||
             is_closed(peer[1], wrong ? 10000 : 500);
    close(member[1]); /* the program ends */
    waitpid(child, NULL, 0);
    close(peer[1]);
    if (closed != (wrong != 0)) {
        printf("case %d: the connection was %s\n", wrong,
               closed ? "closed" : "kept");
        return 1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    int failures = 0;

    for (int wrong = 0; argc == 2 && wrong < 4; wrong++) {
        failures += meet(argv[1], wrong);
    }
    return argc != 2 || failures != 0;
}
