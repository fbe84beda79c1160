/* The raw cost under a remote page: a small request and a reply of a page's
 * size between two processes that block in recv, over a socket pair and over
 * TCP on loopback. Prints nanoseconds of a round trip: median and p99.
 *
 *   popcorn-raw COUNT */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { REQUEST_BYTES = 72, REPLY_BYTES = 72 + 4096 };

static long now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000L + now.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
    long x = *(const long *)a, y = *(const long *)b;

    return x < y ? -1 : x > y;
}

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static int receive(int fd, char *bytes, size_t wanted)
{
    while (wanted != 0) {
        ssize_t got = recv(fd, bytes, wanted, 0);
        if (got <= 0) {
            return 0;
        }
        bytes += got;
        wanted -= (size_t)got;
    }
    return 1;
}

static void send_all(int fd, const char *bytes, size_t left)
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

static void measure(const char *name, int ours, int theirs, long count)
{
    static char bytes[REPLY_BYTES];
    long *ns = calloc((size_t)count, sizeof *ns);
    pid_t child = fork();

    if (ns == NULL || child < 0) {
        die("fork");
    }
    if (child == 0) {
        close(ours);
        while (receive(theirs, bytes, REQUEST_BYTES)) {
            send_all(theirs, bytes, REPLY_BYTES);
        }
        _exit(0);
    }
    close(theirs);
    for (long i = 0; i < count; i++) {
        long start = now_ns();

        send_all(ours, bytes, REQUEST_BYTES);
        if (!receive(ours, bytes, REPLY_BYTES)) {
            die("recv");
        }
        ns[i] = now_ns() - start;
    }
    close(ours);
    waitpid(child, NULL, 0);
    qsort(ns, (size_t)count, sizeof *ns, by_value);
    printf("%s %ld %ld\n", name, ns[count / 2], ns[count * 99 / 100]);
    fflush(stdout);
    free(ns);
}

static void tcp_pair(int pair[2])
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

int main(int argc, char **argv)
{
    long count = argc > 1 ? atol(argv[1]) : 2000;
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) {
        die("socketpair");
    }
    measure("raw-socketpair", pair[0], pair[1], count);
    tcp_pair(pair);
    measure("raw-tcp", pair[0], pair[1], count);
    return 0;
}
