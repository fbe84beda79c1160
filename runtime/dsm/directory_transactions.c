/* Page transactions: how they begin, wait and end; and recalls, which are made of
 * them and go on as each ends. */
#include "runtime/dsm/directory_private.h"

enum { RECALL_ENOUGH = 64 }; /* transactions, before the next leaf */

/* Cuts t to the pages after its first that have the same holders and are in no
 * active transaction. 0: the first itself is busy, or held. */
static int trim(struct directory *directory, struct transaction *t)
{
    struct page_entry first = directory_entry(directory, t->first);
    uint64_t count = 1;

    for (struct transaction *a = directory->active; a != NULL; a = a->next) {
        if (directory_overlaps(a, t->first,
                               t->access == DIRECTORY_DROP ? t->count : 1)) {
            return 0;
        }
        if (a->first > t->first && a->first - t->first < t->count) {
            t->count = a->first - t->first;
        }
    }
    if (t->access == DIRECTORY_DROP) {
        return 1;
    }
    if (directory_is_held(directory, &first, t)) {
        return 0;
    }
    while (count < t->count) {
        struct page_entry next = directory_entry(directory, t->first + count);
        if (!node_set_equal(next.holders, first.holders) ||
            next.exclusive != first.exclusive || next.held != first.held ||
            next.migratory != first.migratory) {
            break;
        }
        count++;
    }
    t->count = count;
    return 1;
}

static void start_read(struct directory *directory, struct transaction *t,
                       const struct page_entry *entry)
{
    directory_ask(directory, t, directory_source(directory, entry->holders),
                  POPCORN_PAGE_DOWNGRADE, t->first, t->count, 1);
}

static void start_write(struct directory *directory, struct transaction *t,
                        const struct page_entry *entry)
{
    struct node_set others = node_set_without(entry->holders, t->requester);
    unsigned source;

    t->upgrade = node_set_has(entry->holders, t->requester);
    if (node_set_is_empty(others)) {
        return;
    }
    source = directory_source(directory, others);
    for (unsigned node = node_set_lowest(others); node < POPCORN_MAX_NODES;
         node = node_set_next(others, node + 1)) {
        directory->stats.invalidated_pages += t->count;
        directory_ask(directory, t, node, POPCORN_PAGE_INVALIDATE, t->first,
                      t->count, !t->upgrade && node == source);
    }
}

static void count_request(struct directory *directory,
                          const struct transaction *t, int holds)
{
    if (t->recall) {
        return;
    }
    if (t->access == DIRECTORY_READ) {
        directory->stats.read_faults++;
    } else if (holds) {
        directory->stats.upgrades++;
    } else {
        directory->stats.write_faults++;
    }
    directory->stats.ahead_pages += t->count - 1;
}

static void start(struct directory *directory, struct transaction *t)
{
    struct page_entry entry = directory_entry(directory, t->first);
    int holds = node_set_has(entry.holders, t->requester);

    t->next = directory->active;
    directory->active = t;
    if (t->access == DIRECTORY_DROP) {
        directory_start_drop(directory, t);
        if (t->awaited == 0) {
            directory_finish(directory, t);
        }
        return;
    }
    count_request(directory, t, holds);
    if (t->access == DIRECTORY_READ && !holds) {
        directory_consider_gift(directory, &entry, t);
    }
    if (t->access == DIRECTORY_READ && !holds) {
        start_read(directory, t, &entry);
    } else if (t->access == DIRECTORY_WRITE) {
        start_write(directory, t, &entry);
    } else {
        t->upgrade = 1; /* a late request: it has the page already */
    }
    if (t->awaited == 0) {
        directory_finish(directory, t);
    }
}

void directory_submit(struct directory *directory, struct transaction *new)
{
    struct transaction **end = &directory->waiting;

    if (directory->lost) { /* its page may have no holder to ask */
        directory_free_transaction(new);
        return;
    }
    if (trim(directory, new)) {
        start(directory, new);
        return;
    }
    while (*end != NULL) {
        end = &(*end)->next;
    }
    *end = new;
}

static void set_holders(struct directory *directory, struct transaction *t)
{
    uint32_t now_us = (uint32_t)directory->ports->now_us();

    for (uint64_t i = 0; i < t->count; i++) {
        struct page_entry *entry = directory_entry_of(directory, t->first + i);
        directory_note_holders(entry, t, now_us);
        directory_learn(entry, t);
        entry->journaled = 0;
        if (t->access == DIRECTORY_WRITE) {
            entry->taken += !node_set_is_empty(
                node_set_without(entry->holders, t->requester));
            entry->holders = node_set_of(t->requester);
            entry->exclusive = !t->trial;
        } else if (!node_set_has(entry->holders, t->requester)) {
            entry->holders = node_set_with(entry->holders, t->requester);
            entry->exclusive = 0;
        }
    }
}

static enum page_reply_kind kind_at(const struct transaction *t, uint64_t i)
{
    return t->has_data >> i & 1 ? PAGE_KIND_DATA : PAGE_KIND_ZERO;
}

