/* A set of nodes: who holds a page, who is up.  All that knows how it is kept;
 * POPCORN_MAX_NODES may be any multiple of 64.  See docs/dsm.md, "More nodes",
 * for what more than 64 cost. */
#ifndef POPCORN_DSM_NODE_SET_H
#define POPCORN_DSM_NODE_SET_H

#include <stdint.h>

#include "runtime/message/message.h"

#define NODE_SET_WORDS (POPCORN_MAX_NODES / 64)
_Static_assert(POPCORN_MAX_NODES % 64 == 0, "a set of nodes is whole words");

struct node_set {
    uint64_t bits[NODE_SET_WORDS];
};

static inline int node_set_has(struct node_set set, unsigned node)
{
    return (int)(set.bits[node / 64] >> node % 64 & 1);
}

static inline struct node_set node_set_with(struct node_set set, unsigned node)
{
    set.bits[node / 64] |= 1ull << node % 64;
    return set;
}

static inline struct node_set node_set_without(struct node_set set,
                                               unsigned node)
{
    set.bits[node / 64] &= ~(1ull << node % 64);
    return set;
}

static inline struct node_set node_set_of(unsigned node)
{
    return node_set_with((struct node_set){{0}}, node);
}

/* Nodes 0 to count - 1. */
static inline struct node_set node_set_first(unsigned count)
{
    struct node_set set = {{0}};

    for (unsigned node = 0; node < count; node++) {
        set = node_set_with(set, node);
    }
    return set;
}

static inline int node_set_equal(struct node_set a, struct node_set b)
{
    uint64_t difference = 0;

    for (unsigned i = 0; i < NODE_SET_WORDS; i++) {
        difference |= a.bits[i] ^ b.bits[i];
    }
    return difference == 0;
}

static inline int node_set_is_empty(struct node_set set)
{
    return node_set_equal(set, (struct node_set){{0}});
}

/* Is this node all of it? */
static inline int node_set_is(struct node_set set, unsigned node)
{
    return node_set_equal(set, node_set_of(node));
}

static inline unsigned node_set_count(struct node_set set)
{
    unsigned count = 0;

    for (unsigned i = 0; i < NODE_SET_WORDS; i++) {
        count += (unsigned)__builtin_popcountll(set.bits[i]);
    }
    return count;
}

/* Its lowest node from `node` on; POPCORN_MAX_NODES: there is none. */
static inline unsigned node_set_next(struct node_set set, unsigned node)
{
    while (node < POPCORN_MAX_NODES) {
        uint64_t rest = set.bits[node / 64] >> node % 64;

        if (rest != 0) {
            return node + (unsigned)__builtin_ctzll(rest);
        }
        node = (node / 64 + 1) * 64;
    }
    return POPCORN_MAX_NODES;
}

/* Its lowest node; it is not empty. */
static inline unsigned node_set_lowest(struct node_set set)
{
    return node_set_next(set, 0);
}

#endif
