/* The mapping of coherent memory here, and how far it reaches. */
#include "runtime/member/memory/extents.h"
#include "runtime/member/memory/memory.h"

uint64_t popcorn_file_offset(uint64_t address)
{
    return address < POPCORN_ARENA_BASE
               ? address - popcorn_data_start()
               : address - POPCORN_ARENA_BASE + POPCORN_ARENA_FILE_OFFSET;
}

/* Maps the arena up to a high-water mark another node has reached, or this one
 * is about to. Only home knows that nothing is mapped there yet, and tells the
 * others. */
int popcorn_arena_reach_locked(struct popcorn_seat *seat, uint64_t high_water)
{
    int at_home = popcorn_member.mode == POPCORN_HOME;
    uint64_t from = popcorn_member.high_water;
    int file = popcorn_member.arena_file;
    long size;

    if (from == 0) {
        from = POPCORN_ARENA_BASE;
    }
    high_water = round_up(high_water, POPCORN_ARENA_GRANULE);
    if (high_water <= from) {
        return 0;
    }
    if (high_water > POPCORN_ARENA_END) {
        return -NEUTRAL_ENOMEM;
    }
    size = isa_syscall(NEUTRAL_lseek, file, 0, 2, 0, 0, 0);
    if (size < (long)popcorn_file_offset(high_water) &&
        isa_syscall(NEUTRAL_ftruncate, file,
                    (long)popcorn_file_offset(high_water), 0, 0, 0, 0) != 0) {
        return -NEUTRAL_ENOMEM;
    }
    if (isa_syscall(NEUTRAL_mmap, (long)from, (long)(high_water - from),
                    at_home ? NEUTRAL_PROT_NONE : NEUTRAL_PROT_READ_WRITE,
                    NEUTRAL_MAP_SHARED | NEUTRAL_MAP_NORESERVE |
                        NEUTRAL_MAP_FIXED,
                    file, (long)popcorn_file_offset(from)) != (long)from) {
        return -NEUTRAL_ENOMEM;
    }
    if (popcorn_member.started && !popcorn_member.agent_lost) {
        popcorn_ask(seat, POPCORN_ARENA_GROWN, high_water, 0,
                    POPCORN_ARENA_GROWN_ACK, NULL);
    }
    __atomic_store_n(&popcorn_member.high_water, high_water, __ATOMIC_RELEASE);
    return at_home ? (int)popcorn_protect_locked(from, high_water,
                                                 NEUTRAL_PROT_NONE)
                   : 0;
}

int popcorn_arena_is_mapped(uint64_t address)
{
    uint64_t mask = popcorn_lock();
    int mapped = extents_is_mapped(address, address + 1);

    popcorn_unlock(mask);
    return mapped;
}
