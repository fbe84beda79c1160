/* Buffered, non-blocking message connections (connection.h).
 *
 * Output that the socket does not take is kept, without limit: an agent never
 * blocks on a peer, so two agents that both send cannot wait for each other. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "runtime/base/layout.h"
#include "runtime/message/connection.h"

enum {
    READ_STEP_BYTES = 65536,
    SEND_NOW_BYTES = 16384 /* a payload worth a system call of its own */
};

int connection_open(struct connection *connection, int fd)
{
    int flags = fcntl(fd, F_GETFL);

    memset(connection, 0, sizeof *connection);
    connection->fd = fd;
    connection->descriptor = -1;
    connection->later_descriptor = -1;
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0) {
        return -errno;
    }
    return 0;
}

void connection_seal(struct connection *connection, uint64_t key_out,
                     uint64_t key_in)
{
    connection->seal_out = (struct seal_state){.key = key_out, .on = 1};
    connection->seal_in = (struct seal_state){.key = key_in, .on = 1};
}

void connection_close(struct connection *connection)
{
    int descriptor;

    if (connection->fd >= 0) {
        close(connection->fd);
        while ((descriptor = connection_take_descriptor(connection)) >= 0) {
            close(descriptor);
        }
    }
    free(connection->in);
    free(connection->out);
    connection->in = NULL;
    connection->out = NULL;
    connection->in_start = connection->in_end = connection->in_capacity = 0;
    connection->out_start = connection->out_end = connection->out_capacity = 0;
    connection->fd = -1;
    connection->descriptor = -1;
}

/* Makes room for `more` bytes after *end: moves the content to the front, then
 * grows. Buffers begin at a page's start: `rep movs`, with which the kernel and
 * libc copy, is three times slower into a place 1 to 63 bytes after that of the
 * source within a page, and malloc's are 16 bytes after. */
static int make_room(uint8_t **buffer, size_t *start, size_t *end,
                     size_t *capacity, size_t more)
{
    size_t used = *end - *start;
    size_t wanted = *capacity == 0 ? READ_STEP_BYTES : *capacity;
    uint8_t *larger;

    if (*start == *end) {
        *start = *end = 0;
    }
    if (*capacity - *end >= more) {
        return 0;
    }
    if (*start != 0) {
        memmove(*buffer, *buffer + *start, used);
        *start = 0;
        *end = used;
    }
    while (wanted - used < more) {
        wanted *= 2;
    }
    if (wanted == *capacity) {
        return 0;
    }
    larger = aligned_alloc(POPCORN_PAGE_SIZE, wanted);
    if (larger == NULL) {
        return -ENOMEM;
    }
    if (used != 0) {
        memcpy(larger, *buffer + *start, used);
    }
    free(*buffer);
    *buffer = larger;
    *capacity = wanted;
    return 0;
}

static void keep_descriptor(struct connection *connection, int descriptor)
{
    if (connection->descriptor < 0) {
        connection->descriptor = descriptor;
    } else if (connection->later_descriptor < 0) {
        connection->later_descriptor = descriptor;
    } else {
        close(descriptor);
    }
}

/* All of them: CMSG_SPACE is rounded up, so that what has room for one has room
 * for two. */
static void take_descriptors(struct connection *connection,
                             struct msghdr *message)
{
    struct cmsghdr *control = CMSG_FIRSTHDR(message);
    int descriptor;

    for (; control != NULL; control = CMSG_NXTHDR(message, control)) {
        size_t end = control->cmsg_len;

        if (control->cmsg_level != SOL_SOCKET ||
            control->cmsg_type != SCM_RIGHTS) {
            continue;
        }
        for (size_t at = CMSG_LEN(0); at + sizeof descriptor <= end;
             at += sizeof descriptor) {
            memcpy(&descriptor, (uint8_t *)control + at, sizeof descriptor);
            keep_descriptor(connection, descriptor);
        }
    }
}

static ssize_t receive(struct connection *connection, void *bytes, size_t size)
{
    char control[CMSG_SPACE(sizeof(int))];
    struct iovec vector = {bytes, size};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1};
    ssize_t received;

    if (!connection->takes_descriptor) {
        return recv(connection->fd, bytes, size, 0);
    }
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    received = recvmsg(connection->fd, &message, MSG_CMSG_CLOEXEC);
    if (received > 0) {
        take_descriptors(connection, &message);
    }
    return received;
}

int connection_take_descriptor(struct connection *connection)
{
    int descriptor = connection->descriptor;

    connection->descriptor = connection->later_descriptor;
    connection->later_descriptor = -1;
    return descriptor;
}

int connection_read(struct connection *connection)
{
    ssize_t received;
    int result =
        make_room(&connection->in, &connection->in_start, &connection->in_end,
                  &connection->in_capacity, READ_STEP_BYTES);

    if (result != 0) {
        return result;
    }
    do {
        received = receive(connection, connection->in + connection->in_end,
                           connection->in_capacity - connection->in_end);
    } while (received < 0 && errno == EINTR);
    if (received == 0) {
        return -ECONNRESET;
    }
    if (received < 0) {
        return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -errno;
    }
    connection->in_end += (size_t)received;
    connection->bytes_received += (uint64_t)received;
    return 1;
}

/* message_decode() behind a seal; the size includes it. */
static int64_t decode_sealed(struct connection *connection,
                             const uint8_t *bytes, size_t size_bytes,
                             struct message_view *view)
{
    const struct seal_state *state = &connection->seal_in;
    struct message_seal seal;
    int64_t size;

