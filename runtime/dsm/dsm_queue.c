/* Home's two sides talk through this queue as nodes do through a connection:
 * in order, and never one inside the other. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/dsm/dsm_private.h"

enum { SHARE_BYTES = 16 * POPCORN_PAGE_SIZE }; /* less is copied */

void dsm_release_buffer(struct dsm_buffer *buffer)
{
    if (buffer != NULL && --buffer->users == 0) {
        free(buffer->bytes);
        free(buffer);
    }
}

/* A queued message still points into the old one: that is its own now. */
int dsm_own_buffer(struct dsm *dsm)
{
    struct dsm_buffer *new = dsm->buffer;

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
    dsm_release_buffer(dsm->buffer);
    dsm->buffer = new;
    return 0;
}

static int in_buffer(const struct dsm *dsm, const uint8_t *payload)
{
    return payload >= dsm->buffer->bytes &&
           payload < dsm->buffer->bytes +
                         (size_t)DIRECTORY_MAX_RUN * POPCORN_PAGE_SIZE;
}

struct dsm_queued *dsm_copy_message(struct dsm *dsm, unsigned node,
                                    const struct popcorn_message *header,
                                    const void *payload, size_t payload_bytes)
{
    int shares = payload_bytes >= SHARE_BYTES && in_buffer(dsm, payload);
    struct dsm_queued *queued =
        malloc(sizeof *queued + (shares ? 0 : payload_bytes));

    if (queued == NULL) {
        dsm->hooks.lost(dsm->hooks.context, "the agent has no memory left");
        return NULL;
    }
    queued->next = NULL;
    queued->node = node;
    queued->view.header = *header;
    queued->view.header.length = (uint32_t)payload_bytes;
    queued->buffer = shares ? dsm->buffer : NULL;
    queued->view.payload = shares ? payload : queued->payload;
    if (shares) {
        dsm->buffer->users++;
    } else if (payload_bytes != 0) {
        memcpy(queued->payload, payload, payload_bytes);
    }
    return queued;
}

void dsm_free_queued(struct dsm_queued *queued)
{
    dsm_release_buffer(queued->buffer);
    free(queued);
}

void dsm_enqueue(struct dsm *dsm, struct dsm_queued *queued)
{
    if (queued != NULL) {
        queued->next = NULL;
        *dsm->queue_end = queued;
        dsm->queue_end = &queued->next;
    }
}

void dsm_post(void *context, unsigned node,
              const struct popcorn_message *header, const void *payload,
              size_t payload_bytes)
{
    struct dsm *dsm = context;

    if (node != dsm->node) {
        dsm->hooks.send(dsm->hooks.context, node, header, payload,
                        payload_bytes);
        return;
    }
    dsm_enqueue(dsm,
                dsm_copy_message(dsm, node, header, payload, payload_bytes));
}
