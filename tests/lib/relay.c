/* A hop between `popcorn run` and popcornd that misbehaves at a named point.
 *
 *   relay [ADDR:]TARGET_PORT FIRED [--listen ADDR] [--delay MS]
 *         [--stall ONE_IN MS] [--rate KIB] [--at TYPE[:NTH] ACTION [COMMAND]]
 *
 * Listens on a free port of ADDR (127.0.0.1), which it prints, and relays each
 * connection to the target, message by message once the set-up is over.
 *   --delay MS  holds every message 0 to MS ms, each connection and direction
 *               by itself, so that messages of different pairs overtake each
 *               other
 *   --stall     holds one message in ONE_IN, and all behind it, for MS ms: what
 *               TCP makes of a lost packet
 *   --rate KIB  at most that much a second, each way
 *   --at        does ACTION at the NTH (1) message of that type, either way:
 *               cut (before it) inside (in its middle) after (behind it)
 *               flip (a bit of it) drop repeat swap (with the next one, a
 *               repeat if none comes) long (its length is wrong) garbage
 *               (noise before it) stop (nothing more either way) run (COMMAND
 *               before it)
 * FIRED is made, with the message's name, when the point is reached. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "runtime/message/connection.h"
#include "runtime/peer/peer.h"

enum {
    PREFIX_BYTES = sizeof(struct message_seal) + sizeof(struct popcorn_message),
    SETUP_BYTES = sizeof(struct peer_greeting) + 2 * sizeof(struct peer_answer)
};

static struct {
    const char *type, *action, *command, *fired;
    const char *listen;
    int nth, delay_ms, done;
    int stall_one_in, stall_ms, rate_kib;
} plan = {.listen = "127.0.0.1"};

/* One direction of one connection. */
struct way {
    int from, to;
    int ready;       /* the agents talk */
    uint64_t passed; /* bytes of the set-up */
    uint8_t *bytes;  /* not sent on yet */
    size_t used, capacity;
    uint64_t due_ms; /* when the next message may go on */
    uint8_t *kept;   /* a message that waits for the next one (swap) */
    size_t kept_bytes;
};

static uint64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static int put(int fd, const void *bytes, size_t size_bytes)
{
    const uint8_t *next = bytes;

    while (size_bytes != 0) {
        ssize_t sent = send(fd, next, size_bytes, MSG_NOSIGNAL);
        if (sent <= 0) {
            return -1;
        }
        next += sent;
        size_bytes -= (size_t)sent;
    }
    return 0;
}

static void fired(const char *name)
{
    FILE *file = fopen(plan.fired, "w");

    plan.done = 1;
    if (file != NULL) {
        fprintf(file, "%s\n", name);
        fclose(file);
    }
}

/* Does the planned action to a message. 0, 1: nothing more passes, -1: cut. */
static int misbehave(struct way *way, uint8_t *message, size_t size_bytes)
{
    const char *action = plan.action;
    static const uint8_t noise[100] = {0x5a};

    if (strcmp(action, "cut") == 0) {
        return -1;
    }
    if (strcmp(action, "inside") == 0) {
        put(way->to, message, size_bytes / 2);
        return -1;
    }
    if (strcmp(action, "after") == 0) {
        put(way->to, message, size_bytes);
        return -1;
    }
    if (strcmp(action, "stop") == 0) {
        return 1;
    }
    if (strcmp(action, "drop") == 0) {
        return 0;
    }
    if (strcmp(action, "flip") == 0) {
        message[(size_t)rand() % size_bytes] ^= (uint8_t)(1 << rand() % 8);
    } else if (strcmp(action, "long") == 0) {
        message[sizeof(struct message_seal) +
                offsetof(struct popcorn_message, length) + 2] ^= 0x10;
    } else if (strcmp(action, "garbage") == 0) {
        put(way->to, noise, sizeof noise);
    } else if (strcmp(action, "repeat") == 0) {
        put(way->to, message, size_bytes);
    } else if (strcmp(action, "swap") == 0) {
        way->kept = malloc(size_bytes);
        memcpy(way->kept, message, size_bytes);
        way->kept_bytes = size_bytes;
        return 0;
    } else if (strcmp(action, "run") == 0 && system(plan.command) != 0) {
        fprintf(stderr, "relay: %s failed\n", plan.command);
    }
    return put(way->to, message, size_bytes);
}

static int send_message(struct way *way, uint8_t *message, size_t size_bytes)
{
    struct popcorn_message header;
    const char *name;

    memcpy(&header, message + sizeof(struct message_seal), sizeof header);
    name = message_name(header.type);
    if (way->kept != NULL) {
        int result = put(way->to, message, size_bytes) == 0 &&
                             put(way->to, way->kept, way->kept_bytes) == 0
                         ? 0
                         : -1;
        free(way->kept);
        way->kept = NULL;
        return result;
    }
    if (plan.action != NULL && !plan.done && name != NULL &&
        strcmp(name, plan.type) == 0 && --plan.nth == 0) {
        fired(name);
        return misbehave(way, message, size_bytes);
    }
    return put(way->to, message, size_bytes);
}

/* How long what comes after a message of this size is held. */
static uint64_t hold_ms(size_t size_bytes)
{
    uint64_t ms = plan.delay_ms == 0 ? 0 : (uint64_t)(rand() % plan.delay_ms);

    if (plan.stall_one_in != 0 && rand() % plan.stall_one_in == 0) {
        ms += (uint64_t)plan.stall_ms;
    }
    if (plan.rate_kib != 0) {
        ms += size_bytes * 1000 / 1024 / (uint64_t)plan.rate_kib;
    }
    return ms;
}

