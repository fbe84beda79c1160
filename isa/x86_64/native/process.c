/* Neutral kernel ABI on x86-64: processes, semaphores, and calls refused on
 * every ISA (isa/neutral/refused.h). */
#include "isa/libc_entry.h"
#include "isa/native.h"
#include "isa/neutral/structs.h"
#include "isa/x86_64/native/syscall.h"

#define IPC_SET 1
#define IPC_STAT 2
#define SEM_STAT 18
#define SEM_STAT_ANY 20
#define IPC_64 0x100

struct x86_64_semid {
    char perm[48];
    uint64_t otime, reserved1, ctime, reserved2, nsems, reserved[2];
};
_Static_assert(sizeof(struct x86_64_semid) == 104, "kernel semid64_ds");

static long semctl_set(const struct neutral_call *call)
{
    struct x86_64_semid set = {.otime = 0};
    struct neutral_semid from;
    long result = x86_64_from_user(&from, call->d, sizeof from);

    if (result < 0) {
        return result;
    }
    for (unsigned i = 0; i < sizeof set.perm; i++) {
        set.perm[i] = from.perm[i];
    }
    return x86_64_call(call, call->a, call->b, call->c, (long)(uintptr_t)&set,
                       0, 0);
}

static long semctl_stat(const struct neutral_call *call)
{
    struct x86_64_semid from;
    struct neutral_semid to = {.otime = 0};
    long result = x86_64_call(call, call->a, call->b, call->c,
                              (long)(uintptr_t)&from, 0, 0);
    long copied;

    if (result < 0) {
        return result;
    }
    for (unsigned i = 0; i < sizeof to.perm; i++) {
        to.perm[i] = from.perm[i];
    }
    to.otime = from.otime;
    to.ctime = from.ctime;
    to.nsems = from.nsems;
    copied = x86_64_to_user(call->d, &to, sizeof to);
    return copied < 0 ? copied : result;
}

long x86_64_translate_semctl(const struct neutral_call *call)
{
    switch ((int)call->c & ~IPC_64) {
    case IPC_SET:
        return semctl_set(call);
    case IPC_STAT:
    case SEM_STAT:
    case SEM_STAT_ANY:
        return semctl_stat(call);
    default:
        return x86_64_call(call, call->a, call->b, call->c, call->d, 0, 0);
    }
}

/* neutral: flags, stack, ptid, tls, ctid; here: flags, stack, ptid, ctid, tls.
 * Threads do not come this way (popcorn_thread_create). */
long x86_64_translate_clone(const struct neutral_call *call)
{
    long flags = popcorn_process_clone_flags((unsigned long)call->a, call->b);

    if (flags < 0) {
        return flags;
    }
    return x86_64_call(call, flags, 0, call->c, call->e, 0, 0);
}

long x86_64_translate_exit(const struct neutral_call *call)
{
    popcorn_leave_control_stack();
    return x86_64_call(call, call->a, 0, 0, 0, 0, 0);
}

/* Calls of which only some are refused arrive here to be carried out. */
long x86_64_translate_prctl(const struct neutral_call *call)
{
    return x86_64_call(call, call->a, call->b, call->c, call->d, call->e, 0);
}

long x86_64_translate_seccomp(const struct neutral_call *call)
{
    return x86_64_call(call, call->a, call->b, call->c, 0, 0, 0);
}

/* Refused before translation; a row keeps the table complete. */
long x86_64_translate_rseq(const struct neutral_call *call)
{
    (void)call;
    return -NEUTRAL_ENOSYS;
}

long x86_64_translate_clone3(const struct neutral_call *call)
{
    (void)call;
    return -NEUTRAL_ENOSYS;
}

long x86_64_translate_rt_sigreturn(const struct neutral_call *call)
{
    (void)call;
    return -NEUTRAL_ENOSYS;
}
