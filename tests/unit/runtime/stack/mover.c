/* A runtime that moves the thread to itself, for tests: at each migration point
 * and system call the control stack is captured, torn down, rebuilt on another
 * stack with poison in everything no frame map describes, captured again (it
 * must be the same), and resumed. Runs on every ISA; the real stubs, capture
 * and rebuild are under test.
 *
 *   program LOG MOVE(0|1)
 *
 * The log has every captured state: u32 bytes, u32 frames, then the records.
 */
#include "isa/native.h"
#include "runtime/member/move/longjmp.h"
#include "runtime/member/move/move.h"

#define CONTROL_BYTES 0x40000
#define DATA_STACK 0x2000000000

struct popcorn_member popcorn_member;
static struct popcorn_seat only_seat;
extern uint64_t test_result;
void test_entry(void);

extern __thread char *__popcorn_data_stack
    __attribute__((tls_model("local-exec")));

static uint8_t control[2][CONTROL_BYTES] __attribute__((aligned(4096)));
static uint8_t runtime_stack[0x20000] __attribute__((aligned(16)));
static uint8_t tls_memory[4096] __attribute__((aligned(64)));
static uint8_t state[2][0x20000] __attribute__((aligned(8)));
static struct frame_maps maps;
static struct popcorn_context moving;
static int has_result;
static unsigned current;
static long log_file;

/* What compilers and their libraries expect of a libc. */
void *memset(void *to, int value, size_t size_bytes);
void *memset(void *to, int value, size_t size_bytes)
{
    for (size_t i = 0; i < size_bytes; i++) {
        ((uint8_t *)to)[i] = (uint8_t)value;
    }
    return to;
}

uintptr_t __stack_chk_guard = 1;
_Noreturn void __stack_chk_fail(void);
_Noreturn void __stack_chk_fail(void)
{
    popcorn_fatal("a compiler library overran its frame");
}

static void say(const char *text)
{
    long length = 0;

    while (text[length] != '\0') {
        length++;
    }
    isa_syscall(NEUTRAL_write, 2, (long)text, length, 0, 0, 0);
}

void popcorn_fatal(const char *text)
{
    say("mover: ");
    say(text);
    say("\n");
    isa_syscall(NEUTRAL_exit_group, 1, 0, 0, 0, 0, 0);
    __builtin_trap();
}

const struct frame_maps *popcorn_frame_maps(void)
{
    return &maps;
}

static void hex(uint64_t value)
{
    char text[18];

    for (int i = 0; i < 16; i++) {
        text[i] = "0123456789abcdef"[value >> (60 - 4 * i) & 15];
    }
    text[16] = '\n';
    isa_syscall(NEUTRAL_write, 1, (long)text, 17, 0, 0, 0);
}

void popcorn_outermost_return(void)
{
    hex(test_result);
    isa_syscall(NEUTRAL_exit_group, 0, 0, 0, 0, 0, 0);
    __builtin_trap();
}

static int64_t take(uint8_t *to, uint32_t *frames)
{
    struct popcorn_error error = {0};
    struct stack_view view = {(uint64_t)(uintptr_t)control[current],
                              control[current], CONTROL_BYTES};
    uint64_t failing_pc;
    int64_t size = stack_capture(
        &maps, &moving, &view, (uint64_t)(uintptr_t)popcorn_outermost_return,
        to, sizeof state[0], frames, &failing_pc, &error);

    if (size < 0) {
        popcorn_fatal(error.text);
    }
    return size;
}

static void move(void *unused)
{
    struct popcorn_error error = {0};
    struct stack_view view;
    uint32_t frames, frames_again, head[2];
    uint64_t result = moving.reg[popcorn_this_isa->result_slot];
    int64_t size = take(state[0], &frames);

    (void)unused;
    head[0] = (uint32_t)size;
    head[1] = frames;
    isa_syscall(NEUTRAL_write, log_file, (long)head, sizeof head, 0, 0, 0);
    isa_syscall(NEUTRAL_write, log_file, (long)state[0], size, 0, 0, 0);
    for (unsigned i = 0; i < CONTROL_BYTES; i++) {
        control[current][i] = 0xa5;
    }
    current ^= 1;
    view = (struct stack_view){(uint64_t)(uintptr_t)control[current],
                               control[current], CONTROL_BYTES};
    if (stack_rebuild_flags(&maps, state[0], (uint64_t)size, frames, &view,
                            (uint64_t)(uintptr_t)popcorn_outermost_return,
                            STACK_POISON, NULL, &moving, &error) != 0) {
        popcorn_fatal(error.text);
    }
    if (take(state[1], &frames_again) != size || frames != frames_again) {
        popcorn_fatal("the rebuilt stack has another size");
    }
    for (int64_t i = 0; i < size; i++) {
        if (state[0][i] != state[1][i]) {
            popcorn_fatal("the rebuilt stack is captured as another state");
        }
    }
    only_seat.control_low = view.base;
    only_seat.control_top = view.base + view.size_bytes;
    __popcorn_epoch++;
    /* The result register of a migration point may hold a live value, which is
     * there already: only a system call has a result. */
    if (has_result) {
        moving.reg[popcorn_this_isa->result_slot] = result;
    }
    popcorn_resume(&moving);
}

