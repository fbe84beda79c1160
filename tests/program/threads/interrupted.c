/* Calls that wait, interrupted by a handler while their thread is away: each
 * fails with EINTR, unless it is one that SA_RESTART starts again. */
#define _GNU_SOURCE
#ifdef __popcorn__
#include <popcorn.h>
#else
#define popcorn_migrate(node) ((void)(node))
#endif
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "threads.h"

#define SIGNALS 5 /* that a call is started again after */
#define PATIENCE 2000

enum outcome { WAITS, FINISHED, INTERRUPTED };

static int empty[2], full[2], quiet[2], epoll;
static int messages, semaphores;
static mqd_t queue;
static char fifo[64], page[4096];
static sem_t semaphore;
static pid_t child;
static atomic_int entered, outcome, handled;

static void on_signal(int number)
{
    (void)number;
    handled++;
}

static void pause_ms(long ms)
{
    struct timespec request = {ms / 1000, ms % 1000 * 1000000};

    while (nanosleep(&request, &request) != 0) {
    }
}

static struct timespec in_1000_s(void)
{
    struct timespec until;

    CHECK(clock_gettime(CLOCK_REALTIME, &until) == 0);
    until.tv_sec += 1000;
    return until;
}

static long do_read(void)
{
    return read(empty[0], page, 1);
}
static long do_write(void)
{
    return write(full[1], page, sizeof page);
}
static long do_recv(void)
{
    return recv(quiet[0], page, 1, 0);
}
static long do_poll(void)
{
    struct pollfd wait = {empty[0], POLLIN, 0};
    return poll(&wait, 1, -1);
}
static long do_select(void)
{
    fd_set set;
    FD_ZERO(&set);
    FD_SET(empty[0], &set);
    return select(empty[0] + 1, &set, NULL, NULL, NULL);
}
static long do_epoll(void)
{
    struct epoll_event event;
    return epoll_wait(epoll, &event, 1, -1);
}
static long do_readv(void)
{
    struct iovec vector = {page, 1};
    return readv(empty[0], &vector, 1);
}
static long do_recvmsg(void)
{
    struct iovec vector = {page, 1};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1};
    return recvmsg(quiet[0], &message, 0);
}
static long do_recvmmsg(void)
{
    struct iovec vector = {page, 1};
    struct mmsghdr message = {.msg_hdr = {.msg_iov = &vector, .msg_iovlen = 1}};
    return recvmmsg(quiet[0], &message, 1, 0, NULL);
}
static long do_splice(void)
{
    return splice(empty[0], NULL, full[1], NULL, 1, 0);
}
static long do_open(void)
{
    int file = open(fifo, O_RDONLY);
    return file >= 0 ? close(file) : -1;
}
static long do_wait(void)
{
    return waitpid(child, NULL, 0);
}
static long do_sem_wait(void)
{
    return sem_wait(&semaphore);
}
static long do_sem_timedwait(void)
{
    struct timespec until = in_1000_s();
    return sem_timedwait(&semaphore, &until);
}
static long do_nanosleep(void)
{
    struct timespec request = {1000, 0}, rest = {0, 0};
    long result = nanosleep(&request, &rest);
    CHECK(result != -1 || (rest.tv_sec > 900 && rest.tv_sec < 1000));
    return result;
}
static long do_pause(void)
{
    return pause();
}
static long do_sigsuspend(void)
{
    sigset_t none;
    sigemptyset(&none);
    return sigsuspend(&none);
}
static long do_msgrcv(void)
{
    return msgrcv(messages, page, 8, 0, 0);
}
static long do_semop(void)
{
    struct sembuf down = {0, -1, 0};
    return semop(semaphores, &down, 1);
}
static long do_mq_receive(void)
{
    return queue == (mqd_t)-1 ? read(empty[0], page, 1)
                              : mq_receive(queue, page, sizeof page, NULL);
}

static void end_pipe(void)
{
    CHECK(write(empty[1], "x", 1) == 1);
}
static void end_socket(void)
{
    CHECK(write(quiet[1], "x", 1) == 1);
}
static void end_full(void)
{
    CHECK(read(full[0], page, sizeof page) == sizeof page);
}
static void end_splice(void)
{
    end_full();
    end_pipe();
}
static void end_open(void)
{
    close(open(fifo, O_WRONLY));
}
static void end_wait(void)
{
    CHECK(kill(child, SIGKILL) == 0);
}
static void end_sem(void)
{
    sem_post(&semaphore);
}
static void end_mq(void)
{
    if (queue == (mqd_t)-1) {
        end_pipe();
    } else {
        CHECK(mq_send(queue, "x", 1, 0) == 0);
    }
}

