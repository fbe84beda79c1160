/* Between dsm.c (faults, messages), read_ahead.c (requests), dsm_pages.c
 * (grants, demands), dsm_queue.c, working_set.c and push.c. */
#ifndef POPCORN_DSM_DSM_PRIVATE_H
#define POPCORN_DSM_DSM_PRIVATE_H

#include "runtime/dsm/dsm.h"

/* dsm_states.c */
enum page_state dsm_default_state(const struct dsm *dsm);
enum page_state dsm_state(const struct dsm *dsm, uint64_t index);
void dsm_set_state(struct dsm *dsm, uint64_t index, enum page_state state);

/* dsm_queue.c */
void dsm_post(void *context, unsigned node,
              const struct popcorn_message *header, const void *payload,
              size_t payload_bytes);
/* A large payload in dsm->buffer is shared, any other copied. */
struct dsm_queued *dsm_copy_message(struct dsm *dsm, unsigned node,
                                    const struct popcorn_message *header,
                                    const void *payload, size_t payload_bytes);
void dsm_enqueue(struct dsm *dsm, struct dsm_queued *queued);
void dsm_free_queued(struct dsm_queued *queued);
/* Makes sure that dsm->buffer is there and nobody else uses it. -ENOMEM. */
int dsm_own_buffer(struct dsm *dsm);
void dsm_release_buffer(struct dsm_buffer *buffer);

/* read_ahead.c */
void dsm_request(struct dsm *dsm, unsigned thread, uint64_t index,
                 enum directory_access access, uint64_t count);
/* For a fault on a page that is not here, and what is likely to follow. */
void dsm_request_for_fault(struct dsm *dsm, unsigned thread, uint64_t index,
                           enum directory_access access);
/* A read fault on a page that has come meanwhile, or is asked for. */
void dsm_late_read_fault(struct dsm *dsm, unsigned thread, uint64_t index);
/* Pages have come. */
void dsm_ahead_landed(struct dsm *dsm, uint64_t index, uint64_t count);

/* dsm_pages.c */
int dsm_on_grant(struct dsm *dsm, uint64_t index,
                 const struct message_view *view);
int dsm_on_demand(struct dsm *dsm, uint64_t index,
                  const struct message_view *view);
/* To home: the answer, or push, with the contents in the buffer. */
void dsm_answer_contents(struct dsm *dsm, const struct popcorn_message *answer,
                         uint64_t index, uint64_t count);
int dsm_take(struct dsm *dsm, uint64_t index, uint64_t count,
             enum page_action action, int want_data, int writable);

/* working_set.c: `thread` took a page from this node; remembered if it is away. */
void dsm_remember_push(struct dsm *dsm, unsigned thread, uint64_t index);
/* `thread` asks for a page: it is not for another's push. */
void dsm_wanted_by(struct dsm *dsm, unsigned thread, uint64_t index);
/* The pages that can go with the thread, in order; their count. A turn of each is
 * over. */
unsigned dsm_pages_to_push(struct dsm *dsm, unsigned thread,
                           uint64_t pages[DSM_PUSH_LIMIT]);

#endif
