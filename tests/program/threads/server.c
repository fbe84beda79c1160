/* A TCP server with a thread for each connection, and clients that check every
 * reply: connections live on while the threads at both ends move.
 *
 *   server [REQUESTS]
 *
 * A request is a line "<client> <number> <text>", its reply the line's sum and
 * how many lines all connections have had from that client. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "threads.h"

#define CLIENTS 4

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static long count_of[CLIENTS], requests = 40;
static struct sockaddr_in address;

static NOINLINE unsigned sum_of(const char *text)
{
    unsigned sum = 5381;

    while (*text != '\0' && *text != '\n') {
        sum = sum * 33 + (unsigned char)*text++;
    }
    return sum;
}

static void *serve(void *argument)
{
    int connection = (int)(intptr_t)argument;
    FILE *in = fdopen(connection, "r");
    char line[2000], reply[64];

    CHECK(in != NULL);
    while (fgets(line, sizeof line, in) != NULL) {
        int client = atoi(line), length;
        long count;
        pthread_mutex_lock(&mutex);
        count = ++count_of[client];
        pthread_mutex_unlock(&mutex);
        length = snprintf(reply, sizeof reply, "%u %ld\n", sum_of(line), count);
        CHECK(write(connection, reply, (size_t)length) == length);
    }
    fclose(in);
    return NULL;
}

static void *accept_all(void *argument)
{
    int listener = (int)(intptr_t)argument;
    pthread_t threads[CLIENTS];

    for (int i = 0; i < CLIENTS; i++) {
        int connection = accept(listener, NULL, NULL);
        CHECK(connection >= 0);
        threads[i] = start(serve, (void *)(intptr_t)connection);
    }
    for (int i = 0; i < CLIENTS; i++) {
        join(threads[i]);
    }
    return NULL;
}

static void *ask(void *argument)
{
    long self = (long)(intptr_t)argument, right = 0;
    int connection = socket(AF_INET, SOCK_STREAM, 0);
    uint64_t random = 88172645463325252u + (uint64_t)self;
    char line[2000], reply[64], expected[64];
    FILE *in;

    CHECK(connect(connection, (struct sockaddr *)&address, sizeof address) ==
          0);
    in = fdopen(connection, "r");
    CHECK(in != NULL);
    for (long i = 0; i < requests; i++) {
        int length = snprintf(line, sizeof line, "%ld %ld ", self, i);
        int more = (int)(next_random(&random) % 1500);
        for (int k = 0; k < more; k++) {
            line[length++] = (char)('a' + next_random(&random) % 26);
        }
        line[length++] = '\n';
        line[length] = '\0';
        CHECK(write(connection, line, (size_t)length) == length);
        CHECK(fgets(reply, sizeof reply, in) != NULL);
        snprintf(expected, sizeof expected, "%u %ld\n", sum_of(line), i + 1);
        right += strcmp(reply, expected) == 0;
    }
    shutdown(connection, SHUT_WR);
    CHECK(fgets(reply, sizeof reply, in) == NULL);
    fclose(in);
    return (void *)right;
}

int main(int argc, char **argv)
{
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    socklen_t length = sizeof address;
    pthread_t clients[CLIENTS], acceptor;

    if (argc > 1) {
        requests = strtol(argv[1], NULL, 10);
    }
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(bind(listener, (struct sockaddr *)&address, sizeof address) == 0);
    CHECK(listen(listener, CLIENTS) == 0);
    CHECK(getsockname(listener, (struct sockaddr *)&address, &length) == 0);
    acceptor = start(accept_all, (void *)(intptr_t)listener);
    for (intptr_t i = 0; i < CLIENTS; i++) {
        clients[i] = start(ask, (void *)i);
    }
    for (int i = 0; i < CLIENTS; i++) {
        printf("client %d: %ld of %ld replies right\n", i,
               (long)(intptr_t)join(clients[i]), requests);
    }
    join(acceptor);
    return 0;
}
