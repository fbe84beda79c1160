/* System calls of several threads: a blocked one does not hold up another's;
 * memory mapped by one is another's too; files, pipes, sockets and epoll. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "threads.h"

static int question[2], answer[2];

static void *blocked_reader(void *unused)
{
    char text[32] = "";
    ssize_t count;

    (void)unused;
    count = read(question[0], text, sizeof text - 1);
    return count == 5 && strcmp(text, "hello") == 0 ? "read" : "wrong";
}

static void *busy(void *unused)
{
    struct timespec pause = {0, 1000000};
    static char text[40];

    (void)unused;
    for (int i = 0; i < 20; i++) {
        nanosleep(&pause, NULL);
        snprintf(text, sizeof text, "%d calls while another waited", i + 1);
    }
    CHECK(write(question[1], "hello", 5) == 5);
    return text;
}

static void test_blocked(void)
{
    pthread_t reader, other;

    CHECK(pipe(question) == 0);
    reader = start(blocked_reader, NULL);
    other = start(busy, NULL);
    puts(join(other));
    puts(join(reader));
}

/* Maps, fills, and gives away; the others read, change and unmap. */
static void *map(void *argument)
{
    size_t size = (size_t)(intptr_t)argument * 4096;
    unsigned char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    CHECK(memory != MAP_FAILED);
    for (size_t i = 0; i < size; i += 512) {
        CHECK(memory[i] == 0);
        memory[i] = (unsigned char)(i / 512);
    }
    return memory;
}

static void *use_and_unmap(void *argument)
{
    unsigned char *memory = argument;
    long sum = 0;

    for (size_t i = 0; i < 20 * 4096; i += 512) {
        sum += memory[i];
    }
    CHECK(munmap(memory, 20 * 4096) == 0);
    return (void *)(intptr_t)sum;
}

static void test_memory(void)
{
    long sum = 0;
    unsigned char *again, *grown;

    for (int i = 0; i < 6; i++) {
        void *memory = join(start(map, (void *)20));
        sum += (long)(intptr_t)join(start(use_and_unmap, memory));
    }
    printf("mapped: %ld\n", sum);
    again = join(start(map, (void *)4));
    grown = mremap(again, 4 * 4096, 64 * 4096, MREMAP_MAYMOVE);
    CHECK(grown != MAP_FAILED && grown[512 * 9] == 9 && grown[5 * 4096] == 0);
    CHECK(mprotect(grown, 4096, PROT_READ) == 0);
    CHECK(read(question[0], grown, 0) == 0);
    CHECK(madvise(grown + 4096, 4096, MADV_DONTNEED) == 0);
    CHECK(grown[4096 + 512] == 0 && grown[2 * 4096 + 512] == 17);
    CHECK(munmap(grown, 64 * 4096) == 0);
}

static void *echo(void *argument)
{
    int fd = (int)(intptr_t)argument;
    char text[64];
    ssize_t count;

    while ((count = read(fd, text, sizeof text)) > 0) {
        for (ssize_t i = 0; i < count; i++) {
            text[i] ^= 0x20;
        }
        CHECK(write(fd, text, (size_t)count) == count);
    }
    close(fd);
    return NULL;
}

static void test_epoll(void)
{
    int poller = epoll_create1(0), ends[4][2], done = 0;
    pthread_t threads[4];
    char text[8] = "";

    for (int i = 0; i < 4; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)i};
        CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends[i]) == 0);
        CHECK(epoll_ctl(poller, EPOLL_CTL_ADD, ends[i][0], &event) == 0);
        threads[i] = start(echo, (void *)(intptr_t)ends[i][1]);
        CHECK(write(ends[i][0], "a", 1) == 1);
    }
    while (done < 40) {
        struct epoll_event event;
        int i;
        CHECK(epoll_wait(poller, &event, 1, 10000) == 1);
        i = (int)event.data.u32;
        CHECK(read(ends[i][0], text, sizeof text) == 1);
        CHECK(text[0] == 'A' || text[0] == 'a');
        CHECK(write(ends[i][0], text, 1) == 1);
        done++;
    }
    for (int i = 0; i < 4; i++) {
        shutdown(ends[i][0], SHUT_WR);
        while (read(ends[i][0], text, sizeof text) > 0) {
        }
        join(threads[i]);
        close(ends[i][0]);
    }
    close(poller);
    printf("epoll: %d\n", done);
}

static pid_t main_tid;

static void *identity(void *unused)
{
    (void)unused;
    CHECK(getpid() == main_tid && gettid() != main_tid);
    CHECK(syscall(SYS_gettid) == gettid());
    return NULL;
}

/* A child made by a thread that is not the first one. */
static void *fork_and_wait(void *argument)
{
    int status;
    pid_t child;

    fflush(stdout);
    child = fork();
    if (child == 0) {
        _exit(argument == (void *)3 ? 3 : 4);
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    printf("child: %d\n", WEXITSTATUS(status));
    fflush(stdout);
    child = fork();
    if (child == 0) {
        execl("/bin/echo", "echo", "from exec", (char *)NULL);
        _exit(127);
    }
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    return NULL;
}

int main(void)
{
    main_tid = gettid();
    CHECK(getpid() == main_tid && pipe(answer) == 0);
    test_blocked();
    test_memory();
    test_epoll();
    join(start(identity, NULL));
    join(start(fork_and_wait, (void *)3));
    return 0;
}
