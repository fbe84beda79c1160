/* Connected sockets, for the yardsticks: what the kernel itself takes. */
#ifndef POPCORN_BENCH_SOCKETS_H
#define POPCORN_BENCH_SOCKETS_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

static inline void die(const char *what)
{
    perror(what);
    exit(1);
}

/* All of it; 0: end of stream. spin: looks again and again, giving way. */
static inline int receive(int fd, char *bytes, size_t wanted, int spin)
{
    while (wanted != 0) {
        ssize_t got = recv(fd, bytes, wanted, spin ? MSG_DONTWAIT : 0);
        if (got < 0 && errno == EAGAIN) {
            sched_yield();
            continue;
        }
        if (got <= 0) {
            return 0;
        }
        bytes += got;
        wanted -= (size_t)got;
    }
    return 1;
}

static inline void send_all(int fd, const char *bytes, size_t left)
{
    while (left != 0) {
        ssize_t sent = send(fd, bytes, left, MSG_NOSIGNAL);
        if (sent <= 0) {
            die("send");
        }
        bytes += sent;
        left -= (size_t)sent;
    }
}

static inline void unix_pair(int pair[2])
{
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) {
        die("socketpair");
    }
}

static inline void tcp_pair(int pair[2])
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    int on = 1, listener = socket(AF_INET, SOCK_STREAM, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    pair[0] = socket(AF_INET, SOCK_STREAM, 0);
    if (listener < 0 || pair[0] < 0 ||
        bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(listener, 1) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &length) != 0 ||
        connect(pair[0], (struct sockaddr *)&address, sizeof address) != 0 ||
        (pair[1] = accept(listener, NULL, NULL)) < 0) {
        die("tcp");
    }
    close(listener);
    for (int i = 0; i < 2; i++) {
        setsockopt(pair[i], IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
}

#endif
