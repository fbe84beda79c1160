/* The decoder: every type round-trips through a connection; what is no message
 * is refused with a reason; any split of the stream gives the same messages. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "runtime/message/connection.h"
#include "runtime/stack-transform/pts.h"

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
    struct popcorn_message header = {POPCORN_MESSAGE_MAGIC, type, 1, 0,
                                     length, 42, {1, 2, 0, 0, 5, 6}};
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

/* The wire format, byte by byte (docs/formats.md). */
static void golden(void)
{
    static const uint8_t bytes[72] = {
        'P',  'C',  'M',  '1',  33, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        42,   0,    0,    0,    0,  0, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0,
        1,    0,    0,    0,    0,  0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0};
    struct message_view view;
    char reason[160];

    expect(message_decode(bytes, sizeof bytes, &view, reason,
                          sizeof reason) == 72 &&
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
    expect(strcmp(message_name(POPCORN_HELLO), "HELLO") == 0, "names");
    expect(message_name(31) == NULL, "no name");
    return failures != 0;
}
