/* Fuzz target: the two ends of a connection (runtime/message/connection.c,
 * seal.c), through a real socket pair.
 *
 * A hostile stream: however it is cut, the same messages come out of it, and a
 * descriptor that came with it is taken or closed.  A network: what a sealed
 * connection delivers is what was sent, in order, from the first on, whatever
 * was damaged, lost, repeated or exchanged on the way.
 *
 * Input: the mode; then see there. */
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runtime/message/connection.h"
#include "tests/fuzz/compact.h"

enum { HOSTILE, HOSTILE_WITH_DESCRIPTORS, NETWORK, MODES };
enum { MESSAGES_MAX = 12, CHANGES_MAX = 8 };

static int null;

void fuzz_start(void)
{
    null = open("/dev/null", O_RDWR | O_CLOEXEC);
    MUST(null >= 0);
}

/* --- a hostile stream --- */

/* The bytes, with 0 to 3 descriptors. 1: they were sent. */
static int send_with(int fd, const uint8_t *bytes, size_t size_bytes,
                     unsigned descriptors)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(3 * sizeof(int))];
    } control = {.header = {.cmsg_level = SOL_SOCKET,
                            .cmsg_type = SCM_RIGHTS,
                            .cmsg_len = CMSG_LEN(descriptors * sizeof(int))}};
    const int sent[3] = {null, null, null};
    struct iovec vector = {(void *)(uintptr_t)bytes, size_bytes};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1};

    memcpy(CMSG_DATA(&control.header), sent, descriptors * sizeof(int));
    if (descriptors != 0) {
        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE(descriptors * sizeof(int));
    }
    return sendmsg(fd, &message, MSG_DONTWAIT) == (ssize_t)size_bytes;
}

/* Messages that connection_next() has now; their sum goes into *sum. */
static int take(struct connection *connection, uint64_t *sum)
{
    struct message_view view;
    int result;

    while ((result = connection_next(connection, &view)) == 1) {
        MUST(view.header.length <= POPCORN_MESSAGE_MAX);
        *sum = (*sum * 31 + view.header.type) * 31 + view.header.length;
        for (uint32_t i = 0; i < view.header.length; i++) {
            *sum = *sum * 31 + view.payload[i];
        }
    }
    MUST(result == 0 || (result == -EPROTO && connection->reason[0] != '\0'));
    return result;
}

/* Input: bytes in pieces, each after its length and number of descriptors. All
 * of it as one piece gives the same messages, unless a byte was a carrier. */
static void hostile(struct fuzz_input *input, int descriptors)
{
    static uint8_t all[65536];
    size_t all_bytes = 0;
    struct connection end, whole = {.fd = -1};
    uint64_t sum = 0, sum_of_whole = 0;
    int pair[2], result = 0;

    MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
    MUST(connection_open(&end, pair[0]) == 0);
    end.takes_descriptor = descriptors;
    while (input->left != 0 && result == 0) {
        unsigned how = fuzz_byte(input);
        size_t size = fuzz_byte(input) + 1u;
        const uint8_t *bytes = fuzz_bytes(input, &size);

        if (!send_with(pair[1], bytes, size, descriptors ? how % 4 : 0) ||
            connection_read(&end) < 0) {
            break;
        }
        memcpy(all + all_bytes, bytes, size);
        all_bytes += size;
        result = take(&end, &sum);
        if (how & 16) {
            int descriptor = connection_take_descriptor(&end);

            if (descriptor >= 0) {
                close(descriptor);
            }
        }
    }
    if (!descriptors) {
        whole.in = all;
        whole.in_end = whole.in_capacity = all_bytes;
        MUST(take(&whole, &sum_of_whole) == result && sum == sum_of_whole);
    }
    close(pair[1]);
    connection_close(&end);
}

/* --- a network --- */

struct sent {
    struct popcorn_message header;
    uint8_t *payload;
    size_t start, end; /* in the stream */
};

/* Messages of the input as sealed bytes; how many. */
static unsigned send_all(struct fuzz_input *input, struct connection *out,
                         struct sent sent[MESSAGES_MAX])
{
    static uint8_t payload[COMPACT_PAYLOAD_MAX];
    unsigned wanted = fuzz_byte(input) % (MESSAGES_MAX + 1), count = 0;

    while (count < wanted) {
        struct popcorn_message header = compact_read(input, 0, payload);
        struct message_view view;
        char reason[160];
        struct sent *one = &sent[count];

        one->payload = malloc(header.length + 1);
        memcpy(one->payload, payload, header.length);
        one->header = header;
        one->start = out->out_end;
        MUST(connection_queue(out, &header, payload, header.length) == 0);
        one->end = out->out_end;
        count++;
        /* One that its peer refuses is the last. */
        if (message_decode(&header, sizeof header, &view, reason,
                           sizeof reason) < 0) {
            break;
        }
    }
    return count;
}

