/* Signal handlers: every one of the program's is called through here.
 *
 * The table is node-local, like the kernel's own.  A handler enters it before
 * the kernel knows of it, so delivery always finds one; a handler that was just
 * replaced may be run as the new one, as if the signal had come later.
 */
#include "libc-musl-patched/native/signal.h"
#include "isa/native.h"

#define SIGNAL_COUNT 65
#define SIG_IGN 1
#define SA_RESTORER 0x04000000u
#define ERROR_FAULT (-14)
#define ERROR_INVALID (-22)

struct kernel_sigaction {
    uint64_t handler, flags, restorer, mask;
};

struct jump {
    char *token;
    uint64_t site;
};

/* Set just before setjmp is called and read just after it returns: a handler
 * that comes in between and calls setjmp itself must not show. */
extern _Thread_local struct jump __popcorn_jump
    __attribute__((tls_model("local-exec")));

static uint64_t handlers[SIGNAL_COUNT];

void popcorn_run_handler(int signal, void *info, void *neutral_context)
{
    struct jump jump = __popcorn_jump;
    void (*handler)(int, void *, void *) =
        (void (*)(int, void *, void *))(uintptr_t)__atomic_load_n(
            &handlers[signal], __ATOMIC_ACQUIRE);

    handler(signal, info, neutral_context);
    __popcorn_jump = jump;
}

/* No page is ever mapped there. */
static int bad_address(const struct popcorn_signal_entry *entry, long user)
{
    return (uint64_t)user < 0x1000 || (uint64_t)user >> entry->address_bits != 0;
}

long popcorn_set_handler(const struct popcorn_signal_entry *entry,
                         long kernel_number, long signal_argument,
                         long new_action, long old_action, long mask_bytes)
{
    int signal = (int)signal_argument;
    struct kernel_sigaction in, out;
    uint64_t before;
    long result;

    if (signal < 1 || signal >= SIGNAL_COUNT) {
        return ERROR_INVALID;
    }
    if ((new_action != 0 && bad_address(entry, new_action)) ||
        (old_action != 0 && bad_address(entry, old_action))) {
        return ERROR_FAULT;
    }
    before = handlers[signal];
    if (new_action != 0) {
        in = *(const struct kernel_sigaction *)(uintptr_t)new_action;
        if (in.handler > SIG_IGN) {
            __atomic_store_n(&handlers[signal], in.handler, __ATOMIC_RELEASE);
            in.handler = (uint64_t)(uintptr_t)entry->deliver;
        }
        in.flags &= ~(uint64_t)SA_RESTORER;
        in.restorer = (uint64_t)(uintptr_t)entry->restorer;
        if (in.restorer != 0) {
            in.flags |= SA_RESTORER;
        }
    }
    result = isa_raw_syscall(kernel_number, signal,
                             new_action != 0 ? (long)(uintptr_t)&in : 0,
                             old_action != 0 ? (long)(uintptr_t)&out : 0,
                             mask_bytes, 0, 0);
    if (result < 0) {
        __atomic_store_n(&handlers[signal], before, __ATOMIC_RELEASE);
        return result;
    }
    if (old_action != 0) {
        if (out.handler == (uint64_t)(uintptr_t)entry->deliver) {
            out.handler = before;
        }
        out.flags &= ~(uint64_t)SA_RESTORER;
        out.restorer = 0;
        *(struct kernel_sigaction *)(uintptr_t)old_action = out;
    }
    return 0;
}
