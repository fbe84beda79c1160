/* The listening process. One child for each program: it does the set-up and
 * then is the program's agent here, so nothing a peer sends is read in this
 * process, and the end of a program is the end of a child. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tools/popcornd/popcornd.h"

enum { END_MS = 2000, REFUSALS = 8 };

static pid_t children[POPCORND_MAX + REFUSALS];
static unsigned child_count;

static void name_address(const struct sockaddr_storage *address, char *name,
                         size_t size_bytes)
{
    char host[INET6_ADDRSTRLEN] = "?";

    if (address->ss_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)address;
        inet_ntop(AF_INET, &in->sin_addr, host, sizeof host);
        snprintf(name, size_bytes, "%s:%u", host, ntohs(in->sin_port));
    } else {
        const struct sockaddr_in6 *in = (const struct sockaddr_in6 *)address;
        inet_ntop(AF_INET6, &in->sin6_addr, host, sizeof host);
        snprintf(name, size_bytes, "[%s]:%u", host, ntohs(in->sin6_port));
    }
}

static int parse_address(const char *text, struct sockaddr_storage *address,
                         socklen_t *size_bytes)
{
    struct sockaddr_in *in = (struct sockaddr_in *)address;
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)address;
    char host[64], port[32];
    unsigned long number;

    memset(address, 0, sizeof *address);
    if (peer_split(text, host, sizeof host, port, sizeof port) != 0) {
        return -EINVAL;
    }
    number = strtoul(port, NULL, 10);
    if (number > 65535) {
        return -EINVAL;
    }
    if (inet_pton(AF_INET, host, &in->sin_addr) == 1) {
        in->sin_family = AF_INET;
        in->sin_port = htons((uint16_t)number);
        *size_bytes = sizeof *in;
        return 0;
    }
    if (inet_pton(AF_INET6, host, &in6->sin6_addr) == 1) {
        in6->sin6_family = AF_INET6;
        in6->sin6_port = htons((uint16_t)number);
        *size_bytes = sizeof *in6;
        return 0;
    }
    return -EINVAL;
}

int service_listen(struct service *service, const char *text)
{
    struct sockaddr_storage address;
    socklen_t size;
    const int on = 1;
    int fd, result = parse_address(text, &address, &size);

    if (result != 0) {
        return result;
    }
    fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
                0);
    if (fd < 0) {
        return -errno;
    }
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&address, size) != 0 ||
        listen(fd, 64) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) != 0) {
        result = -errno;
        close(fd);
        return result;
    }
    name_address(&address, service->address, sizeof service->address);
    service->listen_fd = fd;
    return 0;
}

static void collect_children(void)
{
    int status;
    pid_t child;

    while ((child = waitpid(-1, &status, WNOHANG)) > 0) {
        for (unsigned i = 0; i < child_count; i++) {
            if (children[i] == child) {
                children[i] = children[--child_count];
                break;
            }
        }
        if (WIFSIGNALED(status)) {
            say("agent %d was killed by signal %d", (int)child,
                WTERMSIG(status));
        }
    }
}

static void pause_ms(unsigned ms)
{
    struct timespec time = {ms / 1000, ms % 1000 * 1000000L};

    nanosleep(&time, NULL);
}

static void serve(struct service *service, const sigset_t *old_mask)
{
    struct sockaddr_storage from;
    socklen_t size = sizeof from;
    int fd = accept4(service->listen_fd, (struct sockaddr *)&from, &size,
                     SOCK_CLOEXEC);
    char name[80];
    pid_t child;

    if (fd < 0) {
        if (errno == EMFILE || errno == ENFILE || errno == ENOMEM ||
            errno == ENOBUFS) {
            say("cannot accept a connection: %s", strerror(errno));
            pause_ms(200); /* it stays in the queue: do not spin */
        }
        return;
    }
    name_address(&from, name, sizeof name);
    /* Somebody must be there to say that there is no room, but not without
     * end. */
    child = child_count >= service->max + REFUSALS ? -1 : fork();
    if (child == 0) {
        static char busy[64];
        snprintf(busy, sizeof busy, "it has %u programs already (--max)",
                 service->max);
        close(service->listen_fd);
        sigprocmask(SIG_SETMASK, old_mask, NULL);
        _exit(session_run(service, fd, name,
                          child_count >= service->max ? busy : NULL));
    }
    close(fd);
    if (child < 0) {
        say("%s is turned away: %s", name,
            child_count >= service->max + REFUSALS ? "too many connections"
                                                   : strerror(errno));
        return;
    }
    children[child_count++] = child;
}

/* Ends every agent; the kernel ends their members with them. */
static void end_children(void)
{
    for (unsigned i = 0; i < child_count; i++) {
        kill(children[i], SIGTERM);
    }
    for (unsigned waited = 0; child_count != 0; waited += 20) {
        collect_children();
        if (waited == END_MS) {
            for (unsigned i = 0; i < child_count; i++) {
                kill(children[i], SIGKILL);
            }
        }
        if (child_count != 0) {
            pause_ms(20);
        }
    }
}

int service_run(struct service *service)
{
    struct signalfd_siginfo info;
    sigset_t mask, old_mask;
    int signal_fd, ended = 0;

    sigemptyset(&mask);
    sigaddset(&mask, SIGTERM);
    sigaddset(&mask, SIGINT);
    sigaddset(&mask, SIGCHLD);
    sigprocmask(SIG_BLOCK, &mask, &old_mask);
    signal(SIGPIPE, SIG_IGN);
    signal_fd = signalfd(-1, &mask, SFD_CLOEXEC);
    if (signal_fd < 0) {
        say("signalfd: %s", strerror(errno));
        return POPCORN_EXIT_FAILURE;
    }
    say("%s node listens on %s", service->isa, service->address);
    while (!ended) {
        struct pollfd watched[] = {{.fd = service->listen_fd, .events = POLLIN},
                                   {.fd = signal_fd, .events = POLLIN}};
        if (poll(watched, 2, -1) < 0 && errno != EINTR) {
            say("poll: %s", strerror(errno));
            break;
        }
        if (watched[1].revents != 0 &&
            read(signal_fd, &info, sizeof info) == sizeof info) {
            ended = info.ssi_signo != SIGCHLD;
            collect_children();
        }
        if (!ended && watched[0].revents != 0) {
            serve(service, &old_mask);
        }
    }
    close(service->listen_fd);
    end_children();
    return ended ? 0 : POPCORN_EXIT_FAILURE;
}
