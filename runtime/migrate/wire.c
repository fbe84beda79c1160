/* Messages between a member and its agent (runtime/message/message.h).
 *
 * The agent is trusted to be this build's agent, but a short or foreign
 * message still ends in a clear error: it means two versions met.
 */
#include "runtime/migrate/member.h"

static uint8_t *buffer;
static uint64_t buffer_bytes;

static const uint64_t buffer_first_bytes = 1 << 20;

uint8_t *popcorn_buffer(uint64_t size_bytes)
{
    uint64_t wanted = buffer_bytes == 0 ? buffer_first_bytes : buffer_bytes;
    uint8_t *larger;

    if (size_bytes <= buffer_bytes) {
        return buffer;
    }
    while (wanted < size_bytes) {
        wanted *= 2;
    }
    larger = popcorn_map_private(wanted);
    if (larger == NULL) {
        return NULL;
    }
    if (buffer != NULL) {
        popcorn_copy(larger, buffer, buffer_bytes);
        isa_syscall(NEUTRAL_munmap, (long)buffer, (long)buffer_bytes, 0, 0, 0,
                    0);
    }
    buffer = larger;
    buffer_bytes = wanted;
    return buffer;
}

uint64_t popcorn_buffer_size(void)
{
    return buffer_bytes;
}

static int send_all(const void *bytes, uint64_t size_bytes)
{
    const uint8_t *next = bytes;

    while (size_bytes != 0) {
        long sent =
            isa_syscall(NEUTRAL_sendto, popcorn_member.socket, (long)next,
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

static int receive_all(void *bytes, uint64_t size_bytes)
{
    uint8_t *next = bytes;

    while (size_bytes != 0) {
        long received = isa_syscall(NEUTRAL_recvfrom, popcorn_member.socket,
                                    (long)next, (long)size_bytes, 0, 0, 0);
        if (received == -NEUTRAL_EINTR) {
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

void popcorn_message_init(struct popcorn_message *message, uint16_t type,
                          uint32_t target_node)
{
    popcorn_zero(message, sizeof *message);
    message->magic = POPCORN_MESSAGE_MAGIC;
    message->type = type;
    message->source_node = (uint16_t)popcorn_node_page()->node_id;
    message->target_node = target_node;
}

int popcorn_send(const struct popcorn_message *message, const void *payload)
{
    int result;

    if (popcorn_member.agent_lost) {
        return -NEUTRAL_EPIPE;
    }
    result = send_all(message, sizeof *message);
    if (result == 0 && message->length != 0) {
        result = send_all(payload, message->length);
    }
    return result;
}

int popcorn_receive(struct popcorn_incoming *incoming)
{
    struct popcorn_message *message = &incoming->message;
    int result;

    if (popcorn_member.agent_lost) {
        return -NEUTRAL_EPIPE;
    }
    result = receive_all(message, sizeof *message);
    if (result != 0) {
        return result;
    }
    if (message->magic != POPCORN_MESSAGE_MAGIC ||
        message->length > POPCORN_MESSAGE_MAX) {
        popcorn_fatal("the agent sent something that is not a message. Are "
                      "popcorn and the program of one version?");
    }
    incoming->payload = popcorn_buffer(message->length + 1);
    if (incoming->payload == NULL) {
        popcorn_fatal("no memory for a message");
    }
    return receive_all(incoming->payload, message->length);
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

int popcorn_send_descriptor(int descriptor)
{
    char carrier = 'U';
    struct neutral_iovec vector = {&carrier, 1};
    struct descriptor_control control = {
        .length = 20, .level = 1, .type = 1, .descriptor = descriptor};
    struct neutral_msghdr header = {.vector = &vector,
                                    .vector_count = 1,
                                    .control = &control,
                                    .control_bytes = sizeof control};
    long sent = isa_syscall(NEUTRAL_sendmsg, popcorn_member.socket,
                            (long)&header, NEUTRAL_MSG_NOSIGNAL, 0, 0, 0);

    return sent == 1 ? 0 : -NEUTRAL_EPIPE;
}

/* The agent is gone. Where the thread is here and no page can be elsewhere,
 * the program goes on without migration; otherwise memory is lost. */
void popcorn_agent_lost(void)
{
    if (popcorn_member.agent_lost) {
        return;
    }
    if (popcorn_member.mode == POPCORN_REMOTE) {
        popcorn_exit_now(POPCORN_EXIT_LOST_NODE);
    }
    if (popcorn_member.thread_away || popcorn_member.ever_moved) {
        popcorn_say("the agent of this node ended; the program's thread or "
                    "memory was on another node and is lost",
                    NULL, 0);
        popcorn_exit_now(POPCORN_EXIT_LOST_NODE);
    }
    popcorn_member.agent_lost = 1;
    popcorn_say("the agent of this node ended; the program goes on here "
                "without migration",
                NULL, 0);
}

void popcorn_die(const struct popcorn_incoming *incoming)
{
    uint32_t status = (uint32_t)incoming->message.arg[0];
    uint32_t signal = status & 127;

    if (incoming->message.length != 0) {
        isa_syscall(NEUTRAL_write, 2, (long)incoming->payload,
                    incoming->message.length, 0, 0, 0);
    }
    if (signal != 0 && signal <= 64) {
        popcorn_raise_default((int)signal);
    }
    popcorn_exit_now((int)(status >> 8) & 255);
}

int popcorn_receive_type(uint16_t type, struct popcorn_incoming *incoming)
{
    for (;;) {
        int result = popcorn_receive(incoming);
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
            popcorn_node_page()->signals = 1;
            popcorn_node_page()->poll_word = 1;
            continue;
        }
        popcorn_fatal_errno("the agent sent an unexpected message type",
                            -(long)incoming->message.type);
    }
}

int popcorn_ask(uint16_t type, uint64_t arg0, uint64_t arg1, uint16_t reply)
{
    struct popcorn_message message;
    struct popcorn_incoming incoming;
    int result;

    popcorn_message_init(&message, type, popcorn_node_page()->node_id);
    message.arg[0] = arg0;
    message.arg[1] = arg1;
    result = popcorn_send(&message, NULL);
    if (result != 0) {
        popcorn_agent_lost();
        return result;
    }
    return popcorn_receive_type(reply, &incoming);
}
