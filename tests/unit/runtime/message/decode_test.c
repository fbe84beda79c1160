/* The decoder: every type round-trips through a connection; what is no message
 * is refused with a reason; any split of the stream gives the same messages. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "runtime/message/connection.h"
#include "runtime/stack/pts.h"

static int failures;

static void expect(int condition, const char *what)
{
    if (!condition) {
        printf("failed: %s\n", what);
        failures++;
    }
}

static struct popcorn_message message_of(uint16_t type, uint32_t length)
{
    struct popcorn_message header = {
        POPCORN_MESSAGE_MAGIC, type, 1, 0, 0, length, 42, {{1, 2, 0, 0, 5, 6}}};
    return header;
}

static int refused(struct popcorn_message header, const char *word)
{
    struct message_view view;
    char reason[160] = "";

    return message_decode(&header, sizeof header, &view, reason,
                          sizeof reason) == -EPROTO &&
           strstr(reason, word) != NULL;
}

static void refusals(void)
{
    struct popcorn_message header = message_of(POPCORN_EXIT, 0);

    header.magic = 0;
    expect(refused(header, "not a Popcorn message"), "bad magic");
    expect(refused(message_of(999, 0), "unknown"), "unknown type");
    expect(refused(message_of(POPCORN_THREAD_DEPART, POPCORN_MESSAGE_MAX + 1),
                   "limit"),
           "oversized");
    expect(refused(message_of(POPCORN_EXIT, 1), "payload"), "no payload");
    expect(refused(message_of(POPCORN_SYSCALL, 48), "payload"), "short call");
    expect(refused(message_of(POPCORN_THREAD_ARRIVE, 12), "payload"),
           "short PTS");
    expect(refused(message_of(POPCORN_PAGE_REPLY, 4096), "payload"),
           "page count differs");
    header = message_of(POPCORN_SYSCALL_REPLY, 0);
    header.target_node = 64;
    expect(refused(header, "node"), "node number");
}

/* Sends n messages in one go, reads them through a socket pair. */
static void round_trip(void)
{
    static uint8_t payload[sizeof(struct pts_header) + 5000];
    struct connection ends[2];
    struct message_view view;
    int pair[2], got = 0, result;

    for (size_t i = 0; i < sizeof payload; i++) {
        payload[i] = (uint8_t)(i * 7);
    }
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0 ||
        connection_open(&ends[0], pair[0]) != 0 ||
        connection_open(&ends[1], pair[1]) != 0) {
        exit(1);
    }
    for (int i = 0; i < 300; i++) {
        struct popcorn_message header =
            message_of(i % 2 ? POPCORN_THREAD_DEPART : POPCORN_EXIT, 0);
        header.request = (uint64_t)i;
        result = connection_send(&ends[0], &header, payload,
                                 i % 2 ? sizeof payload : 0);
        expect(result == 0, "send");
    }
    while (got < 300) {
        connection_flush(&ends[0]);
        if (connection_read(&ends[1]) < 0) {
            break;
        }
        while ((result = connection_next(&ends[1], &view)) == 1) {
            expect(view.header.request == (uint64_t)got, "order");
            expect(view.header.length == (got % 2 ? sizeof payload : 0) &&
                       memcmp(view.payload, payload, view.header.length) == 0,
                   "payload");
            got++;
        }
        expect(result == 0, "decode");
    }
    expect(got == 300, "all arrived");
    connection_close(&ends[0]);
    expect(connection_read(&ends[1]) == -ECONNRESET, "end of stream");
    connection_close(&ends[1]);
}

/* --- seals --- */

enum { SEALED_MESSAGES = 6, SEALED_MAX = 5000 };

/* Messages as sealed bytes: size[i] of message i, at start[i]. */
static size_t sealed_stream(uint8_t *bytes, size_t *start, uint64_t key)
{
    struct connection out = {.fd = 0};
    static uint8_t payload[4096];
    size_t total;

    connection_seal(&out, key, 2);
    for (int i = 0; i < SEALED_MESSAGES; i++) {
        struct popcorn_message header =
            i == 2 ? message_of(POPCORN_PAGE_REPLY, 0)
                   : message_of(POPCORN_PAGE_REQUEST, 0);
        header.arg[3] = 1;
        start[i] = out.out_end;
        memset(payload, i, sizeof payload);
        connection_queue(&out, &header, payload, i == 2 ? sizeof payload : 0);
    }
    total = start[SEALED_MESSAGES] = out.out_end;
    memcpy(bytes, out.out, total);
    free(out.out);
    return total;
}

