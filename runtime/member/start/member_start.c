/* Start of a program as a member of `popcorn run`.
 *
 * POPCORN_MEMBER=<socket>,<home|remote>,<node page fd>,<arena fd>,<uffd 0/1>
 *
 * Both members map the same ranges at the same addresses.  The home member
 * brings the contents: .data from the file, and a copy of the argument block,
 * so that nothing the program can point to lies on the kernel's stack.
 */
#include "runtime/member/start/start.h"

extern long *__popcorn_argument_block;

struct start_fields {
    long socket;
    long is_home;
    long node_page;
    long arena;
    long needs_userfault;
};

static const char bad_variable[] =
    "POPCORN_MEMBER in the environment is malformed. `popcorn run` sets it; "
    "unset it to run the program by itself.";

static const char *parse_number(const char *text, long *number)
{
    *number = 0;
    if (*text < '0' || *text > '9') {
        popcorn_fatal(bad_variable);
    }
    while (*text >= '0' && *text <= '9' && *number < 1000000) {
        *number = *number * 10 + (*text++ - '0');
    }
    return text;
}

static const char *expect(const char *text, const char *wanted)
{
    while (*wanted != '\0') {
        if (*text++ != *wanted++) {
            popcorn_fatal(bad_variable);
        }
    }
    return text;
}

static struct start_fields parse_fields(const char *text)
{
    struct start_fields fields;

    text = expect(parse_number(text, &fields.socket), ",");
    fields.is_home = *text == 'h';
    text = expect(text, fields.is_home ? "home," : "remote,");
    text = expect(parse_number(text, &fields.node_page), ",");
    text = expect(parse_number(text, &fields.arena), ",");
    text = expect(text, *text == '1' ? "1" : "0");
    fields.needs_userfault = text[-1] == '1';
    if (*text != '\0') {
        popcorn_fatal(bad_variable);
    }
    return fields;
}

/* Out of the way of programs that count on low numbers; closed by execve. */
static int move_descriptor(long descriptor)
{
    int moved = popcorn_move_descriptor(descriptor);

    if (moved < 0) {
        popcorn_fatal_errno("a descriptor of POPCORN_MEMBER cannot be used",
                            moved);
    }
    return moved;
}

static void map_shared(uint64_t address, uint64_t size_bytes, int file,
                       uint64_t offset)
{
    long result =
        isa_syscall(NEUTRAL_mmap, (long)address, (long)size_bytes,
                    NEUTRAL_PROT_READ | NEUTRAL_PROT_WRITE,
                    NEUTRAL_MAP_SHARED | NEUTRAL_MAP_FIXED, file, (long)offset);

    if (result != (long)address) {
        popcorn_fatal_errno("cannot map this node's shared memory", result);
    }
}

static void map_node_page(int file)
{
    map_shared(POPCORN_NODE_PAGE, POPCORN_SEGMENT_ALIGN, file, 0);
    if (popcorn_node_page()->magic != POPCORN_NODE_PAGE_MAGIC) {
        popcorn_fatal("the node page is not this version's. Are popcorn and "
                      "the program of one version?");
    }
    popcorn_node_page()->away = popcorn_member.mode == POPCORN_REMOTE;
}

/* .data and .bss move into the memfd; home's copy has the file's bytes. */
static void map_data(void)
{
    uint64_t start = (uint64_t)(uintptr_t)__popcorn_shared_start;
    uint64_t end = (uint64_t)(uintptr_t)__popcorn_shared_end;
    uint64_t file_end = (uint64_t)(uintptr_t)__popcorn_shared_file_end;
    int file = popcorn_member.arena_file;
    uint64_t done = 0;

    if (start == end) {
        return;
    }
    if (isa_syscall(NEUTRAL_lseek, file, 0, 2, 0, 0, 0) < (long)(end - start) &&
        isa_syscall(NEUTRAL_ftruncate, file, (long)(end - start), 0, 0, 0, 0) !=
            0) {
        popcorn_fatal("cannot size this node's shared memory");
    }
    while (popcorn_member.mode == POPCORN_HOME && done < file_end - start) {
        long written =
            isa_syscall(NEUTRAL_pwrite64, file, (long)(start + done),
                        (long)(file_end - start - done), (long)done, 0, 0);
        if (written <= 0) {
            popcorn_fatal_errno("cannot copy .data to shared memory", written);
        }
        done += (uint64_t)written;
    }
    map_shared(start, end - start, file, 0);
}

