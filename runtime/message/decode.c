/* The decoder: which headers are messages, per type.  A row per type says how
 * long its payload may be; what the arguments mean is checked by whoever
 * handles the message. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "runtime/base/layout.h"
#include "runtime/message/connection.h"
#include "runtime/stack/pts.h"

enum payload_rule {
    PAYLOAD_NONE,
    PAYLOAD_PTS,     /* a portable thread state */
    PAYLOAD_TEXT,    /* at most 4 KiB */
    PAYLOAD_SYSCALL, /* seven 64-bit words */
    PAYLOAD_HASHES,  /* program id and layout hash */
    PAYLOAD_PAGES,   /* none, or arg[3] (or arg[2]) pages */
    PAYLOAD_FREE
};

static enum payload_rule rule_of(enum popcorn_message_type type)
{
    switch (type) {
    case POPCORN_THREAD_DEPART:
    case POPCORN_THREAD_ARRIVE:
        return PAYLOAD_PTS;
    case POPCORN_THREAD_REFUSED:
    case POPCORN_SHUTDOWN:
        return PAYLOAD_TEXT;
    case POPCORN_SYSCALL:
        return PAYLOAD_SYSCALL;
    case POPCORN_HELLO:
        return PAYLOAD_HASHES;
    case POPCORN_PAGE_REPLY:
    case POPCORN_PAGE_INVALIDATED:
    case POPCORN_PAGE_DOWNGRADED:
        return PAYLOAD_PAGES;
    case POPCORN_TRACE:
        return PAYLOAD_FREE;
    case POPCORN_MEMBER_READY:
    case POPCORN_THREAD_RESUMED:
    case POPCORN_SYSCALL_REPLY:
    case POPCORN_SIGNAL:
    case POPCORN_ARENA_GROWN:
    case POPCORN_ARENA_GROWN_ACK:
    case POPCORN_RANGE_DROP:
    case POPCORN_RANGE_DROP_ACK:
    case POPCORN_RANGE_PROTECT:
    case POPCORN_RANGE_PROTECT_ACK:
    case POPCORN_CPU_TIME:
    case POPCORN_CPU_TIME_ACK:
    case POPCORN_EXIT:
    case POPCORN_EXIT_ACK:
    case POPCORN_DIE:
    case POPCORN_RECALL_ALL:
    case POPCORN_RECALL_ALL_ACK:
    case POPCORN_DECLINED:
    case POPCORN_THREAD_OPEN:
    case POPCORN_THREAD_SEAT:
    case POPCORN_THREAD_END:
    case POPCORN_THREAD_END_ACK:
    case POPCORN_PROPOSE:
    case POPCORN_PROPOSE_ACK:
    case POPCORN_FREEZE:
    case POPCORN_FREEZE_ACK:
    case POPCORN_THAW:
    case POPCORN_THAW_ACK:
    case POPCORN_PAGE_REQUEST:
    case POPCORN_PAGE_INVALIDATE:
    case POPCORN_PAGE_DOWNGRADE:
    case POPCORN_REQUEST_MOVE:
    case POPCORN_STATS:
    case POPCORN_HEARTBEAT:
    case POPCORN_MEMBER_STOPPED:
        return PAYLOAD_NONE;
    }
    return PAYLOAD_NONE;
}

const char *message_name(uint16_t type)
{
    switch (type) {
#define X(name, number, args, payload)                                         \
    case number:                                                               \
        return #name;
        POPCORN_MESSAGES(X)
#undef X
    }
    return NULL;
}

const char *decline_text(uint64_t reason)
{
    switch (reason) {
#define X(name, number, text)                                                  \
    case number:                                                               \
        return text;
        POPCORN_DECLINES(X)
#undef X
    }
    return "unknown reason";
}

static int payload_fits(const struct popcorn_message *header)
{
    uint64_t pages;

    switch (rule_of((enum popcorn_message_type)header->type)) {
    case PAYLOAD_NONE:
        return header->length == 0;
    case PAYLOAD_PTS:
        return header->length >= sizeof(struct pts_header);
    case PAYLOAD_TEXT:
        return header->length <= 4096;
    case PAYLOAD_SYSCALL:
        return header->length == 7 * sizeof(uint64_t);
    case PAYLOAD_HASHES:
        return header->length == 64;
    case PAYLOAD_PAGES:
        pages = header->arg[header->type == POPCORN_PAGE_REPLY ? 3 : 2];
        return header->length == 0 ||
               (pages <= POPCORN_MESSAGE_MAX / POPCORN_PAGE_SIZE &&
                header->length == pages * POPCORN_PAGE_SIZE);
    case PAYLOAD_FREE:
        return 1;
    }
    return 0;
}

static int64_t refuse(char *reason, size_t reason_bytes, const char *format,
                      ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(reason, reason_bytes, format, arguments);
    va_end(arguments);
    return -EPROTO;
}

int64_t message_decode(const void *bytes, size_t size_bytes,
                       struct message_view *view, char *reason,
                       size_t reason_bytes)
{
    struct popcorn_message *header = &view->header;

    if (size_bytes < sizeof *header) {
        return 0;
    }
    memcpy(header, bytes, sizeof *header);
    if (header->magic != POPCORN_MESSAGE_MAGIC) {
        return refuse(reason, reason_bytes,
                      "not a Popcorn message (magic %#x)", header->magic);
    }
    if (message_name(header->type) == NULL) {
        return refuse(reason, reason_bytes, "unknown message type %u",
                      header->type);
    }
    if (header->length > POPCORN_MESSAGE_MAX) {
        return refuse(reason, reason_bytes,
                      "%s of %u bytes, over the limit of %u",
                      message_name(header->type), header->length,
                      POPCORN_MESSAGE_MAX);
    }
    if (header->source_node >= POPCORN_MAX_NODES ||
        header->target_node >= POPCORN_MAX_NODES) {
        return refuse(reason, reason_bytes, "%s names node %u or %u",
                      message_name(header->type), header->source_node,
                      header->target_node);
    }
    if (header->thread >= POPCORN_MAX_THREADS &&
        header->thread != POPCORN_DESK) {
        return refuse(reason, reason_bytes, "%s names thread %u",
                      message_name(header->type), header->thread);
    }
    if (!payload_fits(header)) {
        return refuse(reason, reason_bytes,
                      "%s with a payload of %u bytes, which it cannot have",
                      message_name(header->type), header->length);
    }
    view->payload = (const uint8_t *)bytes + sizeof *header;
    if (size_bytes - sizeof *header < header->length) {
        return 0;
    }
    return (int64_t)(sizeof *header + header->length);
}
