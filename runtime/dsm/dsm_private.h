/* Between dsm.c (faults, messages), dsm_pages.c (grants, demands) and push.c
 * (working-set push). */
#ifndef POPCORN_DSM_DSM_PRIVATE_H
#define POPCORN_DSM_DSM_PRIVATE_H

#include "runtime/dsm/dsm.h"

enum page_state dsm_state(const struct dsm *dsm, uint64_t index);
void dsm_set_state(struct dsm *dsm, uint64_t index, enum page_state state);
void dsm_post(void *context, unsigned node,
              const struct popcorn_message *header, const void *payload,
              size_t payload_bytes);
/* dsm_pages.c */
int dsm_on_grant(struct dsm *dsm, uint64_t index,
                 const struct message_view *view);
int dsm_on_demand(struct dsm *dsm, uint64_t index,
                  const struct message_view *view);
void dsm_answer(struct dsm *dsm, uint16_t type, uint64_t id, uint64_t index,
                uint64_t count, enum page_had had, const uint8_t *bytes,
                unsigned target);
void dsm_answer_contents(struct dsm *dsm, uint16_t type, uint64_t id,
                         uint64_t index, uint64_t count, unsigned target);
int dsm_take(struct dsm *dsm, uint64_t index, uint64_t count,
             enum page_action action, int want_data, int writable);

/* push.c: a page was taken from this node; remembered if the thread is away. */
void dsm_remember_push(struct dsm *dsm, uint64_t index);

#endif