static const struct waiting {
    const char *name;
    long (*call)(void);
    void (*end)(void); /* NULL: SA_RESTART does not start it again */
} calls[] = {
    {"read", do_read, end_pipe},
    {"write", do_write, end_full},
    {"recv", do_recv, end_socket},
    {"readv", do_readv, end_pipe},
    {"recvmsg", do_recvmsg, end_socket},
    {"recvmmsg", do_recvmmsg, end_socket},
    {"splice", do_splice, end_splice},
    {"open", do_open, end_open},
    {"waitpid", do_wait, end_wait},
    {"sem_wait", do_sem_wait, end_sem},
    {"mq_receive", do_mq_receive, end_mq},
    {"poll", do_poll, NULL},
    {"select", do_select, NULL},
    {"epoll_wait", do_epoll, NULL},
    {"sem_timedwait", do_sem_timedwait, NULL},
    {"nanosleep", do_nanosleep, NULL},
    {"pause", do_pause, NULL},
    {"sigsuspend", do_sigsuspend, NULL},
    {"msgrcv", do_msgrcv, NULL},
    {"semop", do_semop, NULL},
};
enum { CALLS = sizeof calls / sizeof *calls };

static void *wait_away(void *argument)
{
    const struct waiting *one = argument;
    long result;

    popcorn_migrate(1);
    entered = 1;
    result = one->call();
    CHECK(result >= 0 || errno == EINTR);
    outcome = result >= 0 ? FINISHED : INTERRUPTED;
    return NULL;
}

static void interrupt(const struct waiting *one, int restarts)
{
    pthread_t thread;

    if (one->call == do_wait && (child = fork()) == 0) {
        for (;;) {
            pause();
        }
    }
    entered = outcome = 0;
    thread = start(wait_away, (void *)one);
    while (!entered) {
        pause_ms(1);
    }
    for (int i = 0; outcome == WAITS && i < (restarts ? SIGNALS : PATIENCE);
         i++) {
        int before = handled;

        pause_ms(5);
        CHECK(pthread_kill(thread, SIGUSR1) == 0);
        while (handled == before && outcome == WAITS) {
            pause_ms(1);
        }
    }
    CHECK(!restarts || outcome == WAITS);
    if (restarts) {
        one->end();
    }
    join(thread);
    printf("%s %s\n", one->name, outcome == FINISHED ? "went on" : "EINTR");
    if (one->call == do_wait && !restarts) {
        end_wait();
        CHECK(do_wait() == child);
    }
}

static void fill(int pipe_end)
{
    CHECK(fcntl(pipe_end, F_SETFL, O_NONBLOCK) == 0);
    while (write(pipe_end, page, sizeof page) > 0) {
    }
    CHECK(fcntl(pipe_end, F_SETFL, 0) == 0);
}

static void set_up(void)
{
    struct epoll_event event = {.events = EPOLLIN};

    CHECK(pipe(empty) == 0 && pipe(full) == 0);
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, quiet) == 0);
    epoll = epoll_create1(0);
    CHECK(epoll_ctl(epoll, EPOLL_CTL_ADD, empty[0], &event) == 0);
    messages = msgget(IPC_PRIVATE, IPC_CREAT | 0600);
    semaphores = semget(IPC_PRIVATE, 1, IPC_CREAT | 0600);
    CHECK(messages >= 0 && semaphores >= 0);
    snprintf(fifo, sizeof fifo, "/tmp/popcorn-interrupted-%d", (int)getpid());
    CHECK(mkfifo(fifo, 0600) == 0);
    queue = mq_open(fifo + 4, O_RDWR | O_CREAT, 0600,
                    &(struct mq_attr){.mq_maxmsg = 1, .mq_msgsize = 8});
    mq_unlink(fifo + 4); /* -1: the kernel or QEMU has none */
    sem_init(&semaphore, 0, 0);
    fill(full[1]);
}

int main(void)
{
    set_up();
    for (int restarts = 0; restarts < 2; restarts++) {
        struct sigaction action = {.sa_handler = on_signal,
                                   .sa_flags = restarts ? SA_RESTART : 0};

        CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
        for (int i = 0; i < CALLS; i++) {
            interrupt(&calls[i], restarts && calls[i].end != NULL);
        }
    }
    unlink(fifo);
    msgctl(messages, IPC_RMID, NULL);
    semctl(semaphores, 0, IPC_RMID);
    return 0;
}