    if (size_bytes < sizeof seal + sizeof view->header) {
        return 0;
    }
    memcpy(&seal, bytes, sizeof seal);
    if (seal_check_header(state, &seal, bytes + sizeof seal,
                          sizeof view->header, connection->reason,
                          sizeof connection->reason) != 0) {
        return -EPROTO;
    }
    size = message_decode(bytes + sizeof seal, size_bytes - sizeof seal, view,
                          connection->reason, sizeof connection->reason);
    if (size <= 0) {
        return size;
    }
    if (seal_check_payload(state, &seal, view->payload, view->header.length,
                           connection->reason,
                           sizeof connection->reason) != 0) {
        return -EPROTO;
    }
    connection->seal_in.count++;
    return size + (int64_t)sizeof seal;
}

int connection_next(struct connection *connection, struct message_view *view)
{
    int64_t size;

    if (connection->in_start == connection->in_end) {
        return 0; /* there may be no buffer yet */
    }
    if (connection->seal_in.on) {
        size = decode_sealed(connection, connection->in + connection->in_start,
                             connection->in_end - connection->in_start, view);
        connection->in_start += size > 0 ? (size_t)size : 0;
        return size > 0 ? 1 : (int)size;
    }

    if (connection->takes_descriptor && connection->descriptor >= 0 &&
        connection->in[connection->in_start] == 'U') {
        connection->in_start++;
    }
    size = message_decode(connection->in + connection->in_start,
                          connection->in_end - connection->in_start, view,
                          connection->reason, sizeof connection->reason);
    if (size <= 0) {
        return (int)size;
    }
    connection->in_start += (size_t)size;
    return 1;
}

/* A message as it goes out: seal (if any), header, payload. */
struct parcel {
    struct iovec part[3];
    unsigned first; /* not sent yet */
};

static void pass_over(struct parcel *parcel, size_t sent)
{
    while (parcel->first < 3 && sent >= parcel->part[parcel->first].iov_len) {
        sent -= parcel->part[parcel->first++].iov_len;
    }
    if (parcel->first < 3) {
        struct iovec *part = &parcel->part[parcel->first];
        part->iov_base = (uint8_t *)part->iov_base + sent;
        part->iov_len -= sent;
    }
}

/* What the socket takes goes without a copy of ours. Errors but a full socket
 * are connection_flush()'s to find. */
static void send_now(struct connection *connection, struct parcel *parcel)
{
    while (parcel->first < 3) {
        struct msghdr message = {.msg_iov = &parcel->part[parcel->first],
                                 .msg_iovlen = 3 - parcel->first};
        ssize_t sent = sendmsg(connection->fd, &message, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) {
            continue;
        }
        if (sent < 0) {
            return;
        }
        connection->bytes_sent += (uint64_t)sent;
        pass_over(parcel, (size_t)sent);
    }
}

static int keep_rest(struct connection *connection, const struct parcel *parcel)
{
    size_t left = 0;
    int result;

    for (unsigned i = parcel->first; i < 3; i++) {
        left += parcel->part[i].iov_len;
    }
    result = make_room(&connection->out, &connection->out_start,
                       &connection->out_end, &connection->out_capacity, left);
    for (unsigned i = parcel->first; result == 0 && i < 3; i++) {
        if (parcel->part[i].iov_len != 0) {
            memcpy(connection->out + connection->out_end,
                   parcel->part[i].iov_base, parcel->part[i].iov_len);
            connection->out_end += parcel->part[i].iov_len;
        }
    }
    return result;
}

int connection_queue(struct connection *connection,
                     const struct popcorn_message *header, const void *payload,
                     size_t payload_bytes)
{
    struct popcorn_message copy = *header;
    struct message_seal seal;
    struct parcel parcel = {{{&seal, 0},
                             {&copy, sizeof copy},
                             {(void *)(uintptr_t)payload, payload_bytes}},
                            0};

    if (connection->fd < 0) {
        return -EPIPE;
    }
    if (payload_bytes > POPCORN_MESSAGE_MAX) {
        return -EMSGSIZE;
    }
    copy.magic = POPCORN_MESSAGE_MAGIC;
    copy.length = (uint32_t)payload_bytes;
    if (connection->seal_out.on) {
        seal = seal_make(&connection->seal_out, &copy, sizeof copy, payload,
                         payload_bytes);
        connection->seal_out.count++;
        parcel.part[0].iov_len = sizeof seal;
    }
    if (payload_bytes >= SEND_NOW_BYTES &&
        connection->out_start == connection->out_end) {
        send_now(connection, &parcel);
    }
    return keep_rest(connection, &parcel);
}

int connection_flush(struct connection *connection)
{
    while (connection->out_start < connection->out_end) {
        ssize_t sent =
            send(connection->fd, connection->out + connection->out_start,
                 connection->out_end - connection->out_start, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) {
            continue;
        }
        if (sent < 0) {
            return errno == EWOULDBLOCK ? -EAGAIN : -errno;
        }
        connection->out_start += (size_t)sent;
        connection->bytes_sent += (uint64_t)sent;
    }
    connection->out_start = connection->out_end = 0;
    return 0;
}

int connection_send(struct connection *connection,
                    const struct popcorn_message *header, const void *payload,
                    size_t payload_bytes)
{
    int result = connection_queue(connection, header, payload, payload_bytes);

    if (result != 0) {
        return result;
    }
    result = connection_flush(connection);
    return result == -EAGAIN ? 0 : result;
}
