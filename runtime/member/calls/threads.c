/* Threads come and go at home.
 *
 * A thread is made by its creator's kernel thread at home, which may be a
 * stand-in serving the creator's delegated call, and starts at home.  It ends
 * at home too: an away thread's exit is a delegated call nobody answers, and
 * THREAD_END ends the seats it has elsewhere.
 *
 * What the kernel does for a thread that exits (CLONE_CHILD_CLEARTID) is done
 * here instead: a task that exits does not wait for a page that is elsewhere.
 */
#include "isa/native_libc.h"
#include "runtime/member/calls/calls.h"

static void enter(void *argument)
{
    struct popcorn_seat *seat = argument;

    popcorn_restore_signals(seat->program_mask);
    popcorn_enter(seat->function, seat->argument, seat->control_top);
}

/* The index of a thread in its TLS block, not the caller's. */
static void name_thread(void *tls_block, uint32_t thread)
{
    const char *own = (const char *)isa_get_thread_pointer();
    int64_t offset = (const char *)&__popcorn_thread - own;

    uint32_t *number =
        __builtin_assume_aligned((char *)tls_block + offset, sizeof *number);

    *number = thread;
}

/* Under the lock: a free index, now taken by the seat, or NULL. */
static struct popcorn_seat *take_seat_locked(uint64_t control_bytes)
{
    for (uint32_t i = 1; i < POPCORN_MAX_THREADS; i++) {
        struct popcorn_seat *seat = popcorn_seats[i];

        if (popcorn_seat_state(seat) == POPCORN_SEAT_FREE) {
            seat = popcorn_seat_new(i, control_bytes);

            if (seat != NULL) {
                popcorn_seat_enter(seat, POPCORN_SEAT_DO_TAKE);
            }
            return seat;
        }
    }
    return NULL;
}

static void announce(const struct popcorn_seat *seat, long id, int32_t end)
{
    struct popcorn_seat *creator = popcorn_seat();
    struct popcorn_message message;

    popcorn_message_init(&message, creator, POPCORN_THREAD_OPEN,
                         popcorn_node_page()->home_id);
    message.open.thread = seat->thread;
    message.open.control_bytes = seat->control_top - seat->control_low;
    message.open.kernel_id = (uint64_t)id;
    if (!popcorn_member.agent_lost &&
        popcorn_send_descriptor(creator, end, &message, sizeof message) != 0) {
        popcorn_agent_lost();
    }
}

long popcorn_thread_new(unsigned long flags,
                        const struct popcorn_thread_start *start, int *ptid,
                        void *tls_block, int *ctid)
{
    uint64_t control_bytes = start->control_bytes;
    struct popcorn_seat *seat;
    int32_t ends[2];
    uint64_t mask;
    long id;

    if ((flags & NEUTRAL_CLONE_VM) == 0 ||
        (flags & NEUTRAL_CLONE_SETTLS) == 0) {
        return -NEUTRAL_EINVAL;
    }
    if (popcorn_socket_pair(ends) != 0) {
        return -NEUTRAL_EAGAIN;
    }
    mask = popcorn_lock();
    seat = take_seat_locked(control_bytes < POPCORN_CONTROL_STACK_LEAST
                                ? POPCORN_CONTROL_STACK_LEAST
                                : control_bytes);
    if (seat == NULL) {
        popcorn_unlock(mask);
        isa_syscall(NEUTRAL_close, ends[0], 0, 0, 0, 0, 0);
        isa_syscall(NEUTRAL_close, ends[1], 0, 0, 0, 0, 0);
        return -NEUTRAL_EAGAIN;
    }
    seat->socket = ends[0];
    seat->function = start->function;
    seat->argument = start->argument;
    seat->program_mask = mask;
    if ((flags & NEUTRAL_CLONE_CHILD_CLEARTID) != 0) {
        seat->clear_tid = (uint64_t)(uintptr_t)ctid;
        flags &= ~(unsigned long)NEUTRAL_CLONE_CHILD_CLEARTID;
    }
    name_thread(tls_block, seat->thread);
    popcorn_member.thread_count++;
    /* The child enters with all signals blocked, as they are here. */
    id = isa_clone_thread(flags, (void *)(uintptr_t)seat->control_top, ptid,
                          isa_thread_pointer_of(tls_block), NULL, enter, seat);
    if (id < 0) {
        popcorn_member.thread_count--;
        popcorn_seat_free(seat); /* closes ends[0] */
        id = -NEUTRAL_EAGAIN;
    } else {
        seat->kernel_id = (int)id;
        announce(seat, id, ends[1]);
    }
    isa_syscall(NEUTRAL_close, ends[1], 0, 0, 0, 0, 0);
    popcorn_unlock(mask);
    return id;
}

/* Signals to the process that this thread's stand-in took and the thread did not
 * live to handle are the others'. Signals are blocked. */
static void hand_on_signals(struct popcorn_seat *seat)
{
    long process = isa_syscall(NEUTRAL_getpid, 0, 0, 0, 0, 0, 0);

    for (uint32_t i = 0; i < seat->signal_count; i++) {
        struct popcorn_queued_signal *entry = &seat->signals[i];

        if (((const int32_t *)entry->info)[NEUTRAL_SI_CODE] !=
            NEUTRAL_SI_TKILL) {
            isa_syscall(NEUTRAL_rt_sigqueueinfo, process, entry->signal,
                        (long)entry->info, 0, 0, 0);
        }
    }
    seat->signal_count = 0;
}

struct ending {
    struct popcorn_seat *seat;
    uint64_t base, bytes;
};

static void end_on_runtime_stack(void *argument)
{
    struct ending ending = *(struct ending *)argument;
    struct popcorn_seat *seat = ending.seat;

    popcorn_become_stand_in(seat);
    hand_on_signals(seat);
    if (ending.bytes != 0) {
        popcorn_arena_unmap(ending.base, ending.bytes);
    }
    if (!popcorn_member.agent_lost) {
        popcorn_ask(seat, POPCORN_THREAD_END, 0, 0, POPCORN_THREAD_END_ACK,
                    NULL);
    }
    popcorn_lock();
    popcorn_member.thread_count--;
    popcorn_unlock(~(uint64_t)0);
    popcorn_seat_leave(seat);
}

void popcorn_thread_end(struct popcorn_seat *seat, uint64_t base,
                        uint64_t bytes)
{
    struct ending *ending;

    popcorn_block_signals();
    if (popcorn_seat_is_away(seat)) { /* already there: a delegated call */
        struct ending here = {seat, base, bytes};
        end_on_runtime_stack(&here);
    }
    /* At the far end of the runtime stack, which is empty. */
    ending = (struct ending *)(uintptr_t)(seat->runtime_top - 64);
    ending->seat = seat;
    ending->base = base;
    ending->bytes = bytes;
    popcorn_run_on_stack((void *)ending, end_on_runtime_stack, ending);
}
