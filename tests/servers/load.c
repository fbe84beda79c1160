/* A load generator that checks each reply, for store.c and for redis.
 *
 *   load PORT CONNECTIONS REQUESTS
 *
 * Each connection has keys of its own, whose values it knows, and increments a
 * counter of all. Prints the number of right replies; status 1 after a wrong or
 * lost one, 2 if it cannot connect. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "tests/threads/threads.h"

#define KEYS 20

static int port;
static long requests;
static atomic_long all; /* increments of the counter of all */

/* Sends a request, and compares the reply's lines. */
static void expect(FILE *stream, const char *wanted, const char *format, ...)
{
    char reply[300], text[300];
    va_list arguments;
    size_t length = 0;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    CHECK(fputs(text, stream) >= 0 && fflush(stream) == 0);
    do {
        if (fgets(reply + length, (int)(sizeof reply - length), stream) ==
            NULL) {
            printf("no reply to: %s", text);
            exit(1);
        }
        length = strlen(reply);
    } while (reply[0] == '$' && reply[1] != '-' &&
             strchr(reply, '\n') == reply + length - 1);
    if (wanted == NULL ? reply[0] != ':' : strcmp(reply, wanted) != 0) {
        printf("wrong reply to: %s%s", text, reply);
        exit(1);
    }
}

static FILE *connect_to_server(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port)};
    struct timeval limit = {60, 0};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        perror("load: connect");
        exit(2);
    }
    CHECK(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0);
    return fdopen(fd, "r+");
}

static void *work(void *argument)
{
    int self = (int)(intptr_t)argument;
    FILE *stream = connect_to_server();
    uint64_t state = (uint64_t)self + 1;
    long value[KEYS] = {0};
    char wanted[100];

    for (long i = 0; i < requests; i++) {
        int key = (int)(next_random(&state) % KEYS);
        switch (next_random(&state) % 4) {
        case 0:
            value[key] = (long)(next_random(&state) >> 2);
            expect(stream, "+OK\r\n", "SET k%d.%d %ld\r\n", self, key,
                   value[key]);
            break;
        case 1:
            snprintf(wanted, sizeof wanted, ":%ld\r\n", ++value[key]);
            expect(stream, wanted, "INCR k%d.%d\r\n", self, key);
            break;
        case 2:
            if (value[key] == 0) {
                strcpy(wanted, "$-1\r\n");
            } else {
                int length = snprintf(NULL, 0, "%ld", value[key]);
                snprintf(wanted, sizeof wanted, "$%d\r\n%ld\r\n", length,
                         value[key]);
            }
            expect(stream, wanted, "GET k%d.%d\r\n", self, key);
            break;
        default:
            expect(stream, NULL, "INCR all\r\n");
            atomic_fetch_add(&all, 1);
        }
    }
    fclose(stream);
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t threads[64];
    long connections;
    char wanted[40];
    FILE *stream;

    if (argc != 4) {
        fputs("usage: load PORT CONNECTIONS REQUESTS\n", stderr);
        return 2;
    }
    port = atoi(argv[1]);
    connections = atol(argv[2]);
    requests = atol(argv[3]);
    CHECK(connections >= 1 && connections <= 64);
    for (intptr_t i = 0; i < connections; i++) {
        threads[i] = start(work, (void *)i);
    }
    for (int i = 0; i < connections; i++) {
        join(threads[i]);
    }
    stream = connect_to_server();
    snprintf(wanted, sizeof wanted, ":%ld\r\n", all + 1);
    expect(stream, wanted, "INCR all\r\n");
    printf("%ld replies, all right\n", connections * requests + 1);
    return 0;
}
