/* Protections of the program's memory (mprotect): the same on each node.
 *
 * Home knows them (extents.c); what is not mapped is PROT_NONE. Until the first
 * thread leaves, nobody else has to; then the others are told of all of them, and
 * from there on a change returns when every node has made it, for the next access
 * may come from any. A remote member keeps a table of the same kind, but only of
 * ranges that are not read-write.
 */
#include "runtime/migrate/extents.h"
#include "runtime/migrate/member.h"

#define READ_WRITE (NEUTRAL_PROT_READ | NEUTRAL_PROT_WRITE)

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
    message.arg[0] = start;
    message.arg[1] = end;
    message.arg[2] = protection;
    message.arg[3] = popcorn_member.high_water;
    popcorn_ask_message(seat, &message, POPCORN_RANGE_PROTECT_ACK);
}

long popcorn_protect_locked(uint64_t start, uint64_t end, uint32_t protection)
{
    long result = protect_here(start, end, protection);

    if (result == 0 && popcorn_member.ever_moved) {
        tell(popcorn_seat(), start, end, protection);
    }
    return result;
}

void popcorn_protections_tell_locked(struct popcorn_seat *seat)
{
    uint64_t mapped_end = POPCORN_ARENA_BASE;

    for (uint64_t i = 0; i < extents_count(); i++) {
        const struct extent *extent = extents_at(i);

        if (extent->start > mapped_end) {
            tell(seat, mapped_end, extent->start, NEUTRAL_PROT_NONE);
        }
        if (extent->protection != READ_WRITE) {
            tell(seat, extent->start, extent->end, extent->protection);
        }
        if (extent->end > mapped_end) {
            mapped_end = extent->end;
        }
    }
    if (popcorn_member.high_water > mapped_end) {
        tell(seat, mapped_end, popcorn_member.high_water, NEUTRAL_PROT_NONE);
    }
}

void popcorn_protections_start(void)
{
    if (extents_init(POPCORN_ARENA_BASE,
                     POPCORN_ARENA_BASE + POPCORN_ARENA_SIZE) != 0) {
        popcorn_fatal("no memory for a table of protections");
    }
}

int popcorn_protect_follow(struct popcorn_seat *desk,
                           const struct popcorn_message *told)
{
    struct extent range = {told->arg[0], told->arg[1], (uint32_t)told->arg[2],
                           0};
    uint64_t mask = popcorn_lock();
    long result = popcorn_arena_reach_locked(desk, told->arg[3]);

    if (result == 0) {
        result = protect_here(range.start, range.end, range.protection);
    }
    if (result == 0) {
        result = extents_remove(range.start, range.end);
    }
    if (result == 0 && range.protection != READ_WRITE) {
        result = extents_add(&range);
    }
    popcorn_unlock(mask);
    return (int)result;
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
