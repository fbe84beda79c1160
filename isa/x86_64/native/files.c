/* Neutral kernel ABI on x86-64: open flags, struct stat, epoll events. */
#include "isa/neutral/structs.h"
#include "isa/x86_64/native/syscall.h"

#define X86_64_O_DIRECT 040000u
#define X86_64_O_LARGEFILE 0100000u
#define X86_64_O_DIRECTORY 0200000u
#define X86_64_O_NOFOLLOW 0400000u

/* Old loop-device calls, whose structure has the kernel's own dev_t. */
#define LOOP_SET_STATUS 0x4c02
#define LOOP_GET_STATUS 0x4c03

static const struct {
    uint32_t neutral, x86_64;
} open_flags[] = {
    {NEUTRAL_O_DIRECTORY, X86_64_O_DIRECTORY},
    {NEUTRAL_O_NOFOLLOW, X86_64_O_NOFOLLOW},
    {NEUTRAL_O_DIRECT, X86_64_O_DIRECT},
    {NEUTRAL_O_LARGEFILE, X86_64_O_LARGEFILE},
};
#define OPEN_FLAG_COUNT (sizeof open_flags / sizeof open_flags[0])
#define DIFFERING_OPEN_FLAGS 0740000ul

static long flags_in(long neutral)
{
    unsigned long flags = (unsigned long)neutral & ~DIFFERING_OPEN_FLAGS;

    for (unsigned i = 0; i < OPEN_FLAG_COUNT; i++) {
        if ((unsigned long)neutral & open_flags[i].neutral) {
            flags |= open_flags[i].x86_64;
        }
    }
    return (long)flags;
}

static long flags_out(long x86_64)
{
    unsigned long flags = (unsigned long)x86_64 & ~DIFFERING_OPEN_FLAGS;

    for (unsigned i = 0; i < OPEN_FLAG_COUNT; i++) {
        if ((unsigned long)x86_64 & open_flags[i].x86_64) {
            flags |= open_flags[i].neutral;
        }
    }
    return (long)flags;
}

long x86_64_translate_openat(const struct neutral_call *call)
{
    return x86_64_call(call, call->a, call->b, flags_in(call->c), call->d, 0,
                       0);
}

long x86_64_translate_open_by_handle_at(const struct neutral_call *call)
{
    return x86_64_call(call, call->a, call->b, flags_in(call->c), 0, 0, 0);
}

long x86_64_translate_mq_open(const struct neutral_call *call)
{
    return x86_64_call(call, call->a, flags_in(call->b), call->c, call->d, 0,
                       0);
}

long x86_64_translate_fanotify_init(const struct neutral_call *call)
{
    return x86_64_call(call, call->a, flags_in(call->b), 0, 0, 0, 0);
}

long x86_64_translate_pipe2(const struct neutral_call *call)
{
    return x86_64_call(call, call->a, flags_in(call->b), 0, 0, 0, 0);
}

/* struct open_how: a later kernel's may be longer; what it holds is unknown
 * here, so a longer one is refused as an older kernel would. */
long x86_64_translate_openat2(const struct neutral_call *call)
{
    uint64_t how[3] = {0};
    long result;

    if ((uint64_t)call->d > sizeof how) {
        return -NEUTRAL_E2BIG;
    }
    result = x86_64_from_user(how, call->c, (uint64_t)call->d);
    if (result < 0) {
        return result;
    }
    how[0] = (uint64_t)flags_in((long)how[0]);
    return x86_64_call(call, call->a, call->b, (long)(uintptr_t)how, call->d, 0,
                       0);
}

long x86_64_translate_fcntl(const struct neutral_call *call)
{
    long argument =
        (int)call->b == NEUTRAL_F_SETFL ? flags_in(call->c) : call->c;
    long result = x86_64_call(call, call->a, call->b, argument, 0, 0, 0);

    return (int)call->b == NEUTRAL_F_GETFL && result >= 0 ? flags_out(result)
                                                          : result;
}

long x86_64_translate_ioctl(const struct neutral_call *call)
{
    int request = (int)call->b;

    if (request == LOOP_SET_STATUS || request == LOOP_GET_STATUS) {
        return -NEUTRAL_EINVAL; /* callers have LOOP_*_STATUS64 */
    }
    return x86_64_call(call, call->a, call->b, call->c, 0, 0, 0);
}

struct x86_64_stat {
    uint64_t dev, ino, nlink;
    uint32_t mode, uid, gid, pad;
    uint64_t rdev;
    int64_t size, blksize, blocks;
    uint64_t times[6];
    int64_t unused[3];
};
_Static_assert(sizeof(struct x86_64_stat) == 144, "kernel struct stat");

static long stat_out(const struct x86_64_stat *from, long user)
{
    struct neutral_stat to = {
        .dev = from->dev,
        .ino = from->ino,
        .mode = from->mode,
        .nlink = (uint32_t)from->nlink,
        .uid = from->uid,
        .gid = from->gid,
        .rdev = from->rdev,
        .size = from->size,
        .blksize = (int32_t)from->blksize,
        .blocks = from->blocks,
    };

    for (unsigned i = 0; i < 6; i++) {
        to.times[i] = from->times[i];
    }
    return x86_64_to_user(user, &to, sizeof to);
}

long x86_64_translate_fstat(const struct neutral_call *call)
{
    struct x86_64_stat stat;
    long result =
        x86_64_call(call, call->a, (long)(uintptr_t)&stat, 0, 0, 0, 0);

    return result < 0 ? result : stat_out(&stat, call->b);
}

long x86_64_translate_newfstatat(const struct neutral_call *call)
{
    struct x86_64_stat stat;
    long result = x86_64_call(call, call->a, call->b, (long)(uintptr_t)&stat,
                              call->d, 0, 0);

    return result < 0 ? result : stat_out(&stat, call->c);
}

struct x86_64_epoll_event {
    uint32_t events;
    uint64_t data;
} __attribute__((packed));

long x86_64_translate_epoll_ctl(const struct neutral_call *call)
{
    struct neutral_epoll_event neutral;
    struct x86_64_epoll_event event;
    long result;

    if (call->d == 0) {
        return x86_64_call(call, call->a, call->b, call->c, 0, 0, 0);
    }
    result = x86_64_from_user(&neutral, call->d, sizeof neutral);
    if (result < 0) {
        return result;
    }
    event.events = neutral.events;
    event.data = neutral.data;
    return x86_64_call(call, call->a, call->b, call->c, (long)(uintptr_t)&event,
                       0, 0);
}

/* The kernel fills the front of the program's array with its shorter records;
 * they are widened from the last to the first. */
static long epoll_wait(const struct neutral_call *call)
{
    struct neutral_epoll_event *neutral =
        (struct neutral_epoll_event *)(uintptr_t)call->b;
    const struct x86_64_epoll_event *packed =
        (const struct x86_64_epoll_event *)(uintptr_t)call->b;
    long count =
        x86_64_call(call, call->a, call->b, call->c, call->d, call->e, call->f);

    for (long i = count - 1; i >= 0; i--) {
        struct x86_64_epoll_event event = packed[i];

        neutral[i].events = event.events;
        neutral[i].data = event.data;
    }
    return count;
}

long x86_64_translate_epoll_pwait(const struct neutral_call *call)
{
    return epoll_wait(call);
}

long x86_64_translate_epoll_pwait2(const struct neutral_call *call)
{
    return epoll_wait(call);
}
