/* The raw cost under a remote page fault, hop by hop: a process that touches a
 * page, its handler (userfaultfd), and across a socket pair the one that has
 * the page. No directory, no states. A read brings 4 KiB, write-protected; a
 * write then asks for leave. Prints nanoseconds: median and p99.
 *
 *   popcorn-raw-faults COUNT block|spin|pinned
 *
 * spin: both servers look again and again, giving way. pinned: toucher and
 * handler share a processor and block, the third spins on another. */
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../sockets.h"
#include "../timing.h"

enum { PAGE = 4096, HEADER = 72, STEP = 7919 };

static void pin(int processor)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET(processor, &set);
    sched_setaffinity(0, sizeof set, &set);
}

/* The first byte of a request: contents are wanted. */
static _Noreturn void serve(int fd, int spin)
{
    static char bytes[HEADER + PAGE];

    while (receive(fd, bytes, HEADER, spin)) {
        send_all(fd, bytes, bytes[0] ? HEADER + PAGE : HEADER);
    }
    _exit(0);
}

static _Noreturn void handle(int faults, int fd, int spin)
{
    static char bytes[HEADER + PAGE];
    struct uffd_msg event;

    fcntl(faults, F_SETFL, spin ? O_NONBLOCK : 0);
    for (;;) {
        uint64_t page;
        if (read(faults, &event, sizeof event) != sizeof event) {
            sched_yield();
            continue;
        }
        page = event.arg.pagefault.address & ~(uint64_t)(PAGE - 1);
        bytes[0] = !(event.arg.pagefault.flags & UFFD_PAGEFAULT_FLAG_WP);
        send_all(fd, bytes, HEADER);
        if (!receive(fd, bytes, bytes[0] ? HEADER + PAGE : HEADER, spin)) {
            _exit(0);
        }
        if (bytes[0]) {
            struct uffdio_copy copy = {.dst = page,
                                       .src = (uint64_t)(bytes + HEADER),
                                       .len = PAGE,
                                       .mode = UFFDIO_COPY_MODE_WP};
            ioctl(faults, UFFDIO_COPY, &copy);
        } else {
            struct uffdio_writeprotect protect = {.range = {page, PAGE}};
            ioctl(faults, UFFDIO_WRITEPROTECT, &protect);
        }
    }
}

static char *registered(int faults, size_t size_bytes)
{
    struct uffdio_api api = {.api = UFFD_API,
                             .features = UFFD_FEATURE_MISSING_SHMEM |
                                         UFFD_FEATURE_WP_HUGETLBFS_SHMEM};
    char *pages = mmap(NULL, size_bytes, PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct uffdio_register range = {.range = {(uint64_t)pages, size_bytes},
                                    .mode = UFFDIO_REGISTER_MODE_MISSING |
                                            UFFDIO_REGISTER_MODE_WP};

    if (faults < 0 || pages == MAP_FAILED || ioctl(faults, UFFDIO_API, &api) ||
        ioctl(faults, UFFDIO_REGISTER, &range)) {
        die("userfaultfd");
    }
    return pages;
}

static void touch(const char *name, volatile char *pages, long count, int write)
{
    long *ns = calloc((size_t)count, sizeof *ns);

    for (long i = 0; ns != NULL && i < count; i++) {
        volatile char *page = pages + (i * STEP & (count - 1)) * PAGE;
        long start = now_ns();
        if (write) {
            *page = 1;
        } else {
            (void)*page;
        }
        ns[i] = now_ns() - start;
    }
    report(name, ns, count);
    free(ns);
}

int main(int argc, char **argv)
{
    long count = argc > 1 ? atol(argv[1]) : 1024;
    int spin = argc > 2 && strcmp(argv[2], "spin") == 0;
    int pinned = argc > 2 && strcmp(argv[2], "pinned") == 0;
    int faults = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
    pid_t server, handler;
    int pair[2];
    char *pages;

    while ((count & (count - 1)) != 0) {
        count &= count - 1; /* a power of two: STEP visits each page once */
    }
    pages = registered(faults, (size_t)count * PAGE);
    unix_pair(pair);
    server = fork();
    if (server == 0) {
        close(pair[0]);
        if (pinned) {
            pin(1);
        }
        serve(pair[1], spin || pinned);
    }
    close(pair[1]);
    if (pinned) {
        pin(0);
    }
    handler = fork();
    if (handler == 0) {
        handle(faults, pair[0], spin);
    }
    close(pair[0]);
    touch("raw-read-fault", pages, count, 0);
    touch("raw-write-upgrade", pages, count, 1);
    kill(handler, SIGKILL);
    waitpid(handler, NULL, 0);
    waitpid(server, NULL, 0);
    return 0;
}
