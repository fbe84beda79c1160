/* Moves a running program to and fro through its control socket, as
 * `popcorn migrate` does but without starting a process for each request.
 * Prints microseconds from the request to the answer: median, p99, maximum.
 *
 *   popcorn-ask SOCKET COUNT GAP_US */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "../timing.h"

/* One request; 0, or -1 with a message. */
static int ask(const char *path, int node)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char text[256];
    ssize_t got, used = 0;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int length = snprintf(text, sizeof text, "migrate %d\n", node);

    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    if (fd < 0 ||
        connect(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        send(fd, text, (size_t)length, MSG_NOSIGNAL) != length) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return -1;
    }
    while ((got = recv(fd, text + used, sizeof text - 1 - (size_t)used, 0)) >
           0) {
        used += got;
    }
    close(fd);
    text[used] = '\0';
    if (strncmp(text, "ok ", 3) != 0) {
        fprintf(stderr, "node %d: %s\n", node, text);
        return -1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    long count = argc > 2 ? atol(argv[2]) : 100;
    useconds_t gap_us = (useconds_t)(argc > 3 ? atol(argv[3]) : 5000);
    long *ns = argc > 1 ? calloc((size_t)count, sizeof *ns) : NULL;

    if (ns == NULL) {
        fprintf(stderr, "usage: popcorn-ask SOCKET COUNT GAP_US\n");
        return 2;
    }
    for (long i = 0; i < count; i++) {
        long start;

        /* Not in step with anything the program does regularly. */
        usleep(gap_us + (useconds_t)(i * 7919 % 1000));
        start = now_ns();
        if (ask(argv[1], i % 2 == 0) != 0) {
            return 1;
        }
        ns[i] = now_ns() - start;
    }
    qsort(ns, (size_t)count, sizeof *ns, by_value);
    printf("%.1f %.1f %.1f\n", (double)ns[count / 2] / 1000,
           (double)ns[count * 99 / 100] / 1000, (double)ns[count - 1] / 1000);
    return 0;
}
