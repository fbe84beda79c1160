/* A TCP server with a thread for each connection. It understands SET, GET,
 * INCR and shutdown as redis does when they are typed, one a line.
 *
 *   store             prints the port it listens on, at 127.0.0.1
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/lib/threads.h"

#define BUCKETS 256

struct entry {
    struct entry *next;
    char *value, key[];
};

static struct {
    pthread_mutex_t mutex;
    struct entry *first;
} table[BUCKETS];

/* Locks the key's bucket; the entry is made if there is none. */
static struct entry *lock_entry(const char *key, pthread_mutex_t **mutex)
{
    unsigned hash = 0;
    struct entry **link;

    for (const char *c = key; *c != '\0'; c++) {
        hash = hash * 31 + (unsigned char)*c;
    }
    *mutex = &table[hash % BUCKETS].mutex;
    CHECK(pthread_mutex_lock(*mutex) == 0);
    link = &table[hash % BUCKETS].first;
    while (*link != NULL && strcmp((*link)->key, key) != 0) {
        link = &(*link)->next;
    }
    if (*link == NULL) {
        *link = calloc(1, sizeof **link + strlen(key) + 1);
        CHECK(*link != NULL);
        strcpy((*link)->key, key);
    }
    return *link;
}

static void set_value(struct entry *entry, const char *value)
{
    free(entry->value);
    CHECK((entry->value = strdup(value)) != NULL);
}

static void answer(FILE *out, char *line)
{
    char *rest, *command = strtok_r(line, " \r\n", &rest);
    char *key = strtok_r(NULL, " \r\n", &rest);
    char *value = strtok_r(NULL, " \r\n", &rest);
    pthread_mutex_t *mutex;
    struct entry *entry;

    if (command != NULL && strcmp(command, "shutdown") == 0) {
        exit(0);
    }
    if (command == NULL || key == NULL) {
        fputs("-ERR\r\n", out);
        return;
    }
    entry = lock_entry(key, &mutex);
    if (strcmp(command, "SET") == 0 && value != NULL) {
        set_value(entry, value);
        fputs("+OK\r\n", out);
    } else if (strcmp(command, "GET") == 0 && entry->value == NULL) {
        fputs("$-1\r\n", out);
    } else if (strcmp(command, "GET") == 0) {
        fprintf(out, "$%zu\r\n%s\r\n", strlen(entry->value), entry->value);
    } else if (strcmp(command, "INCR") == 0) {
        char text[24];
        long number = entry->value == NULL ? 0 : atol(entry->value);
        snprintf(text, sizeof text, "%ld", number + 1);
        set_value(entry, text);
        fprintf(out, ":%s\r\n", text);
    } else {
        fputs("-ERR\r\n", out);
    }
    CHECK(pthread_mutex_unlock(mutex) == 0);
}

static void *serve(void *argument)
{
    int fd = (int)(intptr_t)argument;
    FILE *in = fdopen(fd, "r"), *out = fdopen(dup(fd), "w");
    char line[512];

    CHECK(in != NULL && out != NULL);
    while (fgets(line, sizeof line, in) != NULL) {
        answer(out, line);
        if (fflush(out) != 0) {
            break;
        }
    }
    fclose(in);
    fclose(out);
    return NULL;
}

int main(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    int one = 1, listener = socket(AF_INET, SOCK_STREAM, 0);

    for (int i = 0; i < BUCKETS; i++) {
        CHECK(pthread_mutex_init(&table[i].mutex, NULL) == 0);
    }
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(bind(listener, (struct sockaddr *)&address, size) == 0);
    CHECK(listen(listener, 16) == 0);
    CHECK(getsockname(listener, (struct sockaddr *)&address, &size) == 0);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        CHECK(fd >= 0);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        CHECK(pthread_detach(start(serve, (void *)(intptr_t)fd)) == 0);
    }
}
