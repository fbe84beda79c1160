/* dsm_queue.h at work. */
#include "runtime/dsm/dsm_queue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/layout.h"

enum { SHARE_BYTES = 16 * POPCORN_PAGE_SIZE }; /* less is copied */

static void release_buffer(struct dsm_buffer *buffer)
{
    if (buffer != NULL && --buffer->users == 0) {
        free(buffer->bytes);
        free(buffer);
    }
}

/* A queued message still points into the old one: that is its own now. */
int dsm_own_buffer(struct dsm_queue *queue)
{
    struct dsm_buffer *new = queue->buffer;

    if (new != NULL &&new->users == 1) {
        return 0;
    }
    new = malloc(sizeof *new);
    if (new == NULL) {
        return -ENOMEM;
    }
    new->users = 1;
    new->bytes = aligned_alloc(POPCORN_PAGE_SIZE,
                               (size_t)DIRECTORY_MAX_RUN * POPCORN_PAGE_SIZE);
    if (new->bytes == NULL) {
        free(new);
        return -ENOMEM;
    }
    release_buffer(queue->buffer);
    queue->buffer = new;
    return 0;
}

static int in_buffer(const struct dsm_queue *queue, const uint8_t *payload)
{
    return payload >= queue->buffer->bytes &&
           payload < queue->buffer->bytes +
                         (size_t)DIRECTORY_MAX_RUN * POPCORN_PAGE_SIZE;
}

struct dsm_queued *dsm_copy_message(struct dsm_queue *queue, unsigned node,
                                    const struct popcorn_message *header,
                                    const void *payload, size_t payload_bytes)
{
    int shares = payload_bytes >= SHARE_BYTES && in_buffer(queue, payload);
    struct dsm_queued *queued =
        malloc(sizeof *queued + (shares ? 0 : payload_bytes));

    if (queued == NULL) {
        queue->ports->lost(queue->ports->context,
                           "the agent has no memory left");
        return NULL;
    }
    queued->next = NULL;
    queued->node = node;
    queued->view.header = *header;
    queued->view.header.length = (uint32_t)payload_bytes;
    queued->buffer = shares ? queue->buffer : NULL;
    queued->view.payload = shares ? payload : queued->payload;
    if (shares) {
        queue->buffer->users++;
    } else if (payload_bytes != 0) {
        memcpy(queued->payload, payload, payload_bytes);
    }
    return queued;
}

void dsm_free_queued(struct dsm_queued *queued)
{
    release_buffer(queued->buffer);
    free(queued);
}

void dsm_free_list(struct dsm_queued *list)
{
    while (list != NULL) {
        struct dsm_queued *next = list->next;
        dsm_free_queued(list);
        list = next;
    }
}

void dsm_enqueue(struct dsm_queue *queue, struct dsm_queued *queued)
{
    if (queued != NULL) {
        queued->next = NULL;
        *queue->end = queued;
        queue->end = &queued->next;
    }
}

struct dsm_queued *dsm_dequeue(struct dsm_queue *queue)
{
    struct dsm_queued *queued = queue->first;

    if (queued != NULL) {
        queue->first = queued->next;
        if (queue->first == NULL) {
            queue->end = &queue->first;
        }
    }
    return queued;
}

void dsm_post(struct dsm_queue *queue, unsigned node,
              const struct popcorn_message *header, const void *payload,
              size_t payload_bytes)
{
    if (node != queue->node) {
        queue->ports->send(queue->ports->context, node, header, payload,
                           payload_bytes);
        return;
    }
    dsm_enqueue(queue,
                dsm_copy_message(queue, node, header, payload, payload_bytes));
}

int dsm_queue_open(struct dsm_queue *queue, unsigned node,
                   const struct dsm_ports *ports)
{
    *queue = (struct dsm_queue){.ports = ports, .node = node};
    queue->end = &queue->first;
    return dsm_own_buffer(queue);
}

void dsm_queue_close(struct dsm_queue *queue)
{
    dsm_free_list(queue->first);
    release_buffer(queue->buffer);
}
