/* fork of a program under `popcorn run`: at home, with every page at home.
 *
 * fork shares MAP_SHARED memory, so the child makes private copies of the
 * coherent ranges while the parent waits. Until then it touches none of them:
 * its mapping takes no userfaults. As a kernel copies descriptors before memory,
 * memory is that of a moment after the clone.  The child has no agent: it goes on
 * as a standalone program at the same addresses, and cannot move.
 */
#include "runtime/member/calls/calls.h"
#include "runtime/member/memory/extents.h"

/* Copies what is not a hole of [start, end) (at `offset` of the memfd) to a
 * fresh private mapping, which then takes the range's place. */
static void make_private(uint64_t start, uint64_t end, uint64_t offset,
                         uint32_t protection)
{
    uint8_t *copy = popcorn_map_private(end - start);
    int64_t limit = (int64_t)(offset + (end - start));
    int64_t data = (int64_t)offset;

    if (copy == NULL) {
        popcorn_fatal("no memory for a forked child's copy of its parent");
    }
    for (;;) {
        int64_t hole;

        data = isa_syscall(NEUTRAL_lseek, popcorn_member.arena_file, data,
                           NEUTRAL_SEEK_DATA, 0, 0, 0);
        if (data < 0 || data >= limit) {
            break;
        }
        hole = isa_syscall(NEUTRAL_lseek, popcorn_member.arena_file, data,
                           NEUTRAL_SEEK_HOLE, 0, 0, 0);
        if (hole < 0 || hole > limit) {
            hole = limit;
        }
        while (data < hole) {
            long got = isa_syscall(NEUTRAL_pread64, popcorn_member.arena_file,
                                   (long)(copy + (data - (int64_t)offset)),
                                   hole - data, data, 0, 0);
            if (got <= 0) {
                popcorn_fatal_errno("a forked child cannot copy its parent's "
                                    "memory",
                                    got);
            }
            data += got;
        }
    }
    if (isa_syscall(NEUTRAL_mremap, (long)copy, (long)(end - start),
                    (long)(end - start),
                    NEUTRAL_MREMAP_MAYMOVE | NEUTRAL_MREMAP_FIXED, (long)start,
                    0) != (long)start) {
        popcorn_fatal("a forked child cannot map its memory");
    }
    if (protection != (NEUTRAL_PROT_READ | NEUTRAL_PROT_WRITE)) {
        isa_syscall(NEUTRAL_mprotect, (long)start, (long)(end - start),
                    protection, 0, 0, 0);
    }
}

/* Everything the child had in common with its parent becomes its own. What the
 * program maps MAP_SHARED | MAP_ANONYMOUS stays common. */
static void become_child(void)
{
    uint64_t done = POPCORN_ARENA_BASE;
    struct popcorn_node_page *page = popcorn_node_page();
    static struct popcorn_node_page page_copy; /* large; one thread only */

    popcorn_copy(&page_copy, page, sizeof page_copy);
    for (uint64_t i = 0; i < extents_count(); i++) {
        const struct extent *extent = extents_at(i);

        if (extent->start > done) {
            isa_syscall(NEUTRAL_munmap, (long)done,
                        (long)(extent->start - done), 0, 0, 0, 0);
        }
        if (extent->end > done) {
            done = extent->end;
        }
        if ((extent->flags & EXTENT_SHARED) == 0) {
            make_private(extent->start, extent->end,
                         popcorn_file_offset(extent->start),
                         extent->protection);
        }
    }
    if (popcorn_member.high_water > done) {
        isa_syscall(NEUTRAL_munmap, (long)done,
                    (long)(popcorn_member.high_water - done), 0, 0, 0, 0);
    }
    isa_syscall(NEUTRAL_mmap, POPCORN_NODE_PAGE, POPCORN_SEGMENT_ALIGN,
                NEUTRAL_PROT_READ | NEUTRAL_PROT_WRITE,
                NEUTRAL_MAP_PRIVATE | NEUTRAL_MAP_ANONYMOUS | NEUTRAL_MAP_FIXED,
                -1, 0);
    page_copy.poll_word = 0;
    page_copy.bounce_every = 0;
    *page = page_copy;
    for (uint32_t i = 0; i < popcorn_member.thread_limit; i++) {
        if (popcorn_seats[i] != NULL && popcorn_seats[i]->socket >= 0) {
            isa_syscall(NEUTRAL_close, popcorn_seats[i]->socket, 0, 0, 0, 0, 0);
        }
    }
    if (popcorn_desk.socket >= 0) {
        isa_syscall(NEUTRAL_close, popcorn_desk.socket, 0, 0, 0, 0, 0);
        popcorn_desk.socket = -1;
    }
    isa_syscall(NEUTRAL_close, popcorn_member.arena_file, 0, 0, 0, 0, 0);
    if (popcorn_member.userfault >= 0) {
        isa_syscall(NEUTRAL_close, popcorn_member.userfault, 0, 0, 0, 0, 0);
    }
    /* QEMU 7.2 keeps a parent's other threads in a table of its plugin
     * interface and ends the child by an assertion when a number comes again. */
    popcorn_member.no_threads =
        popcorn_member.emulated &&
        (popcorn_member.thread_count > 1 ||
         popcorn_seat_state(&popcorn_desk) != POPCORN_SEAT_FREE);
    popcorn_member.mode = POPCORN_CHILD;
    popcorn_member.thread_count = 1;
}