static long open_userfault(void)
{
    long flags = NEUTRAL_O_CLOEXEC | NEUTRAL_O_NONBLOCK;
    long descriptor = isa_syscall(NEUTRAL_userfaultfd, flags, 0, 0, 0, 0, 0);
    long device;

    if (descriptor >= 0) {
        return descriptor;
    }
    device =
        isa_syscall(NEUTRAL_openat, NEUTRAL_AT_FDCWD, (long)"/dev/userfaultfd",
                    NEUTRAL_O_RDWR | NEUTRAL_O_CLOEXEC, 0, 0, 0);
    if (device < 0) {
        return descriptor;
    }
    descriptor = isa_syscall(NEUTRAL_ioctl, device, NEUTRAL_USERFAULTFD_IOC_NEW,
                             flags, 0, 0, 0);
    isa_syscall(NEUTRAL_close, device, 0, 0, 0, 0, 0);
    return descriptor;
}

/* 0, or the errno for MEMBER_READY after a message. */
static long make_userfault(void)
{
    uint64_t api[3] = {0xAA, POPCORN_UFFD_FEATURES, 0};
    long descriptor = open_userfault();
    long result;

    if (descriptor < 0) {
        popcorn_say("no permission for userfaultfd, so the program cannot move "
                    "to or from this node. As root: sysctl "
                    "vm.unprivileged_userfaultfd=1, or give the user access "
                    "to /dev/userfaultfd",
                    NULL, -descriptor);
        return -descriptor;
    }
    result = isa_syscall(NEUTRAL_ioctl, descriptor, NEUTRAL_UFFDIO_API,
                         (long)api, 0, 0, 0);
    if (result != 0) {
        popcorn_say("this kernel's userfaultfd lacks write-protect for shared "
                    "memory, so the program cannot move to or from this node: "
                    "that needs Linux ",
                    popcorn_this_isa->userfault_kernel, -result);
        isa_syscall(NEUTRAL_close, descriptor, 0, 0, 0, 0, 0);
        return -result;
    }
    popcorn_member.userfault = move_descriptor(descriptor);
    return popcorn_send_descriptor(&popcorn_main_seat, popcorn_member.userfault,
                                   "U", 1) == 0
               ? 0
               : NEUTRAL_EPIPE;
}

static void send_ready(long userfault_errno)
{
    struct popcorn_message message;

    popcorn_message_init(&message, &popcorn_main_seat, POPCORN_MEMBER_READY,
                         popcorn_node_page()->node_id);
    message.ready.pid = (uint64_t)isa_syscall(NEUTRAL_getpid, 0, 0, 0, 0, 0, 0);
    message.ready.uffd_errno = (uint64_t)userfault_errno;
    message.ready.data_start = (uint64_t)(uintptr_t)__popcorn_shared_start;
    message.ready.data_end = (uint64_t)(uintptr_t)__popcorn_shared_end;
    message.ready.high_water = popcorn_member.high_water;
    if (popcorn_send(&popcorn_main_seat, &message, NULL) != 0) {
        popcorn_agent_lost();
    }
    popcorn_member.started = 1;
}

static uint64_t stack_limit(uint64_t fallback, uint64_t most)
{
    uint64_t limit[2] = {fallback, fallback};

    isa_syscall(NEUTRAL_prlimit64, 0, NEUTRAL_RLIMIT_STACK, 0, (long)limit, 0,
                0);
    return limit[0] > most ? most : limit[0];
}

