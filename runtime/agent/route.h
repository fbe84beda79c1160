/* Messages that come: whether they may, and who gets them. */
#ifndef POPCORN_AGENT_ROUTE_H
#define POPCORN_AGENT_ROUTE_H

#include <stddef.h>

#include "runtime/agent/fault_point.h"
#include "runtime/dsm/dsm.h"
#include "runtime/message/connection.h"

struct agent;

/* admit.c: whether all that a message names is there. -EPROTO with a reason */
int admit(const struct agent *agent, enum fault_from from,
          const struct popcorn_message *header, char *reason,
          size_t reason_bytes);

/* route.c: what members and agents say to each other. -EPROTO with a reason */
int route_from_member(struct agent *agent, const struct message_view *view,
                      char *reason, size_t reason_bytes);
int route_from_node(struct agent *agent, unsigned node,
                    const struct message_view *view, char *reason,
                    size_t reason_bytes);
/* What the DSM has of this agent. */
struct dsm_ports route_dsm_ports(struct agent *agent);

#endif
