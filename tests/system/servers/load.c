/* A load generator that checks each reply, for store.c and redis, and for
 * memcached in its text protocol.
 *
 *   load PORT CONNECTIONS REQUESTS [memcached]
 *
 * Each connection has keys of its own, whose values it knows, and increments a
 * counter of all. Prints the number of right replies; status 1 after a wrong or
 * lost one, 2 if it cannot connect. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "tests/lib/threads.h"

#define KEYS 20

static int port;
static long requests;
static int memcached;
static atomic_long all; /* increments of the counter of all */

/* Sends a request, and compares the reply. wanted NULL: any number. */
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
        length += strlen(reply + length);
    } while (wanted != NULL && length < strlen(wanted) &&
             strncmp(reply, wanted, length) == 0);
    if (wanted == NULL ? !isdigit(reply[memcached ? 0 : 1])
                       : strcmp(reply, wanted) != 0) {
        printf("wrong reply to: %s%s", text, reply);
        exit(1);
    }
}

static void set(FILE *stream, const char *key, long value)
{
    if (memcached) {
        expect(stream, "STORED\r\n", "set %s 0 0 %d\r\n%ld\r\n", key,
               snprintf(NULL, 0, "%ld", value), value);
    } else {
        expect(stream, "+OK\r\n", "SET %s %ld\r\n", key, value);
    }
}

/* value 0: there is none. */
static void get(FILE *stream, const char *key, long value)
{
    int length = snprintf(NULL, 0, "%ld", value);
    char wanted[100];

    if (value == 0) {
        strcpy(wanted, memcached ? "END\r\n" : "$-1\r\n");
    } else if (memcached) {
        snprintf(wanted, sizeof wanted, "VALUE %s 0 %d\r\n%ld\r\nEND\r\n", key,
                 length, value);
    } else {
        snprintf(wanted, sizeof wanted, "$%d\r\n%ld\r\n", length, value);
    }
    expect(stream, wanted, memcached ? "get %s\r\n" : "GET %s\r\n", key);
}

/* value: what it must be then; 0: not known. */
static void increment(FILE *stream, const char *key, long value)
{
    char wanted[40];

    snprintf(wanted, sizeof wanted, memcached ? "%ld\r\n" : ":%ld\r\n", value);
    expect(stream, value == 0 ? NULL : wanted,
           memcached ? "incr %s 1\r\n" : "INCR %s\r\n", key);
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
    char key[20];

    for (long i = 0; i < requests; i++) {
        int which = (int)(next_random(&state) % KEYS);
        snprintf(key, sizeof key, "k%d.%d", self, which);
        switch (next_random(&state) % 4) {
        case 0:
            value[which] = (long)(next_random(&state) >> 2);
            set(stream, key, value[which]);
            break;
        case 1:
            if (memcached && value[which] == 0) { /* it makes none */
                set(stream, key, value[which] = 1);
            } else {
                increment(stream, key, ++value[which]);
            }
            break;
        case 2:
            get(stream, key, value[which]);
            break;
        default:
            increment(stream, "all", 0);
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
    FILE *stream;

    if (argc < 4 || argc > 5) {
        fputs("usage: load PORT CONNECTIONS REQUESTS [memcached]\n", stderr);
        return 2;
    }
    memcached = argc == 5;
    port = atoi(argv[1]);
    connections = atol(argv[2]);
    requests = atol(argv[3]);
    CHECK(connections >= 1 && connections <= 64);
    stream = connect_to_server();
    set(stream, "all", all);
    for (intptr_t i = 0; i < connections; i++) {
        threads[i] = start(work, (void *)i);
    }
    for (int i = 0; i < connections; i++) {
        join(threads[i]);
    }
    increment(stream, "all", all + 1);
    printf("%ld replies, all right\n", connections * requests + 2);
    return 0;
}