/* Sends on what is complete and due. */
static int pass(struct way *way)
{
    size_t start = 0;
    int result = 0;

    while (result == 0 && way->used - start >= PREFIX_BYTES) {
        uint8_t *message = way->bytes + start;
        struct popcorn_message header;
        size_t size;
        memcpy(&header, message + sizeof(struct message_seal), sizeof header);
        size = PREFIX_BYTES + header.length;
        if (way->used - start < size || now_ms() < way->due_ms) {
            break;
        }
        result = send_message(way, message, size);
        start += size;
        way->due_ms = now_ms() + hold_ms(size);
    }
    memmove(way->bytes, way->bytes + start, way->used - start);
    way->used -= start;
    return result;
}

static int take(struct way *way, struct way *back)
{
    ssize_t got;

    if (way->capacity - way->used < 65536) {
        way->capacity = way->capacity * 2 + 65536;
        way->bytes = realloc(way->bytes, way->capacity);
    }
    got = recv(way->from, way->bytes + way->used, way->capacity - way->used, 0);
    if (got <= 0) {
        return -1;
    }
    way->used += (size_t)got;
    if (!way->ready && back == NULL) { /* to the node: not yet messages */
        got = put(way->to, way->bytes, way->used);
        way->used = 0;
        return (int)got;
    }
    return 0;
}

/* From the node: the set-up has SETUP_BYTES, then messages. */
static int end_setup(struct way *home, struct way *node)
{
    size_t left = SETUP_BYTES - node->passed;
    size_t part = node->used < left ? node->used : left;

    if (node->ready || part == 0) { /* nothing: bytes may be NULL */
        return 0;
    }
    if (node->passed + part == SETUP_BYTES) {
        node->ready = home->ready = 1;
    }
    node->passed += part;
    if (put(node->to, node->bytes, part) != 0) {
        return -1;
    }
    memmove(node->bytes, node->bytes + part, node->used - part);
    node->used -= part;
    return 0;
}

static void relay(int client, int target)
{
    struct way home = {.from = client, .to = target};
    struct way node = {.from = target, .to = client};
    int result = 0;

    while (result == 0) {
        struct pollfd watched[] = {{.fd = client, .events = POLLIN},
                                   {.fd = target, .events = POLLIN}};
        poll(watched, 2, home.used + node.used != 0 ? 1 : -1);
        if (watched[0].revents != 0) {
            result = take(&home, home.ready ? &node : NULL);
        }
        if (result == 0 && watched[1].revents != 0) {
            result = take(&node, &home);
        }
        if (result == 0) {
            result = end_setup(&home, &node);
        }
        if (result == 0 && node.ready) {
            result = pass(&node);
        }
        if (result == 0 && home.ready) {
            result = pass(&home);
        }
    }
    if (result > 0) {
        sleep(60); /* silent, but there */
    }
    close(client);
    close(target);
}

/* [ADDR:]PORT */
static int connect_to(const char *target)
{
    const char *colon = strchr(target, ':');
    const char *port = colon == NULL ? target : colon + 1;
    char host[INET_ADDRSTRLEN] = "127.0.0.1";
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)atoi(port))};
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

    if (colon != NULL) {
        snprintf(host, sizeof host, "%.*s", (int)(colon - target), target);
    }
    inet_pton(AF_INET, host, &address.sin_addr);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return connect(fd, (struct sockaddr *)&address, sizeof address) == 0 ? fd
                                                                         : -1;
}

static void parse(int argc, char **argv)
{
    static char type[64];

    plan.fired = argv[2];
    for (int i = 3; i < argc; i++) {
        if (strcmp(argv[i], "--delay") == 0) {
            plan.delay_ms = atoi(argv[++i]);
        } else if (strcmp(argv[i], "--listen") == 0) {
            plan.listen = argv[++i];
        } else if (strcmp(argv[i], "--rate") == 0) {
            plan.rate_kib = atoi(argv[++i]);
        } else if (strcmp(argv[i], "--stall") == 0) {
            plan.stall_one_in = atoi(argv[++i]);
            plan.stall_ms = atoi(argv[++i]);
        } else if (strcmp(argv[i], "--at") == 0) {
            plan.nth = 1;
            sscanf(argv[i + 1], "%63[A-Z_]:%d", type, &plan.nth);
            plan.type = type;
            plan.action = argv[i + 2];
            plan.command = argv[i + 3];
            break;
        }
    }
}

int main(int argc, char **argv)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    int listening = socket(AF_INET, SOCK_STREAM, 0), on = 1;

    parse(argc, argv);
    inet_pton(AF_INET, plan.listen, &address.sin_addr);
    if (bind(listening, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(listening, 8) != 0 ||
        getsockname(listening, (struct sockaddr *)&address, &size) != 0) {
        perror("relay");
        return 1;
    }
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    alarm(1800); /* nobody forgets us for longer */
    for (;;) {
        int client = accept(listening, NULL, NULL);
        int target = connect_to(argv[1]);
        srand(client >= 0 ? (unsigned)getpid() : 0);
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (client >= 0 && target >= 0 && fork() == 0) {
            close(listening);
            relay(client, target);
            _exit(0);
        }
        close(client);
        close(target);
    }
}