/* How many messages are taken from the bytes; *result of the last try. */
static int take_sealed(const uint8_t *bytes, size_t size_bytes, int *result)
{
    struct connection in = {.fd = -1};
    struct message_view view;
    int got = 0;

    connection_seal(&in, 2, 1);
    in.in = malloc(size_bytes);
    memcpy(in.in, bytes, size_bytes);
    in.in_end = in.in_capacity = size_bytes;
    while ((*result = connection_next(&in, &view)) == 1) {
        got++;
    }
    free(in.in);
    return got;
}

static void seals(void)
{
    static uint8_t bytes[2 * SEALED_MAX], changed[2 * SEALED_MAX];
    size_t start[SEALED_MESSAGES + 1];
    size_t total = sealed_stream(bytes, start, 1);
    size_t one = start[1];
    int result, got;

    expect(take_sealed(bytes, total, &result) == SEALED_MESSAGES && result == 0,
           "sealed messages arrive");
    for (size_t at = 0; at < total; at++) {
        memcpy(changed, bytes, total);
        changed[at] ^= (uint8_t)(1 << at % 8);
        got = take_sealed(changed, total, &result);
        expect(result == -EPROTO && start[got] <= at && at < start[got + 1],
               "a changed bit is seen at its message");
    }
    for (size_t by = 8; by <= 256; by += 8) { /* in the page of message 2 */
        memcpy(changed, bytes, total);
        changed[start[3] - 512 + 7] ^= 0x80; /* the top bit of a word, and of */
        changed[start[3] - 512 + by + 7] ^= 0x80; /* another what the sum */
        changed[start[3] - 512 + by + 3] ^= 0x80; /* once made of it */
        expect(take_sealed(changed, total, &result) == 2 && result == -EPROTO,
               "two changes do not cancel");
    }
    for (size_t size = 0; size < total; size++) {
        got = take_sealed(bytes, size, &result);
        expect(result == 0 && start[got] <= size && size < start[got + 1],
               "a cut stream waits");
    }
    memcpy(changed, bytes, one); /* twice the first */
    memcpy(changed + one, bytes, total);
    expect(take_sealed(changed, total + one, &result) == 1 && result == -EPROTO,
           "a repeated message");
    expect(take_sealed(bytes + one, total - one, &result) == 0 &&
               result == -EPROTO,
           "a lost message");
    memcpy(changed, bytes + one, one); /* first and second exchanged */
    memcpy(changed + one, bytes, one);
    expect(take_sealed(changed, 2 * one, &result) == 0 && result == -EPROTO,
           "exchanged messages");
    sealed_stream(bytes, start, 3);
    expect(take_sealed(bytes, total, &result) == 0 && result == -EPROTO,
           "a message of another connection");
}

/* The wire format, byte by byte (docs/formats.md). */
static void golden(void)
{
    static const uint8_t bytes[72] = {
        'P', 'C', 'M', '1', 33, 0, 1, 0, 0, 0, 0, 0, 0,    0, 0, 0,
        42,  0,   0,   0,   0,  0, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0,
        1,   0,   0,   0,   0,  0, 0, 0, 8, 0, 0, 0, 0,    0, 0, 0};
    struct message_view view;
    char reason[160];

    expect(message_decode(bytes, sizeof bytes, &view, reason, sizeof reason) ==
                   72 &&
               view.header.type == POPCORN_PAGE_REQUEST &&
               view.header.source_node == 1 && view.header.request == 42 &&
               view.header.arg[0] == 0x1000000000 && view.header.arg[1] == 1 &&
               view.header.arg[2] == 8,
           "golden bytes");
    for (size_t size = 0; size < sizeof bytes; size++) {
        expect(message_decode(bytes, size, &view, reason, sizeof reason) == 0,
               "truncated: more is needed");
    }
}

int main(void)
{
    refusals();
    round_trip();
    golden();
    seals();
    expect(strcmp(message_name(POPCORN_HELLO), "HELLO") == 0, "names");
    expect(message_name(31) == NULL, "no name");
    return failures != 0;
}