static void move_from(const struct popcorn_context *context)
{
    for (unsigned i = 0; i < ISA_MAX_REGS; i++) {
        moving.reg[i] = context->reg[i];
    }
    moving.pc = context->pc;
    moving.sp = context->sp;
    popcorn_run_on_stack(runtime_stack + sizeof runtime_stack, move, NULL);
}

void popcorn_poll_handler(struct popcorn_context *context)
{
    has_result = 0;
    move_from(context);
}

long popcorn_syscall_local(long n, long a, long b, long c, long d, long e,
                           long f)
{
    (void)(n + b + c + d + e + f);
    return a;
}

long popcorn_syscall_away(struct popcorn_context *context, long n,
                          const long arguments[6])
{
    for (long i = 1; i < 6; i++) {
        if (arguments[i] != i + 1) {
            popcorn_fatal("a system call's arguments are wrong");
        }
    }
    if (n != POPCORN_CALL_RESULT) {
        popcorn_fatal("a system call's number is wrong");
    }
    context->reg[popcorn_this_isa->result_slot] = (uint64_t)arguments[0];
    has_result = 1;
    move_from(context);
    __builtin_unreachable();
}

/* Every neutral floating-point environment survives the ISA's registers. */
static void check_fpenv(void)
{
    uint32_t before = isa_get_fpenv();

    for (uint32_t mode = 0; mode < 4; mode++) {
        for (uint32_t flags = 0; flags < 32; flags++) {
            isa_set_fpenv(mode << 16 | flags);
            if (isa_get_fpenv() != (mode << 16 | flags)) {
                popcorn_fatal("a floating-point environment is lost");
            }
        }
    }
    isa_set_fpenv(before);
}

static void start_test(void)
{
    uint64_t top = (uint64_t)(uintptr_t)control[0] + CONTROL_BYTES;

    for (unsigned i = 0; i < ISA_MAX_REGS; i++) {
        moving.reg[i] = 0;
    }
    moving.pc = (uint64_t)(uintptr_t)test_entry;
    moving.sp = top;
    if (maps.ra_slot == 0xff) {
        moving.sp += (uint64_t)(int64_t)popcorn_this_isa->ra_offset_from_cfa;
        *(uint64_t *)(uintptr_t)moving.sp =
            (uint64_t)(uintptr_t)popcorn_outermost_return;
    } else {
        moving.reg[maps.ra_slot] =
            (uint64_t)(uintptr_t)popcorn_outermost_return;
    }
    only_seat.control_low = (uint64_t)(uintptr_t)control[0];
    only_seat.control_top = top;
    popcorn_resume(&moving);
}

struct popcorn_seat *popcorn_seat(void)
{
    return &only_seat;
}

void popcorn_start(long *kernel_sp)
{
    char **arguments = (char **)(kernel_sp + 1);
    struct popcorn_error error = {0};

    if (kernel_sp[0] != 3) {
        popcorn_fatal("usage: program LOG MOVE");
    }
    log_file = isa_syscall(NEUTRAL_openat, NEUTRAL_AT_FDCWD, (long)arguments[1],
                           01101, 0666, 0, 0);
    if (log_file < 0) {
        popcorn_fatal("cannot open its log");
    }
    if (frame_maps_open(
            &maps, popcorn_this_isa, __popcorn_framemap_start,
            (uint64_t)(__popcorn_framemap_end - __popcorn_framemap_start),
            &error) != 0) {
        popcorn_fatal(error.text);
    }
    check_fpenv();
    isa_set_thread_pointer(popcorn_tls_init_main(tls_memory));
    if (isa_syscall(NEUTRAL_mmap, DATA_STACK, 0x100000, 3,
                    NEUTRAL_MAP_PRIVATE | NEUTRAL_MAP_ANONYMOUS |
                        NEUTRAL_MAP_FIXED_NOREPLACE,
                    -1, 0) != DATA_STACK) {
        popcorn_fatal("cannot map its data stack");
    }
    __popcorn_data_stack = (char *)DATA_STACK + 0x100000;
    popcorn_node_page()->poll_word = arguments[2][0] == '1';
    popcorn_node_page()->away = arguments[2][0] == '1';
    start_test();
}
