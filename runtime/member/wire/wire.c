/* Messages between a member and its agent (runtime/message/message.h).
 *
 * The agent is trusted to be this build's agent, but a short or foreign
 * message still ends in a clear error: it means two versions met.
 */
#include "runtime/member/member.h"

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
        long sent =
            isa_syscall(NEUTRAL_sendto, socket, (long)next, (long)size_bytes,
                        NEUTRAL_MSG_NOSIGNAL, 0, 0);
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

void popcorn_wait_for_end(void)
{
    for (;;) {
        isa_syscall(NEUTRAL_ppoll, 0, 0, 0, 0, 0, 0);
    }
}

/* Nothing is elsewhere before the first departure; after it there may be, and
 * the pages that are here are watched by nobody. */
void popcorn_agent_lost(void)
{
    struct popcorn_node_page *page = popcorn_node_page();
    uint32_t end = POPCORN_GOES_ON;
    uint32_t before =
        __atomic_exchange_n(&popcorn_member.agent_lost, 1, __ATOMIC_SEQ_CST);

    if (popcorn_member.mode != POPCORN_HOME) {
        popcorn_exit_now(POPCORN_EXIT_LOST_NODE);
    }
    if (!popcorn_member.ever_moved) {
        if (before == 0 && page->end == POPCORN_GOES_ON) {
            popcorn_say("the agent of this node ended; the program goes on "
                        "here without migration",
                        NULL, 0);
        }
        return;
    }
    if (!page->guarded &&
        __atomic_compare_exchange_n(&page->end, &end, POPCORN_IS_LOST, 0,
                                    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
        popcorn_say_last(POPCORN_AGENT_LOST_TEXT);
        popcorn_exit_now(POPCORN_EXIT_LOST_NODE);
    }
    if ((page->end & 255) != POPCORN_EXITS) {
        popcorn_wait_for_end();
    }
}

void popcorn_die(const struct popcorn_incoming *incoming)
{
    uint32_t status = (uint32_t)incoming->message.arg[0];
    uint32_t signal = status & 127;

    __atomic_store_n(&popcorn_node_page()->end, POPCORN_IS_LOST, __ATOMIC_SEQ_CST);
    if (signal != 0 && signal <= 64) {
        popcorn_raise_default((int)signal);
    }
    popcorn_exit_now((int)(status >> 8) & 255);
}

int popcorn_receive_type(struct popcorn_seat *seat, uint16_t type,
                         struct popcorn_incoming *incoming)
{
    for (;;) {
        int result = popcorn_receive(seat, incoming);
        if (result != 0) {
            popcorn_agent_lost();
            return result;
        }
        if (incoming->message.type == type) {
            return 0;
        }
        if (incoming->message.type == POPCORN_DIE) {
            popcorn_die(incoming);
        }
        if (incoming->message.type == POPCORN_SIGNAL) {
            popcorn_node_page()->thread[seat->thread].signals = 1;
            popcorn_node_page()->poll_word = 1;
            continue;
        }
        popcorn_fatal_errno("the agent sent an unexpected message type",
                            -(long)incoming->message.type);
    }
}

int popcorn_ask_message(struct popcorn_seat *seat,
                        struct popcorn_message *message, uint16_t reply)
{
    struct popcorn_incoming incoming;
    int status = popcorn_send(seat, message, NULL);

    if (status != 0) {
        popcorn_agent_lost();
        return status;
    }
    status = popcorn_receive_type(seat, reply, &incoming);
    if (status == 0) {
        *message = incoming.message;
    }
    return status;
}

int popcorn_ask(struct popcorn_seat *seat, uint16_t type, uint64_t arg0,
                uint64_t arg1, uint16_t reply, uint64_t *result)
{
    struct popcorn_message message;
    int status;

    popcorn_message_init(&message, seat, type, popcorn_node_page()->node_id);
    message.arg[0] = arg0;
    message.arg[1] = arg1;
    status = popcorn_ask_message(seat, &message, reply);
    if (status == 0 && result != NULL) {
        *result = message.arg[0];
    }
    return status;
}