static void answer_requester(struct directory *directory, struct transaction *t)
{
    enum page_grant grant;
    uint64_t i = 0;

    grant = directory_entry(directory, t->first).exclusive ? PAGE_AS_MODIFIED
                                                           : PAGE_AS_SHARED;
    if (t->upgrade) {
        directory_reply(directory, t->requester, t->request, t->first, t->count,
                        grant, PAGE_KIND_UPGRADE, NULL, 0);
        return;
    }
    while (i < t->count) {
        enum page_reply_kind kind = kind_at(t, i);
        uint64_t end = i + 1;
        while (end < t->count && kind_at(t, end) == kind) {
            end++;
        }
        directory_reply(
            directory, t->requester, t->request, t->first + i, end - i, grant,
            kind, t->data == NULL ? NULL : t->data + i * POPCORN_PAGE_SIZE, 0);
        i = end;
    }
}

static void lose(struct directory *directory, const char *why)
{
    directory->lost = 1;
    directory->ports->lost(directory->ports->context, why);
}

/* The requester has ended. Contents that came for it and are nowhere else now
 * go home; a copy of its own that was to become the only one is lost. */
static void settle_estate(struct directory *directory, struct transaction *t)
{
    if (t->upgrade && t->access == DIRECTORY_WRITE) {
        lose(directory, "a node ended that had the only copy of a page");
        return;
    }
    for (uint64_t i = 0; i < t->count; i++) {
        struct page_entry *entry = directory_entry_of(directory, t->first + i);
        enum page_reply_kind kind = kind_at(t, i);
        if (t->upgrade || (t->access == DIRECTORY_READ &&
                           !node_set_is_empty(entry->holders))) {
            continue;
        }
        entry->holders = node_set_of(directory->home);
        entry->exclusive = 1;
        entry->journaled = 0;
        directory_reply(
            directory, directory->home, 0, t->first + i, 1, PAGE_AS_MODIFIED,
            kind,
            kind == PAGE_KIND_DATA ? t->data + i * POPCORN_PAGE_SIZE : NULL, 0);
    }
}

static int is_complete(const struct transaction *t)
{
    uint64_t all = t->count >= 64 ? UINT64_MAX : (1ull << t->count) - 1;

    return t->upgrade || ((t->has_data | t->has_zero) & all) == all;
}

static void start_waiting(struct directory *directory)
{
    struct transaction *t = directory->waiting;

    directory->waiting = NULL;
    while (t != NULL) {
        struct transaction *next = t->next;
        t->next = NULL;
        directory_submit(directory, t);
        t = next;
    }
}

void directory_wake(struct directory *directory)
{
    directory->wake_us = 0;
    start_waiting(directory);
}

/* A recall goes on when a transaction has ended, and makes new ones. */
static void recall_progress(struct directory *directory);

void directory_finish(struct directory *directory, struct transaction *t)
{
    struct transaction **link = &directory->active;
    int recall = t->recall;

    if (t->access == DIRECTORY_DROP) {
        directory_finish_drop(directory, t);
    } else if (!is_complete(t)) {
        lose(directory, "a node no longer had a page it owned");
    } else if (node_set_has(directory->up, t->requester)) {
        set_holders(directory, t);
        answer_requester(directory, t);
    } else {
        settle_estate(directory, t);
    }
    while (*link != t) {
        link = &(*link)->next;
    }
    *link = t->next;
    directory_free_transaction(t);
    start_waiting(directory);
    directory->recalling -= (uint32_t)recall;
    recall_progress(directory);
}

static void recall_run(struct directory *directory, uint64_t first,
                       uint64_t count, struct page_entry entry, void *context)
{
    struct transaction *t;

    (void)context;
    if (entry.exclusive && node_set_is(entry.holders, directory->home)) {
        return;
    }
    t = directory_transaction(directory, directory->home, DIRECTORY_WRITE,
                              first, count);
    t->recall = 1;
    directory->recalling++;
    directory_submit(directory, t);
}

/* Calls home what is away from recall_next on, leaf by leaf, until enough is
 * under way: what is active is searched for each request and answer. */
static void recall_more(struct directory *directory)
{
    directory->recalling++; /* answers in the loop must not re-enter */
    while (directory->recall_next < SPACE_PAGES &&
           directory->recalling < RECALL_ENOUGH) {
        uint64_t first =
            page_table_next(&directory->pages, directory->recall_next);
        uint64_t end = (first / PAGE_TABLE_LEAF + 1) * PAGE_TABLE_LEAF;

        if (first < SPACE_PAGES) {
            directory_each_run(directory, first, end, DIRECTORY_MAX_RUN,
                               recall_run, NULL);
        }
        directory->recall_next = end;
    }
    directory->recalling--;
}

/* A run may have been cut short when it started, so look again until, at one
 * time, nothing is away and nothing is on its way. */
static void recall_progress(struct directory *directory)
{
    const struct popcorn_message done = {.type = POPCORN_RECALL_ALL_ACK};

    if (!directory->recall_wanted || directory->recalling != 0) {
        return;
    }
    if (directory->recall_next < SPACE_PAGES) {
        recall_more(directory);
    }
    if (directory->recalling != 0 || directory->active != NULL ||
        directory->waiting != NULL) {
        return;
    }
    directory->recall_next = 0;
    recall_more(directory);
    if (directory->recalling == 0) {
        directory->recall_wanted = 0;
        dsm_post(directory->queue, directory->home, &done, NULL, 0);
    }
}

void directory_recall(struct directory *directory)
{
    directory->recall_wanted = 1;
    directory->recall_next = 0;
    recall_progress(directory);
}