/* A stack's lowest usable address. */
static uint64_t map_stack(uint64_t size_bytes)
{
    uint64_t guard = popcorn_map_guarded(POPCORN_GUARD_BYTES + size_bytes);

    if (guard == 0) {
        popcorn_fatal("no memory for the runtime's stacks");
    }
    return guard + POPCORN_GUARD_BYTES;
}

/* The first thread's seat. Home: the kernel's stack, below popcorn_start's
 * frame; the limit is kept clear of the guard the kernel wants. Remote: twice
 * the limit here, for the other ISA's frames may be smaller. */
static void set_up_seat(int socket, uint64_t kernel_stack_top)
{
    struct popcorn_seat *seat = &popcorn_main_seat;
    uint64_t runtime = map_stack(POPCORN_RUNTIME_STACK_SIZE);
    void *stand_in = popcorn_map_private(popcorn_tls_bytes());

    seat->socket = socket;
    seat->kernel_id = (int)isa_syscall(NEUTRAL_getpid, 0, 0, 0, 0, 0, 0);
    seat->runtime_low = runtime;
    seat->runtime_top = runtime + POPCORN_RUNTIME_STACK_SIZE;
    if (stand_in == NULL) {
        popcorn_fatal("no memory for the runtime's TLS block");
    }
    seat->stand_in = popcorn_tls_place(stand_in);
    if (popcorn_member.mode == POPCORN_HOME) {
        uint64_t limit = stack_limit(8 << 20, (uint64_t)1 << 30);

        limit = limit > (256 << 10) ? limit - (128 << 10) : limit / 2;
        seat->control_top = kernel_stack_top;
        seat->control_low = kernel_stack_top - limit;
    } else {
        uint64_t size_bytes =
            2 * stack_limit(8 << 20, (uint64_t)1 << 29) + (16 << 20);

        seat->control_low = map_stack(size_bytes);
        seat->control_top = seat->control_low + (size_bytes & ~(uint64_t)4095);
    }
    popcorn_seat_enter(seat, popcorn_member.mode == POPCORN_REMOTE
                                 ? POPCORN_SEAT_DO_PLACE
                                 : POPCORN_SEAT_DO_TAKE);
    popcorn_become_stand_in(seat);
}

void popcorn_member_start(const char *value, long *kernel_sp,
                          uint64_t stack_top)
{
    struct start_fields fields = parse_fields(value);
    long userfault_errno = 0;
    uint64_t block;

    popcorn_member.mode = fields.is_home ? POPCORN_HOME : POPCORN_REMOTE;
    fields.socket = move_descriptor(fields.socket);
    popcorn_member.arena_file = move_descriptor(fields.arena);
    map_node_page((int)fields.node_page);
    isa_syscall(NEUTRAL_close, fields.node_page, 0, 0, 0, 0, 0);
    map_data();
    set_up_seat((int)fields.socket, stack_top);
    popcorn_member.emulated = !fields.needs_userfault;
    if (fields.needs_userfault) {
        userfault_errno = make_userfault();
    }
    if (popcorn_member.mode == POPCORN_REMOTE) {
        popcorn_block_signals();
        popcorn_faults_start();
        popcorn_faults_stack(&popcorn_main_seat);
        popcorn_protections_start();
        popcorn_cpu_time_start();
        send_ready(userfault_errno);
        if (popcorn_desk_open(&popcorn_main_seat) != 0) {
            popcorn_fatal("this node cannot start the desk's thread");
        }
        popcorn_wait_on_runtime_stack(&popcorn_main_seat);
    }
    if (userfault_errno != 0) {
        popcorn_pin(POPCORN_PIN_PERMISSION);
    }
    popcorn_cpu_limit_start();
    popcorn_arena_start(POPCORN_ARENA_BASE + POPCORN_DATA_STACK_SIZE);
    block = popcorn_copy_arguments(kernel_sp, POPCORN_ARENA_BASE +
                                                  POPCORN_DATA_STACK_SIZE);
    send_ready(userfault_errno);
    __popcorn_argument_block = (long *)(uintptr_t)block;
    popcorn_set_up_main_thread((char *)(uintptr_t)block);
}
