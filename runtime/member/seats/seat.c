/* Seats: a thread's stacks, socket and stand-in on this node.
 *
 * One mapping, so that a thread can give it back with its last instructions,
 * and one for the control stack:
 *
 *     guard | runtime stack, growing down | stand-in TLS block
 *     guard | control stack, growing down
 *
 * The *stand-in* is a TLS block in node-local memory.  A seat whose thread is
 * elsewhere has it as its thread pointer: signals and delegated calls then find
 * the seat, and nothing writes to the thread's own TLS block, which the thread
 * is using.
 *
 * struct popcorn_seat itself is never unmapped, for others look through all of
 * them without a lock; the next thread with the index gets it.
 */
#include "isa/native_libc.h"
#include "runtime/member/seats/seats.h"

#define RUNTIME_STACK_BYTES 0x100000u

struct popcorn_seat *popcorn_seats[POPCORN_MAX_THREADS];
struct popcorn_seat popcorn_main_seat = {.socket = -1};
struct popcorn_seat popcorn_desk = {.socket = -1};

/* Reading the thread's own TLS is no new access: it runs with it. */
struct popcorn_seat *popcorn_seat(void)
{
    uint32_t thread = __popcorn_thread;
    struct popcorn_seat *seat =
        thread < POPCORN_MAX_THREADS ? popcorn_seats[thread] : NULL;

    if (seat == NULL) {
        popcorn_fatal("the thread's own words in its TLS block are damaged: "
                      "the program writes where it must not");
    }
    return seat;
}

/* Not inlined: no compiler may keep a thread pointer across its change. */
__attribute__((noinline)) static void name_thread(uint32_t thread)
{
    __popcorn_thread = thread;
}

void popcorn_become_stand_in(struct popcorn_seat *seat)
{
    isa_set_thread_pointer(seat->stand_in);
    name_thread(seat->thread);
}

uint64_t popcorn_map_guarded(uint64_t size_bytes)
{
    uint8_t *memory = popcorn_map_private(size_bytes);

    if (memory == NULL) {
        return 0;
    }
    if (isa_syscall(NEUTRAL_mprotect, (long)memory, POPCORN_GUARD_BYTES,
                    NEUTRAL_PROT_NONE, 0, 0, 0) != 0) {
        isa_syscall(NEUTRAL_munmap, (long)memory, (long)size_bytes, 0, 0, 0, 0);
        return 0;
    }
    return (uint64_t)(uintptr_t)memory;
}

/* The seat's memory, zeroed. Its last thread may still be on its way out. */
static struct popcorn_seat *seat_memory(uint32_t thread)
{
    struct popcorn_seat *seat =
        thread == POPCORN_DESK ? &popcorn_desk : popcorn_seats[thread];

    if (seat == NULL) {
        return popcorn_map_private(sizeof *seat);
    }
    while (popcorn_seat_state(seat) != POPCORN_SEAT_FREE) {
        isa_syscall(NEUTRAL_sched_yield, 0, 0, 0, 0, 0, 0);
    }
    popcorn_zero(seat, sizeof *seat);
    return seat;
}

struct popcorn_seat *popcorn_seat_new(uint32_t thread, uint64_t control_bytes)
{
    uint64_t tls_bytes = round_up(popcorn_tls_bytes(), 64);
    struct popcorn_seat *seat = seat_memory(thread);

    if (seat == NULL) {
        return NULL;
    }
    seat->thread = thread;
    seat->socket = -1;
    seat->bytes =
        round_up(POPCORN_GUARD_BYTES + RUNTIME_STACK_BYTES + tls_bytes,
                 POPCORN_GUARD_BYTES);
    seat->base = popcorn_map_guarded(seat->bytes);
    if (seat->base == 0) {
        return NULL;
    }
    seat->runtime_low = seat->base + POPCORN_GUARD_BYTES;
    seat->runtime_top = seat->base + seat->bytes - tls_bytes;
    seat->stand_in = popcorn_tls_place((void *)(uintptr_t)seat->runtime_top);
    if (control_bytes != 0) {
        seat->control_bytes =
            round_up(control_bytes, POPCORN_GUARD_BYTES) + POPCORN_GUARD_BYTES;
        seat->control_base = popcorn_map_guarded(seat->control_bytes);
        if (seat->control_base == 0) {
            isa_syscall(NEUTRAL_munmap, (long)seat->base, (long)seat->bytes, 0,
                        0, 0, 0);
            return NULL;
        }
        seat->control_low = seat->control_base + POPCORN_GUARD_BYTES;
        seat->control_top = seat->control_base + seat->control_bytes;
    }
    return seat;
}

enum popcorn_seat_state popcorn_seat_state(const struct popcorn_seat *seat)
{
    return seat == NULL ? POPCORN_SEAT_FREE
                        : (enum popcorn_seat_state)__atomic_load_n(
                              &seat->state, __ATOMIC_SEQ_CST);
}

int popcorn_seat_is_away(const struct popcorn_seat *seat)
{
    return popcorn_seat_state_is_away(popcorn_seat_state(seat));
}

/* What must hold of a seat in this state: the rule that is broken, or NULL. */
static const char *seat_check(const struct popcorn_seat *seat,
                              enum popcorn_seat_state state)
{
    int is_away = popcorn_seat_state_is_away(state);

    if (state == POPCORN_SEAT_FREE) {
        return NULL;
    }
    if (seat->runtime_low >= seat->runtime_top || seat->stand_in == NULL) {
        return "it has no stack or stand-in";
    }
    if (seat->thread == POPCORN_DESK ? is_away
                                     : seat->thread >= POPCORN_MAX_THREADS) {
        return "it is the desk's, or of no thread";
    }
    if (is_away && state != POPCORN_SEAT_WAITING &&
        popcorn_member.mode != POPCORN_HOME) {
        return "it is not home that carries out a call";
    }
    if (!is_away && seat->departed != NULL) {
        return "its thread is here and has departed";
    }
    return NULL;
}