static int shares_anonymous_memory(void)
{
    uint64_t mask = popcorn_lock();
    uint32_t flags = extents_flags(POPCORN_ARENA_BASE,
                                   POPCORN_ARENA_BASE + POPCORN_ARENA_SIZE);

    popcorn_unlock(mask);
    return (flags & EXTENT_SHARED) != 0;
}

/* Blocks until the child has closed its end, by exit or on purpose. */
static void wait_for_child(int read_end)
{
    char byte;

    while (isa_syscall(NEUTRAL_read, read_end, (long)&byte, 1, 0, 0, 0) ==
           -NEUTRAL_EINTR) {
    }
}

/* In the child, before it touches coherent memory: all of that comes home. With
 * other threads nothing is written then until thaw(). The child asks, and the
 * parent sits in one system call: QEMU can make every thread wait for those
 * that run, and one of them may be waiting for a page. */
static void freeze(struct popcorn_seat *seat, int others)
{
    if (!popcorn_member.ever_moved || popcorn_member.agent_lost) {
        return;
    }
    popcorn_member.mode = POPCORN_CHILD; /* if the agent is lost, the parent
                                            says so */
    if (popcorn_ask(seat, others ? POPCORN_FREEZE : POPCORN_RECALL_ALL, 0, 0,
                    others ? POPCORN_FREEZE_ACK : POPCORN_RECALL_ALL_ACK,
                    NULL) != 0) {
        popcorn_exit_now(POPCORN_EXIT_LOST_NODE);
    }
}

static void thaw(struct popcorn_seat *seat, int others)
{
    if (others && popcorn_member.ever_moved && !popcorn_member.agent_lost) {
        popcorn_ask(seat, POPCORN_THAW, 0, 0, POPCORN_THAW_ACK, NULL);
    }
}

static long forked(const long a[6], const int32_t ends[2])
{
    struct popcorn_seat *seat = popcorn_seat();
    int others = popcorn_member.thread_count > 1;
    long child = isa_syscall(NEUTRAL_clone, a[0], a[1], a[2], a[3], a[4], a[5]);

    if (child == 0) {
        isa_syscall(NEUTRAL_close, ends[0], 0, 0, 0, 0, 0);
        freeze(seat, others);
        become_child();
        isa_syscall(NEUTRAL_close, ends[1], 0, 0, 0, 0, 0);
    } else {
        isa_syscall(NEUTRAL_close, ends[1], 0, 0, 0, 0, 0);
        if (child > 0) {
            wait_for_child(ends[0]);
            thaw(seat, others);
        }
        isa_syscall(NEUTRAL_close, ends[0], 0, 0, 0, 0, 0);
    }
    return child;
}

long popcorn_fork(const long a[6])
{
    int32_t ends[2] = {-1, -1};
    uint64_t mask;
    long result;

    if (shares_anonymous_memory()) {
        popcorn_stay_home(POPCORN_PIN_SHARED_FILE);
    }
    mask = popcorn_lock();
    result =
        isa_syscall(NEUTRAL_pipe2, (long)ends, NEUTRAL_O_CLOEXEC, 0, 0, 0, 0);
    if (result != 0) {
        popcorn_unlock(mask);
        return result;
    }
    result = forked(a, ends);
    popcorn_unlock(mask);
    return result;
}
