/* Sockets of the set-up: addresses, deadlines, keepalive (peer.h). */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "runtime/peer/peer.h"

static uint64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

uint64_t peer_deadline(unsigned from_now_ms)
{
    return now_ms() + from_now_ms;
}

int peer_tune(int fd)
{
    const struct {
        int level, option, value;
    } settings[] = {{IPPROTO_TCP, TCP_NODELAY, 1},
                    {SOL_SOCKET, SO_KEEPALIVE, 1},
                    {IPPROTO_TCP, TCP_KEEPIDLE, 4},  /* seconds */
                    {IPPROTO_TCP, TCP_KEEPINTVL, 2}, /* seconds */
                    {IPPROTO_TCP, TCP_KEEPCNT, 3},
                    {IPPROTO_TCP, TCP_USER_TIMEOUT, PEER_LOST_MS}};

    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        if (setsockopt(fd, settings[i].level, settings[i].option,
                       &settings[i].value, sizeof(int)) != 0) {
            return -errno;
        }
    }
    return 0;
}

/* 0 when the socket is ready for `events`. */
static int wait_ready(int fd, short events, uint64_t deadline_ms)
{
    for (;;) {
        struct pollfd entry = {.fd = fd, .events = events};
        uint64_t now = now_ms();
        int count =
            now >= deadline_ms ? 0 : poll(&entry, 1, (int)(deadline_ms - now));
        if (count > 0) {
            return 0;
        }
        if (count == 0) {
            return -ETIMEDOUT;
        }
        if (errno != EINTR) {
            return -errno;
        }
    }
}

int peer_send(int fd, const void *bytes, size_t size_bytes,
              uint64_t deadline_ms)
{
    const uint8_t *next = bytes;

    while (size_bytes != 0) {
        int result = wait_ready(fd, POLLOUT, deadline_ms);
        ssize_t sent = result != 0 ? -1
                                   : send(fd, next, size_bytes,
                                          MSG_NOSIGNAL | MSG_DONTWAIT);
        if (result != 0) {
            return result;
        }
        if (sent < 0 && errno != EAGAIN && errno != EINTR) {
            return -errno;
        }
        if (sent > 0) {
            next += sent;
            size_bytes -= (size_t)sent;
        }
    }
    return 0;
}

int peer_receive(int fd, void *bytes, size_t size_bytes, uint64_t deadline_ms)
{
    uint8_t *next = bytes;

    while (size_bytes != 0) {
        int result = wait_ready(fd, POLLIN, deadline_ms);
        ssize_t got =
            result != 0 ? -1 : recv(fd, next, size_bytes, MSG_DONTWAIT);
        if (result != 0) {
            return result;
        }
        if (got == 0) {
            return -ECONNRESET;
        }
        if (got < 0 && errno != EAGAIN && errno != EINTR) {
            return -errno;
        }
        if (got > 0) {
            next += got;
            size_bytes -= (size_t)got;
        }
    }
    return 0;
}
