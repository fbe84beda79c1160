/* A set of nodes: who holds a page, who is up.  All that knows how it is kept;
 * for more than 64 nodes see docs/dsm.md, "More nodes". */
#ifndef POPCORN_DSM_NODE_SET_H
#define POPCORN_DSM_NODE_SET_H

#include <stdint.h>

#include "runtime/migrate/node_page.h"

_Static_assert(POPCORN_MAX_NODES <= 64, "a set of nodes is one word");

struct node_set {
    uint64_t bits;
};

static inline struct node_set node_set_of(unsigned node)
{
    return (struct node_set){1ull << node};
}

/* Nodes 0 to count - 1. */
static inline struct node_set node_set_first(unsigned count)
{
    return (struct node_set){count >= 64 ? UINT64_MAX : (1ull << count) - 1};
}

static inline int node_set_has(struct node_set set, unsigned node)
{
    return (int)(set.bits >> node & 1);
}

static inline struct node_set node_set_with(struct node_set set, unsigned node)
{
    return (struct node_set){set.bits | 1ull << node};
}

static inline struct node_set node_set_without(struct node_set set,
                                               unsigned node)
{
    return (struct node_set){set.bits & ~(1ull << node)};
}

static inline int node_set_is_empty(struct node_set set)
{
    return set.bits == 0;
}

static inline int node_set_equal(struct node_set a, struct node_set b)
{
    return a.bits == b.bits;
}

/* Is this node all of it? */
static inline int node_set_is(struct node_set set, unsigned node)
{
    return set.bits == 1ull << node;
}

static inline unsigned node_set_count(struct node_set set)
{
    return (unsigned)__builtin_popcountll(set.bits);
}

/* Its lowest node; it is not empty. */
static inline unsigned node_set_lowest(struct node_set set)
{
    return (unsigned)__builtin_ctzll(set.bits);
}

#endif
