/* The decoder: which headers are messages, per type.  The table says how long
 * a payload may be; what the arguments mean is checked by whoever
 * handles the message. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "runtime/base/layout.h"
#include "runtime/message/connection.h"
#include "runtime/stack/pts.h"

static const uint8_t payload_of[] = {
#define MESSAGE(name, number, shape, payload)                                  \
    [number] = POPCORN_PAYLOAD_##payload,
#include "runtime/message/messages.def"
};

const char *message_name(uint16_t type)
{
    switch (type) {
#define MESSAGE(name, number, shape, payload)                                  \
    case number:                                                               \
        return #name;
#include "runtime/message/messages.def"
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

    switch ((enum popcorn_payload)payload_of[header->type]) {
    case POPCORN_PAYLOAD_NONE:
        return header->length == 0;
    case POPCORN_PAYLOAD_PTS:
        return header->length >= sizeof(struct pts_header);
    case POPCORN_PAYLOAD_TEXT:
        return header->length <= 4096;
    case POPCORN_PAYLOAD_SYSCALL:
        return header->length == 7 * sizeof(uint64_t);
    case POPCORN_PAYLOAD_HASHES:
        return header->length == 64;
    case POPCORN_PAYLOAD_PAGES:
        pages = header->type == POPCORN_PAGE_REPLY ? header->page_reply.count
                                                   : header->page_given.count;
        return header->length == 0 ||
               (pages <= POPCORN_MESSAGE_MAX / POPCORN_PAGE_SIZE &&
                header->length == pages * POPCORN_PAGE_SIZE);
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
        return refuse(reason, reason_bytes, "not a Popcorn message (magic %#x)",
                      header->magic);
    }
    if (message_name(header->type) == NULL) {
        return refuse(reason, reason_bytes, "unknown message type %u",
                      header->type);
    }
    if (header->length > POPCORN_MESSAGE_MAX) {
        return refuse(
            reason, reason_bytes, "%s of %u bytes, over the limit of %u",
            message_name(header->type), header->length, POPCORN_MESSAGE_MAX);
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
