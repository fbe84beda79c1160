/* The desk of a member: a kernel thread, with a stream of its own, for what no
 * thread of the program can be asked for.
 *
 * On a remote node: seats for threads on their way here, memory that has grown
 * or changed its protection, and processor time.  At home, from the first
 * departure on: to end the program when a node, or this one's agent, is lost
 * with a part of it.  The program's threads may all be waiting then for pages
 * that will never come.
 */
#include "isa/native_libc.h"
#include "runtime/member/move/move.h"

static const unsigned long thread_flags =
    NEUTRAL_CLONE_VM | NEUTRAL_CLONE_FS | NEUTRAL_CLONE_FILES |
    NEUTRAL_CLONE_SIGHAND | NEUTRAL_CLONE_THREAD | NEUTRAL_CLONE_SYSVSEM |
    NEUTRAL_CLONE_SETTLS;

static void wait_for_thread(void *argument)
{
    struct popcorn_seat *seat = argument;

    popcorn_become_stand_in(seat);
    popcorn_faults_stack(seat);
    popcorn_wait_loop(seat);
}

/* Starts `function` with the seat on its runtime stack and tells the agent over
 * `by`'s stream. 0 or -errno; the seat is freed then. */
static long start(struct popcorn_seat *by, struct popcorn_seat *seat,
                  enum popcorn_seat_event event, void (*function)(void *))
{
    struct popcorn_message message;
    int32_t ends[2];
    long result = popcorn_socket_pair(ends);

    if (result != 0) {
        popcorn_seat_free(seat);
        return result;
    }
    seat->socket = ends[0];
    popcorn_seat_enter(seat, event);
    result = isa_clone_thread(
        thread_flags, (void *)(uintptr_t)seat->runtime_top, NULL,
        isa_thread_pointer_of(seat->stand_in), NULL, function, seat);
    if (result < 0) {
        isa_syscall(NEUTRAL_close, ends[1], 0, 0, 0, 0, 0);
        popcorn_seat_free(seat);
        return result;
    }
    seat->kernel_id = (int)result;
    popcorn_message_init(&message, by, POPCORN_THREAD_OPEN,
                         popcorn_node_page()->node_id);
    message.open.thread = seat->thread;
    message.open.kernel_id = (uint64_t)result;
    result = popcorn_send_descriptor(by, ends[1], &message, sizeof message);
    isa_syscall(NEUTRAL_close, ends[1], 0, 0, 0, 0, 0);
    return result;
}

/* The thread goes on where it is. */
static void refuse_seat(struct popcorn_seat *desk, uint64_t thread)
{
    struct popcorn_message message;

    popcorn_message_init(&message, desk, POPCORN_THREAD_REFUSED,
                         popcorn_node_page()->home_id);
    message.refused.reason = POPCORN_DECLINE_NO_SPACE;
    message.refused.thread = thread;
    if (popcorn_send(desk, &message, NULL) != 0) {
        popcorn_agent_lost();
    }
}

static void make_seat(struct popcorn_seat *desk,
                      const struct popcorn_message *message)
{
    uint64_t control_bytes = message->open.control_bytes;
    struct popcorn_seat *seat = NULL;

    if (message->open.thread < POPCORN_MAX_THREADS &&
        control_bytes < (uint64_t)1 << 32) {
        /* The other ISA's frames may be smaller. */
        seat = popcorn_seat_new((uint32_t)message->open.thread,
                                2 * control_bytes + 0x40000);
    }
    if (seat == NULL ||
        start(desk, seat, POPCORN_SEAT_DO_PLACE, wait_for_thread) != 0) {
        refuse_seat(desk, message->open.thread);
    }
}

/* At home nothing is lost with the agent as long as nothing has left. The
 * desk's thread ends then, or the program is ending. */
static _Noreturn void close_desk(void)
{
    if (popcorn_member.mode == POPCORN_REMOTE || popcorn_member.ever_moved) {
        popcorn_agent_lost();
    }
    for (;;) {
        isa_syscall(NEUTRAL_exit, 0, 0, 0, 0, 0, 0);
    }
}

static void answer(struct popcorn_seat *desk,
                   const struct popcorn_message *asked, uint16_t type)
{
    struct popcorn_message reply = *asked;

    reply.type = type;
    if (popcorn_send(desk, &reply, NULL) != 0) {
        popcorn_agent_lost();
    }
}

static void serve(void *argument)
{
    struct popcorn_seat *desk = argument;
    struct popcorn_incoming incoming;

    popcorn_become_stand_in(desk);
    for (;;) {
        if (popcorn_receive(desk, &incoming) != 0) {
            close_desk();
        }
        switch (incoming.message.type) {
        case POPCORN_THREAD_SEAT:
            make_seat(desk, &incoming.message);
            break;
        case POPCORN_ARENA_GROWN:
            if (popcorn_arena_follow(desk, incoming.message.arena.high_water) !=
                0) {
                popcorn_fatal("this node cannot map the program's memory");
            }
            answer(desk, &incoming.message, POPCORN_ARENA_GROWN_ACK);
            break;
        case POPCORN_RANGE_PROTECT:
            if (popcorn_protect_follow(desk, &incoming.message) != 0) {
                popcorn_fatal("this node cannot protect the program's memory "
                              "as its home does");
            }
            answer(desk, &incoming.message, POPCORN_RANGE_PROTECT_ACK);
            break;
        case POPCORN_CPU_TIME:
            popcorn_cpu_time_used(&incoming.message);
            answer(desk, &incoming.message, POPCORN_CPU_TIME_ACK);
            break;
        case POPCORN_DIE:
            popcorn_die(&incoming);
        default:
            popcorn_fatal_errno("the agent sent the desk a message that is "
                                "not for it, of type",
                                -(long)incoming.message.type);
        }
    }
}

int popcorn_desk_open(struct popcorn_seat *by)
{
    struct popcorn_seat *desk = popcorn_seat_new(POPCORN_DESK, 0);

    return desk == NULL ? -NEUTRAL_ENOMEM
                        : (int)start(by, desk, POPCORN_SEAT_DO_TAKE, serve);
}
