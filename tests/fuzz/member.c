/* See member.h. The process is forked before the engine has threads. */
#include "tests/fuzz/member.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/dsm/space.h"
#include "tests/fuzz/compact.h"

enum { STOCK = 32, STOCK_FIRST = 64 /* descriptors from there on */ };

union control {
    struct cmsghdr header;
    char room[CMSG_SPACE(STOCK * sizeof(int))];
};

static const union control control_header = {
    .header = {.cmsg_level = SOL_SOCKET,
               .cmsg_type = SCM_RIGHTS,
               .cmsg_len = CMSG_LEN(STOCK * sizeof(int))}};

struct touch {
    uint64_t address;
    uint64_t write;
};

static int desk[2];                  /* orders to the process */
static int order[MEMBER_THREADS][2]; /* to its threads */
static int busy[MEMBER_THREADS];
static uint32_t ids[MEMBER_THREADS];
static int stock[STOCK]; /* userfaultfds that nobody has used yet */
static int stocked;

/* --- in the process --- */

/* The addresses are not the sanitizer's to look up. */
__attribute__((no_sanitize("address", "undefined"))) static void
touch(const struct touch *wanted)
{
    volatile uint8_t *byte = (volatile uint8_t *)(uintptr_t)wanted->address;

    if (wanted->write) {
        *byte = 'w';
    } else {
        (void)*byte;
    }
}

static void *touch_for_ever(void *context)
{
    const int end = *(const int *)context;
    uint32_t id = (uint32_t)syscall(SYS_gettid);
    struct touch wanted;

    while (write(end, &id, sizeof id) == sizeof id &&
           read(end, &wanted, sizeof wanted) == sizeof wanted) {
        touch(&wanted);
    }
    _exit(0);
}

static void map(uint64_t address, uint64_t size_bytes, int file,
                uint64_t offset)
{
    void *wanted = (void *)(uintptr_t)address; /* the sanitizer's own, unused */

    MUST(mmap(wanted, size_bytes, PROT_READ | PROT_WRITE,
              MAP_SHARED | MAP_FIXED, file, (off_t)offset) == wanted);
}

static int make_userfault(void)
{
    struct uffdio_api api = {.api = UFFD_API,
                             .features = POPCORN_UFFD_FEATURES};
    int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

    return fd >= 0 && ioctl(fd, UFFDIO_API, &api) == 0 ? fd : -1;
}

/* STOCK userfaultfds go out of `end`, with a byte that says whether they do. */
static void send_userfaults(int end)
{
    union control control = control_header;
    uint8_t good = 1;
    struct iovec vector = {&good, 1};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1};
    int fds[STOCK];

    for (int i = 0; i < STOCK; i++) {
        fds[i] = make_userfault();
        good &= fds[i] >= 0;
    }
    memcpy(CMSG_DATA(&control.header), fds, sizeof fds);
    if (good) {
        message.msg_control = &control;
        message.msg_controllen = sizeof control;
    }
    if (sendmsg(end, &message, 0) != 1) {
        _exit(1);
    }
    for (int i = 0; i < STOCK; i++) {
        close(fds[i]);
    }
}

static _Noreturn void run(int memory_file)
{
    pthread_t thread;
    char byte;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    map(COMPACT_SHARED_START, MEMBER_SHARED_PAGES * POPCORN_PAGE_SIZE,
        memory_file, 0);
    map(POPCORN_ARENA_BASE, MEMBER_ARENA_PAGES * POPCORN_PAGE_SIZE, memory_file,
        POPCORN_ARENA_FILE_OFFSET);
    for (unsigned i = 0; i < MEMBER_THREADS; i++) {
        MUST(pthread_create(&thread, NULL, touch_for_ever, &order[i][1]) == 0);
    }
    while (read(desk[1], &byte, 1) == 1) {
        send_userfaults(desk[1]);
    }
    _exit(0);
}

/* --- in the fuzzer --- */

static void pair(int ends[2])
{
    MUST(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
}

void member_begin(int memory_file)
{
    pair(desk);
    for (unsigned i = 0; i < MEMBER_THREADS; i++) {
        pair(order[i]);
    }
    if (fork() == 0) {
        run(memory_file);
    }
    close(desk[1]);
    for (unsigned i = 0; i < MEMBER_THREADS; i++) {
        close(order[i][1]);
        MUST(read(order[i][0], &ids[i], sizeof ids[i]) == sizeof ids[i]);
    }
    close(member_userfault());
}

uint32_t member_id(unsigned thread)
{
    return ids[thread];
}

/* Many at a time: the other process has to run for it. */
static void fill_stock(void)
{
    union control control;
    uint8_t good = 0;
    struct iovec vector = {&good, 1};
    struct msghdr message = {.msg_iov = &vector,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    int fds[STOCK];

    MUST(write(desk[0], "U", 1) == 1);
    MUST(TEMP_FAILURE_RETRY(recvmsg(desk[0], &message, MSG_CMSG_CLOEXEC)) == 1);
    if (!good) {
        fuzz_skip("no permission for userfaultfd");
    }
    memcpy(fds, CMSG_DATA(&control.header), sizeof fds);
    for (stocked = 0; stocked < STOCK; stocked++) {
        stock[stocked] = fcntl(fds[stocked], F_DUPFD_CLOEXEC, STOCK_FIRST);
        MUST(stock[stocked] >= 0 && close(fds[stocked]) == 0);
    }
}

int member_userfault(void)
{
    int fd;

    if (stocked == 0) {
        fill_stock();
    }
    stocked--;
    fd = dup(stock[stocked]);
    MUST(fd >= 0 && close(stock[stocked]) == 0);
    return fd;
}

/* The engine's timer interrupts what waits. */
static void wait_done(unsigned thread)
{
    uint32_t id;

    MUST(TEMP_FAILURE_RETRY(read(order[thread][0], &id, sizeof id)) ==
         sizeof id);
}

void member_touch(unsigned thread, uint64_t address, int write_it,
                  int userfault)
{
    const struct touch wanted = {address, (uint64_t)write_it};
    struct pollfd ends[] = {{.fd = order[thread][0], .events = POLLIN},
                            {.fd = userfault, .events = POLLIN}};
    uint32_t id;

    if (busy[thread] &&
        recv(order[thread][0], &id, sizeof id, MSG_DONTWAIT) < 0) {
        return;
    }
    MUST(send(order[thread][0], &wanted, sizeof wanted, 0) ==
         (ssize_t)sizeof wanted);
    MUST(TEMP_FAILURE_RETRY(poll(ends, 2, -1)) > 0);
    busy[thread] = ends[0].revents == 0;
    if (!busy[thread]) {
        wait_done(thread);
    }
}

void member_settle(void)
{
    for (unsigned i = 0; i < MEMBER_THREADS; i++) {
        if (busy[i]) {
            wait_done(i);
        }
        busy[i] = 0;
    }
}
