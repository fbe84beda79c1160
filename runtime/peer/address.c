/* Addresses as users write them, and connecting to one (peer.h). Apart from
 * socket.c because name resolution cannot be linked statically, as popcornd
 * is for nodes that have no C library of ours. */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runtime/peer/peer.h"

/* Connects within the deadline; the socket is non-blocking meanwhile. */
static int connect_one(const struct addrinfo *address, uint64_t deadline_ms)
{
    int fd = socket(address->ai_family,
                    address->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
                    address->ai_protocol);
    int problem = 0;
    socklen_t size = sizeof problem;

    if (fd < 0) {
        return -errno;
    }
    if (connect(fd, address->ai_addr, address->ai_addrlen) != 0) {
        problem = errno;
        if (problem == EINPROGRESS) {
            struct pollfd entry = {.fd = fd, .events = POLLOUT};
            uint64_t now = peer_deadline(0);
            int left = now < deadline_ms ? (int)(deadline_ms - now) : 0;
            if (poll(&entry, 1, left) <= 0) {
                problem = ETIMEDOUT;
            } else if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &problem, &size) !=
                       0) {
                problem = errno;
            }
        }
    }
    if (problem != 0) {
        close(fd);
        return -problem;
    }
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
    return fd;
}

int peer_connect(const char *address, struct popcorn_error *error)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    uint64_t deadline_ms = peer_deadline(PEER_GREET_MS);
    char host[256], port[32];
    int result = -EINVAL, problem;

    if (peer_split(address, host, sizeof host, port, sizeof port) != 0) {
        snprintf(error->text, sizeof error->text, "'%.100s' is not HOST:PORT",
                 address);
        return -EINVAL;
    }
    problem = getaddrinfo(host, port, &hints, &found);
    if (problem != 0) {
        snprintf(error->text, sizeof error->text, "%.100s: %s", host,
                 gai_strerror(problem));
        return -EHOSTUNREACH;
    }
    for (struct addrinfo *one = found; one != NULL && result < 0;
         one = one->ai_next) {
        result = connect_one(one, deadline_ms);
    }
    freeaddrinfo(found);
    if (result >= 0 && (problem = peer_tune(result)) != 0) {
        close(result);
        result = problem;
    }
    if (result < 0) {
        snprintf(error->text, sizeof error->text, "cannot connect: %s%s",
                 strerror(-result),
                 result == -ECONNREFUSED ? "; is popcornd running there?" : "");
    }
    return result;
}