void popcorn_seat_step(struct popcorn_seat *seat, enum popcorn_seat_event event)
{
    enum popcorn_seat_state state = popcorn_seat_state(seat);
    enum popcorn_seat_state next = popcorn_seat_next(state, event);
    const char *broken = next == POPCORN_SEAT_BUG ? "that cannot happen to it"
                                                  : seat_check(seat, next);

    if (broken != NULL) {
        popcorn_say(popcorn_seat_state_name(state), " seat, event ",
                    (int64_t)event);
        popcorn_fatal(broken);
    }
    __atomic_store_n(&seat->state, next, __ATOMIC_SEQ_CST);
}

void popcorn_seat_enter(struct popcorn_seat *seat,
                        enum popcorn_seat_event event)
{
    uint32_t limit =
        __atomic_load_n(&popcorn_member.thread_limit, __ATOMIC_RELAXED);

    popcorn_seat_step(seat, event);
    if (seat->thread >= POPCORN_MAX_THREADS) {
        return; /* the desk */
    }
    __atomic_store_n(&popcorn_seats[seat->thread], seat, __ATOMIC_SEQ_CST);
    while (limit <= seat->thread &&
           !__atomic_compare_exchange_n(&popcorn_member.thread_limit, &limit,
                                        seat->thread + 1, 0, __ATOMIC_SEQ_CST,
                                        __ATOMIC_RELAXED)) {
    }
}

struct popcorn_seat *popcorn_seat_of(int kernel_id)
{
    for (uint32_t i = 0; i < popcorn_member.thread_limit; i++) {
        struct popcorn_seat *seat = popcorn_seats[i];

        if (popcorn_seat_state(seat) != POPCORN_SEAT_FREE &&
            seat->kernel_id == kernel_id) {
            return seat;
        }
    }
    return NULL;
}

static void close_and_unmap(struct popcorn_seat *seat)
{
    /* The first thread's is the member's own, and stays. */
    if (seat->socket >= 0 && seat->thread != 0) {
        isa_syscall(NEUTRAL_close, seat->socket, 0, 0, 0, 0, 0);
        seat->socket = -1;
    }
    if (seat->buffer != NULL) {
        isa_syscall(NEUTRAL_munmap, (long)seat->buffer,
                    (long)seat->buffer_bytes, 0, 0, 0, 0);
    }
    if (seat->tokens.room != 0) {
        isa_syscall(NEUTRAL_munmap, (long)seat->tokens.frame,
                    (long)(seat->tokens.room * sizeof seat->tokens.frame[0]), 0,
                    0, 0, 0);
    }
    if (seat->control_bytes != 0) {
        isa_syscall(NEUTRAL_munmap, (long)seat->control_base,
                    (long)seat->control_bytes, 0, 0, 0, 0);
    }
}

void popcorn_seat_free(struct popcorn_seat *seat)
{
    close_and_unmap(seat);
    isa_syscall(NEUTRAL_munmap, (long)seat->base, (long)seat->bytes, 0, 0, 0,
                0);
    popcorn_seat_step(seat, POPCORN_SEAT_DO_GIVE_BACK);
}

/* GIVE_BACK frees the index for another thread, waking clear_tid lets a joiner
 * go on: both come when they can no longer hurt. */
void popcorn_seat_leave(struct popcorn_seat *seat)
{
    uint64_t clear_tid = seat->clear_tid;
    uint64_t base = seat->base, bytes = seat->bytes;

    close_and_unmap(seat);
    popcorn_seat_step(seat, POPCORN_SEAT_DO_GIVE_BACK);
    if (clear_tid != 0) {
        __atomic_store_n((uint32_t *)(uintptr_t)clear_tid, 0, __ATOMIC_SEQ_CST);
        isa_syscall(NEUTRAL_futex, (long)clear_tid, NEUTRAL_FUTEX_WAKE, 1, 0, 0,
                    0);
    }
    if (bytes != 0) {
        isa_unmap_and_exit((void *)(uintptr_t)base, bytes);
    }
    for (;;) {
        isa_syscall(NEUTRAL_exit, 0, 0, 0, 0, 0, 0);
    }
}

int popcorn_move_descriptor(long descriptor)
{
    static const long from[] = {1000, 100, 32, 10};
    long moved = -NEUTRAL_EBADF;

    for (unsigned i = 0; i < sizeof from / sizeof *from && moved < 0; i++) {
        moved = isa_syscall(NEUTRAL_fcntl, descriptor, NEUTRAL_F_DUPFD_CLOEXEC,
                            from[i], 0, 0, 0);
    }
    if (moved >= 0) {
        isa_syscall(NEUTRAL_close, descriptor, 0, 0, 0, 0, 0);
    }
    return (int)moved;
}

int popcorn_socket_pair(int32_t ends[2])
{
    long result = isa_syscall(NEUTRAL_socketpair, NEUTRAL_AF_UNIX,
                              NEUTRAL_SOCK_STREAM | NEUTRAL_O_CLOEXEC, 0,
                              (long)ends, 0, 0);
    int moved;

    if (result != 0) {
        return (int)result;
    }
    moved = popcorn_move_descriptor(ends[0]);
    if (moved < 0) {
        isa_syscall(NEUTRAL_close, ends[0], 0, 0, 0, 0, 0);
        isa_syscall(NEUTRAL_close, ends[1], 0, 0, 0, 0, 0);
        return moved;
    }
    ends[0] = moved;
    return 0;
}
