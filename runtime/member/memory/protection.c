/* Protections of the program's memory (mprotect): the same on each node.
 *
 * Home knows them (extents.c); what is not mapped is PROT_NONE. While a thread is
 * away a change returns when every node has made it, for the next access may come
 * from any. Otherwise it is noted: the range that holds all such changes is
 * `untold`, and the next thread tells the others before it leaves. At first that
 * is everything. A remote member keeps a table of the same kind, but only of ranges
 * that are not read-write.
 *
 * A thread that leaves says that it is away before it looks at `untold`; a change
 * is noted before it is looked whether anybody is away.
 */
#include "runtime/member/memory/extents.h"
#include "runtime/member/memory/memory.h"

static struct {
    uint64_t start, end; /* end 0: nothing */
} untold = {0, POPCORN_ARENA_BASE + POPCORN_ARENA_SIZE};

static long protect_here(uint64_t start, uint64_t end, uint32_t protection)
{
    return isa_syscall(NEUTRAL_mprotect, (long)start, (long)(end - start),
                       protection, 0, 0, 0);
}

static void tell(struct popcorn_seat *seat, uint64_t start, uint64_t end,
                 uint32_t protection)
{
    struct popcorn_message message;

    if (popcorn_member.agent_lost) {
        return;
    }
    popcorn_message_init(&message, seat, POPCORN_RANGE_PROTECT,
                         popcorn_node_page()->node_id);
    message.range.start = start;
    message.range.end = end;
    message.range.protection = protection;
    message.range.high_water = popcorn_member.high_water;
    popcorn_ask_message(seat, &message, POPCORN_RANGE_PROTECT_ACK);
}

static int somebody_is_away(void)
{
    for (uint32_t i = 0; i < popcorn_member.thread_limit; i++) {
        if (popcorn_seat_is_away(popcorn_seats[i])) {
            return 1;
        }
    }
    return 0;
}

static void note(uint64_t start, uint64_t end)
{
    if (untold.end == 0 || start < untold.start) {
        untold.start = start;
    }
    if (end > untold.end) {
        __atomic_store_n(&untold.end, end, __ATOMIC_SEQ_CST);
    }
}

long popcorn_protect_locked(uint64_t start, uint64_t end, uint32_t protection)
{
    long result = protect_here(start, end, protection);
    int others_know = !popcorn_protections_untold();

    if (result != 0 || !popcorn_member.ever_moved) {
        return result;
    }
    note(start, end);
    if (somebody_is_away()) {
        tell(popcorn_seat(), start, end, protection);
        if (others_know) {
            untold.end = 0;
        }
    }
    return 0;
}

int popcorn_protections_untold(void)
{
    return __atomic_load_n(&untold.end, __ATOMIC_SEQ_CST) != 0;
}

void popcorn_protections_tell_locked(struct popcorn_seat *seat)
{
    uint64_t end = untold.end < popcorn_member.high_water
                       ? untold.end
                       : popcorn_member.high_water;
    uint64_t in_arena =
        untold.start > POPCORN_ARENA_BASE ? untold.start : POPCORN_ARENA_BASE;

    if (in_arena < end) {
        tell(seat, in_arena, end, NEUTRAL_PROT_NONE);
    }
    for (uint64_t i = extents_find(untold.start);
         i < extents_count() && extents_at(i)->start < end; i++) {
        const struct extent *extent = extents_at(i);
        uint64_t low =
            extent->start > untold.start ? extent->start : untold.start;
        uint64_t high = extent->end < end ? extent->end : end;

        if (extent->protection != NEUTRAL_PROT_NONE ||
            low < POPCORN_ARENA_BASE) {
            tell(seat, low, high, extent->protection);
        }
    }
    untold.end = 0;
}

void popcorn_protections_start(void)
{
    if (extents_init(POPCORN_ARENA_BASE,
                     POPCORN_ARENA_BASE + POPCORN_ARENA_SIZE) != 0) {
        popcorn_fatal("no memory for a table of protections");
    }
}

int popcorn_may_access_locked(uint64_t address, uint32_t wanted)
{
    uint64_t at = extents_find(address);
    int found = at < extents_count() && extents_at(at)->start <= address;

    if (!found) {
        return popcorn_member.mode == POPCORN_REMOTE;
    }
    return (extents_at(at)->protection & wanted) != 0;
}
