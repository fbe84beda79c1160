/* Signal handlers: every one of the program's is called through here.
 *
 * The table is node-local, like the kernel's own.  A handler enters it before
 * the kernel knows of it, so delivery always finds one; a handler that was just
 * replaced may be run as the new one, as if the signal had come later.
 */
#include "libc-musl-patched/native/signal.h"
#include "isa/native.h"
#include "isa/neutral/abi.h"
#include "runtime/base/node_page.h"

#define DATA_ROOM 4096 /* for a handler's locals */

struct jump {
    char *token;
    uint64_t site;
    void *thrown;
    uint64_t clause;
};

/* Set just before setjmp is called, or a landing gone on at, and read just after it
 * returns: a handler that comes in between and does so itself must not show. */
extern _Thread_local struct jump __popcorn_jump
    __attribute__((tls_model("local-exec")));

extern _Thread_local char *__popcorn_data_stack
    __attribute__((tls_model("local-exec")));

static uint64_t handlers[NEUTRAL_SIGNAL_COUNT];

/* The kernel finds out whether it can be written, and writes where nothing is. */
static int is_writable(char *address)
{
    return isa_syscall(NEUTRAL_rt_sigprocmask, NEUTRAL_SIG_BLOCK, 0,
                       (long)(uintptr_t)address, sizeof(uint64_t), 0, 0) == 0;
}

char *popcorn_handler_data_stack(uint64_t low, uint64_t size_bytes)
{
    char *own = __popcorn_data_stack;

    if (is_writable(own - 16) && is_writable(own - DATA_ROOM)) {
        return own;
    }
    return (char *)(uintptr_t)((low + size_bytes / 2) & ~(uint64_t)15);
}

/* To be called on the handler's stack. On a node that is not home that is the
 * runtime's (faults.c). */
static void find_data_stack(void)
{
    const struct popcorn_node_page *page =
        (const struct popcorn_node_page *)(uintptr_t)POPCORN_NODE_PAGE;
    struct neutral_signal_stack stack = {0, 0, 0};

    if (page->away == 0 &&
        isa_syscall(NEUTRAL_sigaltstack, 0, (long)(uintptr_t)&stack, 0, 0, 0,
                    0) == 0 &&
        (stack.flags & NEUTRAL_SS_ONSTACK) != 0) {
        __popcorn_data_stack =
            popcorn_handler_data_stack(stack.low, stack.size_bytes);
    }
}

void popcorn_run_handler(int signal, void *info, void *neutral_context)
{
    struct jump jump = __popcorn_jump;
    char *data_stack = __popcorn_data_stack;
    void (*handler)(int, void *, void *) = (void (*)(int, void *, void *))(
        uintptr_t)__atomic_load_n(&handlers[signal], __ATOMIC_ACQUIRE);

    if (signal == NEUTRAL_SIGSEGV || signal == NEUTRAL_SIGBUS) {
        find_data_stack();
    }
    handler(signal, info, neutral_context);
    __popcorn_jump = jump;
    __popcorn_data_stack = data_stack;
}

/* No page is ever mapped there. */
static int bad_address(const struct popcorn_signal_entry *entry, long user)
{
    return (uint64_t)user < 0x1000 ||
           (uint64_t)user >> entry->address_bits != 0;
}

long popcorn_set_handler(const struct popcorn_signal_entry *entry,
                         long kernel_number, long signal_argument,
                         long new_action, long old_action, long mask_bytes)
{
    int signal = (int)signal_argument;
    struct neutral_sigaction in, out;
    uint64_t before;
    long result;

    if (signal < 1 || signal >= NEUTRAL_SIGNAL_COUNT) {
        return -NEUTRAL_EINVAL;
    }
    if ((new_action != 0 && bad_address(entry, new_action)) ||
        (old_action != 0 && bad_address(entry, old_action))) {
        return -NEUTRAL_EFAULT;
    }
    before = handlers[signal];
    if (new_action != 0) {
        in = *(const struct neutral_sigaction *)(uintptr_t)new_action;
        if (in.handler > NEUTRAL_SIG_IGN) {
            __atomic_store_n(&handlers[signal], in.handler, __ATOMIC_RELEASE);
            in.handler = (uint64_t)(uintptr_t)entry->deliver;
        }
        in.flags &= ~(uint64_t)NEUTRAL_SA_RESTORER;
        in.restorer = (uint64_t)(uintptr_t)entry->restorer;
        if (in.restorer != 0) {
            in.flags |= NEUTRAL_SA_RESTORER;
        }
    }
    result = isa_raw_syscall(
        kernel_number, signal, new_action != 0 ? (long)(uintptr_t)&in : 0,
        old_action != 0 ? (long)(uintptr_t)&out : 0, mask_bytes, 0, 0);
    if (result < 0) {
        __atomic_store_n(&handlers[signal], before, __ATOMIC_RELEASE);
        return result;
    }
    if (old_action != 0) {
        if (out.handler == (uint64_t)(uintptr_t)entry->deliver) {
            out.handler = before;
        }
        out.flags &= ~(uint64_t)NEUTRAL_SA_RESTORER;
        out.restorer = 0;
        *(struct neutral_sigaction *)(uintptr_t)old_action = out;
    }
    return 0;
}
