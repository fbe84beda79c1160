/* Messages between a member and its agent (runtime/message/message.h).
 *
 * The agent is trusted to be this build's agent, but a short or foreign
 * message still ends in a clear error: it means two versions met.
 */
#include "runtime/member/wire/wire.h"

static const uint64_t buffer_first_bytes = 1 << 16;

uint8_t *popcorn_buffer(struct popcorn_seat *seat, uint64_t size_bytes)
{
    uint64_t wanted =
        seat->buffer_bytes == 0 ? buffer_first_bytes : seat->buffer_bytes;
    uint8_t *larger;

    if (size_bytes <= seat->buffer_bytes) {
        return seat->buffer;
    }
    while (wanted < size_bytes) {
        wanted *= 2;
    }
    larger = popcorn_map_private(wanted);
    if (larger == NULL) {
        return NULL;
    }
    if (seat->buffer != NULL) {
        popcorn_copy(larger, seat->buffer, seat->buffer_bytes);
        isa_syscall(NEUTRAL_munmap, (long)seat->buffer,
                    (long)seat->buffer_bytes, 0, 0, 0, 0);
    }
    seat->buffer = larger;
    seat->buffer_bytes = wanted;
    return seat->buffer;
}

static int send_all(int socket, const void *bytes, uint64_t size_bytes)
{
    const uint8_t *next = bytes;

    while (size_bytes != 0) {
        long sent = isa_syscall(NEUTRAL_sendto, socket, (long)next,
                                (long)size_bytes, NEUTRAL_MSG_NOSIGNAL, 0, 0);
        if (sent == -NEUTRAL_EINTR) {
            continue;
        }
        if (sent <= 0) {
            return -NEUTRAL_EPIPE;
        }
        next += sent;
        size_bytes -= (uint64_t)sent;
    }
    return 0;
}

static int receive_all(int socket, void *bytes, uint64_t size_bytes)
{
    long flags = popcorn_watches_agent() ? NEUTRAL_MSG_DONTWAIT : 0;
    uint8_t *next = bytes;

    while (size_bytes != 0) {
        long received = isa_syscall(NEUTRAL_recvfrom, socket, (long)next,
                                    (long)size_bytes, flags, 0, 0);
        if (received == -NEUTRAL_EINTR) {
            continue;
        }
        if (received == -NEUTRAL_EAGAIN && flags != 0) {
            popcorn_await_agent(socket);
            continue;
        }
        if (received <= 0) {
            return -NEUTRAL_EPIPE;
        }
        next += received;
        size_bytes -= (uint64_t)received;
    }
    return 0;
}

void popcorn_message_init(struct popcorn_message *message,
                          const struct popcorn_seat *seat, uint16_t type,
                          uint32_t target_node)
{
    popcorn_zero(message, sizeof *message);
    message->magic = POPCORN_MESSAGE_MAGIC;
    message->type = type;
    message->source_node = (uint16_t)popcorn_node_page()->node_id;
    message->target_node = (uint16_t)target_node;
    message->thread = (uint16_t)seat->thread;
}

int popcorn_send(struct popcorn_seat *seat,
                 const struct popcorn_message *message, const void *payload)
{
    int result;

    if (popcorn_member.agent_lost) {
        return -NEUTRAL_EPIPE;
    }
    result = send_all(seat->socket, message, sizeof *message);
    if (result == 0 && message->length != 0) {
        result = send_all(seat->socket, payload, message->length);
    }
    return result;
}

static uint8_t nothing[1];

int popcorn_receive(struct popcorn_seat *seat,
                    struct popcorn_incoming *incoming)
{
    struct popcorn_message *message = &incoming->message;
    int result;

    if (popcorn_member.agent_lost) {
        return -NEUTRAL_EPIPE;
    }
    result = receive_all(seat->socket, message, sizeof *message);
    if (result != 0) {
        return result;
    }
    if (message->magic != POPCORN_MESSAGE_MAGIC ||
        message->length > POPCORN_MESSAGE_MAX) {
        popcorn_fatal("the agent sent something that is not a message. Are "
                      "popcorn and the program of one version?");
    }
    /* The answer to an exit must not need memory. */
    incoming->payload = message->length == 0
                            ? nothing
                            : popcorn_buffer(seat, message->length + 1);
    if (incoming->payload == NULL) {
        popcorn_fatal("no memory for a message");
    }
    return receive_all(seat->socket, incoming->payload, message->length);
}

/* struct msghdr and cmsghdr of a 64-bit Linux, any ISA. */
struct neutral_msghdr {
    void *name;
    uint64_t name_bytes;
    struct neutral_iovec *vector;
    uint64_t vector_count;
    void *control;
    uint64_t control_bytes;
    uint64_t flags;
};

struct descriptor_control {
    uint64_t length;
    int32_t level;
    int32_t type;
    int32_t descriptor;
    int32_t padding;
};

int popcorn_send_descriptor(struct popcorn_seat *seat, int descriptor,
                            const void *bytes, uint64_t size_bytes)
{
    struct neutral_iovec vector = {(void *)(uintptr_t)bytes, size_bytes};
    struct descriptor_control control = {
        .length = 20, .level = 1, .type = 1, .descriptor = descriptor};
    struct neutral_msghdr header = {.vector = &vector,
                                    .vector_count = 1,
                                    .control = &control,
                                    .control_bytes = sizeof control};
    long sent;

    do {
        sent = isa_syscall(NEUTRAL_sendmsg, seat->socket, (long)&header,
                           NEUTRAL_MSG_NOSIGNAL, 0, 0, 0);
    } while (sent == -NEUTRAL_EINTR);
    return sent == (long)size_bytes ? 0 : -NEUTRAL_EPIPE;
}
