/* madvise() about where a range's pages are.
 *
 *   MADV_WILLNEED   copies of the pages come to the node the thread is on
 *   MADV_RELEASE    the pages go home, and no other node keeps a copy
 *                   (include/popcorn.h)
 *
 * Home alone knows what is mapped, so the call is carried out there; a thread
 * that is elsewhere then fetches the pages by reading them.  Pages are read and
 * taken in order, so the directory reads ahead.
 */
#include "runtime/member/memory/memory.h"

/* One page after the other: another thread may unmap some meanwhile. */
static int touch(uint64_t start, uint64_t size_bytes, int writable)
{
    for (uint64_t at = start; at - start < size_bytes;
         at += POPCORN_PAGE_SIZE) {
        if (!popcorn_arena_touch(at, writable)) {
            return 0;
        }
    }
    return 1;
}

long popcorn_advise_home(const long a[6], int *handled)
{
    uint64_t start = (uint64_t)a[0];
    uint64_t size_bytes = (uint64_t)a[1];

    *handled = a[2] == NEUTRAL_MADV_RELEASE;
    if (*handled &&
        (start % POPCORN_PAGE_SIZE != 0 || start + size_bytes < start)) {
        return -NEUTRAL_EINVAL;
    }
    if (popcorn_member.mode != POPCORN_HOME || !popcorn_member.ever_moved) {
        return 0; /* everything is here */
    }
    if (*handled) {
        return touch(start, size_bytes, 1) ? 0 : -NEUTRAL_ENOMEM;
    }
    if (a[2] == NEUTRAL_MADV_WILLNEED && start % POPCORN_PAGE_SIZE == 0 &&
        !popcorn_seat_is_away(popcorn_seat())) {
        touch(start, size_bytes, 0); /* errors are the arena's to find */
    }
    return 0;
}

/* Unmapped meanwhile by another thread, a page reads as zeros here. */
void popcorn_advise_here(const long a[6])
{
    if (a[2] == NEUTRAL_MADV_WILLNEED) {
        touch((uint64_t)a[0], (uint64_t)a[1], 0);
    }
}