/* One thing that happens to a message on its way. */
static size_t happen(struct fuzz_input *input, const struct sent *sent,
                     unsigned count, uint8_t *bytes, size_t size_bytes)
{
    const struct sent *one = &sent[fuzz_byte(input) % count];
    unsigned what = fuzz_byte(input) % 4;
    size_t at = one->start + fuzz_number(input, 2) % (one->end - one->start);
    size_t length = one->end - one->start;

    if (one->end > size_bytes) {
        return size_bytes; /* has been lost */
    }
    if (what == 0) { /* damaged: up to eight bytes, within a word */
        uint64_t word = fuzz_number(input, 8);

        at -= (at - one->start) % 8;
        for (unsigned i = 0; i < 8 && at + i < one->end; i++) {
            bytes[at + i] ^= (uint8_t)(word >> 8 * i);
        }
    } else if (what == 1) { /* lost */
        memmove(bytes + one->start, bytes + one->end, size_bytes - one->end);
        return size_bytes - length;
    } else if (what == 2) { /* repeated */
        memmove(bytes + one->end + length, bytes + one->end,
                size_bytes - one->end);
        memcpy(bytes + one->end, bytes + one->start, length);
        return size_bytes + length;
    } else { /* cut */
        return at;
    }
    return size_bytes;
}

/* What arrives is what was sent, from the first on. */
static void receive_all(uint8_t *bytes, size_t size_bytes,
                        const struct sent *sent, unsigned count)
{
    struct connection in = {.fd = -1, .in = bytes};
    struct message_view view;
    unsigned got = 0;

    connection_seal(&in, 2, 1);
    in.in_end = in.in_capacity = size_bytes;
    while (connection_next(&in, &view) == 1) {
        MUST(got < count);
        MUST(view.header.type == sent[got].header.type &&
             view.header.thread == sent[got].header.thread &&
             view.header.length == sent[got].header.length);
        MUST(memcmp(view.header.arg, sent[got].header.arg,
                    sizeof view.header.arg) == 0);
        MUST(memcmp(view.payload, sent[got].payload, view.header.length) == 0);
        got++;
    }
}

/* Input: messages, then what happens to them. */
static void network(struct fuzz_input *input)
{
    struct connection out = {.fd = null};
    struct sent sent[MESSAGES_MAX];
    unsigned count, changes;
    size_t size_bytes;
    uint8_t *bytes;

    connection_seal(&out, 1, 2);
    count = send_all(input, &out, sent);
    changes = count == 0 ? 0 : fuzz_byte(input) % CHANGES_MAX;
    size_bytes = out.out_end;
    bytes = malloc((size_bytes << changes) + 1);
    memcpy(bytes, out.out == NULL ? bytes : out.out, size_bytes);
    for (unsigned i = 0; i < changes; i++) {
        size_bytes = happen(input, sent, count, bytes, size_bytes);
    }
    receive_all(bytes, size_bytes, sent, count);
    for (unsigned i = 0; i < count; i++) {
        free(sent[i].payload);
    }
    free(bytes);
    free(out.out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    struct fuzz_input input = {data, size_bytes};
    unsigned mode = fuzz_byte(&input) % MODES;
    uint64_t open_before = fuzz_open_files();

    if (mode == NETWORK) {
        network(&input);
    } else {
        hostile(&input, mode == HOSTILE_WITH_DESCRIPTORS);
    }
    MUST(fuzz_open_files() == open_before);
    return 0;
}

/* A message in pieces of up to 40 bytes. */
static void put_stream(struct fuzz_output *output, unsigned how)
{
    const struct popcorn_message header = {.magic = POPCORN_MESSAGE_MAGIC,
                                           .type = POPCORN_THREAD_REFUSED,
                                           .length = 4,
                                           .arg = {6}};
    uint8_t whole[sizeof header + 4];

    memcpy(whole, &header, sizeof header);
    memcpy(whole + sizeof header, "text", 4);
    for (size_t at = 0; at < sizeof whole; at += 40) {
        size_t size = sizeof whole - at < 40 ? sizeof whole - at : 40;

        fuzz_put_number(output, how, 1);
        fuzz_put_number(output, size - 1, 1);
        fuzz_put(output, whole + at, size);
    }
}

void fuzz_seeds(void)
{
    struct fuzz_output output = {0};

    fuzz_put_number(&output, HOSTILE, 1);
    put_stream(&output, 0);
    put_stream(&output, 0);
    fuzz_seed("stream", output.bytes, output.used);

    output.used = 0;
    fuzz_put_number(&output, HOSTILE_WITH_DESCRIPTORS, 1);
    fuzz_put(&output, "\x01\0U", 3); /* a carrier, as before MEMBER_READY */
    put_stream(&output, 1);
    put_stream(&output, 17);
    fuzz_seed("descriptors", output.bytes, output.used);

    output.used = 0;
    fuzz_put_number(&output, NETWORK, 1);
    fuzz_put_number(&output, 3, 1);
    compact_write(&output,
                  &(struct compact){.type = POPCORN_PAGE_REQUEST,
                                    .arg = {POPCORN_ARENA_BASE, 1, 1}});
    compact_write(&output,
                  &(struct compact){.type = POPCORN_PAGE_REPLY,
                                    .arg = {POPCORN_ARENA_BASE, 1, 0, 1}});
    compact_write(&output, &(struct compact){.type = POPCORN_HEARTBEAT});
    fuzz_put_number(&output, 1, 1); /* a change: a bit of the second */
    fuzz_put(&output, "\x01\0\x40\0\x01\0\0\0\0\0\0\0", 12);
    fuzz_seed("network", output.bytes, output.used);
}
