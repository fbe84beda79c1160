/* What a node's agent says of pages: to other nodes by the port, to itself
 * through a queue. So home's two sides talk as nodes do through a connection: in
 * order, and never one inside the other. */
#ifndef POPCORN_DSM_DSM_QUEUE_H
#define POPCORN_DSM_DSM_QUEUE_H

#include "runtime/dsm/ports.h"
#include "runtime/message/connection.h"

/* Contents on their way out. Starts a page, as connection.c's buffers do. */
struct dsm_buffer {
    unsigned users; /* the queue, and messages in it */
    uint8_t *bytes; /* DIRECTORY_MAX_RUN pages */
};

struct dsm_queued {
    struct dsm_queued *next;
    unsigned node; /* it came from */
    struct message_view view;
    struct dsm_buffer *buffer; /* the payload is in it, or NULL */
    uint8_t payload[];
};

struct dsm_queue {
    const struct dsm_ports *ports;
    unsigned node; /* what is for it is queued */
    struct dsm_queued *first, **end;
    struct dsm_buffer *buffer;
};

/* 0 or -ENOMEM. */
int dsm_queue_open(struct dsm_queue *queue, unsigned node,
                   const struct dsm_ports *ports);
void dsm_queue_close(struct dsm_queue *queue);
void dsm_post(struct dsm_queue *queue, unsigned node,
              const struct popcorn_message *header, const void *payload,
              size_t payload_bytes);
/* A large payload in queue->buffer is shared, any other copied. NULL: there is
 * no memory, which has been said. */
struct dsm_queued *dsm_copy_message(struct dsm_queue *queue, unsigned node,
                                    const struct popcorn_message *header,
                                    const void *payload, size_t payload_bytes);
void dsm_enqueue(struct dsm_queue *queue, struct dsm_queued *queued);
/* The first, taken out; NULL: there is none. */
struct dsm_queued *dsm_dequeue(struct dsm_queue *queue);
void dsm_free_queued(struct dsm_queued *queued);
/* With all behind it; NULL: none. */
void dsm_free_list(struct dsm_queued *list);
/* Makes sure that queue->buffer is there and nobody else uses it. -ENOMEM. */
int dsm_own_buffer(struct dsm_queue *queue);

#endif
