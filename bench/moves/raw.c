/* The raw cost under a remote page: a small request and a reply of a page's
 * size between two processes that block in recv, over a socket pair and over
 * TCP on loopback, and once more that look again and again. Prints nanoseconds
 * of a round trip: median and p99.
 *
 *   popcorn-raw COUNT */
#include <sys/wait.h>
#include <unistd.h>

#include "../sockets.h"
#include "../timing.h"

enum { REQUEST_BYTES = 72, REPLY_BYTES = 72 + 4096 };

static void measure(const char *name, int ours, int theirs, long count,
                    int spin)
{
    static char bytes[REPLY_BYTES];
    long *ns = calloc((size_t)count, sizeof *ns);
    pid_t child = fork();

    if (ns == NULL || child < 0) {
        die("fork");
    }
    if (child == 0) {
        close(ours);
        while (receive(theirs, bytes, REQUEST_BYTES, spin)) {
            send_all(theirs, bytes, REPLY_BYTES);
        }
        _exit(0);
    }
    close(theirs);
    for (long i = 0; i < count; i++) {
        long start = now_ns();

        send_all(ours, bytes, REQUEST_BYTES);
        if (!receive(ours, bytes, REPLY_BYTES, spin)) {
            die("recv");
        }
        ns[i] = now_ns() - start;
    }
    close(ours);
    waitpid(child, NULL, 0);
    report(name, ns, count);
    free(ns);
}

int main(int argc, char **argv)
{
    long count = argc > 1 ? atol(argv[1]) : 2000;
    int pair[2];

    unix_pair(pair);
    measure("raw-socketpair", pair[0], pair[1], count, 0);
    tcp_pair(pair);
    measure("raw-tcp", pair[0], pair[1], count, 0);
    unix_pair(pair);
    measure("raw-socketpair-spin", pair[0], pair[1], count, 1);
    return 0;
}
