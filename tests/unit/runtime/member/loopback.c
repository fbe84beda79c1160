/* Runs a program's members against a real socket and real shared memory, with
 * no page protocol: all members map one memfd, so memory is coherent by itself
 * and the member side of the runtime can be tested alone.
 *
 *   loopback [options] --home IMAGE [--remote IMAGE] -- ARGS...
 *
 * Without --remote every move comes back to the home member.  An image of
 * another ISA runs under QEMU user mode.  Options make the agent misbehave in
 * named ways, so that what the member does then can be tested.  A line of
 * counts goes to standard error at the end; the exit status is the home
 * member's (128 + signal if one ended it).
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "runtime/base/layout.h"
#include "runtime/base/node_page.h"
#include "runtime/message/message.h"
#include "runtime/stack/pts.h"

#define NODES 2

struct node {
    const char *image;
    int socket;
    pid_t pid;
    struct popcorn_node_page *page;
};

static struct node nodes[NODES];
static int node_count;
static int memory;
static unsigned long bounce, limit, refuse_each, corrupt_each, request_ms;
static unsigned long close_after, close_at_start, die_after;
static int quiet_userfault = 1;
static int thread_node;
static int state_is_damaged; /* the one on its way */
static unsigned long departs, arrivals, refusals, declines, calls, drops,
    recalls;

static void fail(const char *what)
{
    perror(what);
    exit(99);
}

static int elf_machine(const char *image)
{
    Elf64_Ehdr header;
    int file = open(image, O_RDONLY | O_CLOEXEC);

    if (file < 0 || read(file, &header, sizeof header) != sizeof header ||
        memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) {
        fail(image);
    }
    close(file);
    return header.e_machine;
}

static struct popcorn_node_page *make_page(int id, int *file)
{
    struct popcorn_node_page *page;

    *file = memfd_create("node page", 0);
    if (*file < 0 || ftruncate(*file, POPCORN_SEGMENT_ALIGN) != 0) {
        fail("node page");
    }
    page = mmap(NULL, POPCORN_SEGMENT_ALIGN, PROT_READ | PROT_WRITE, MAP_SHARED,
                *file, 0);
    if (page == MAP_FAILED) {
        fail("node page");
    }
    page->magic = POPCORN_NODE_PAGE_MAGIC;
    page->node_id = (uint32_t)id;
    page->node_count = NODES;
    page->bounce_every = bounce;
    page->bounce_limit = limit;
    page->poll_word = bounce != 0;
    for (int i = 0; i < NODES; i++) {
        const char *image = nodes[i].image ? nodes[i].image : nodes[0].image;
        strcpy(page->isa[i],
               elf_machine(image) == EM_X86_64 ? "x86_64" : "aarch64");
    }
    return page;
}

static void start_member(int id, char **arguments)
{
    struct node *node = &nodes[id];
    char variable[80];
    int pair[2];
    int page_file;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
        fail("socketpair");
    }
    node->page = make_page(id, &page_file);
    node->socket = pair[0];
    snprintf(variable, sizeof variable, "%d,%s,%d,%d,%d", pair[1],
             id == 0 ? "home" : "remote", page_file, memory, !quiet_userfault);
    node->pid = fork();
    if (node->pid == 0) {
        fcntl(pair[1], F_SETFD, 0);
        setenv("POPCORN_MEMBER", variable, 1);
        if (elf_machine(node->image) == EM_AARCH64) {
            char *words[256] = {"qemu-aarch64", "-0", arguments[0],
                                (char *)node->image};
            for (int i = 1; arguments[i] != NULL && i < 240; i++) {
                words[3 + i] = arguments[i];
            }
            execvp(words[0], words);
        } else {
            execv(node->image, arguments);
        }
        fail(node->image);
    }
    close(pair[1]);
    close(page_file);
}

static int read_all(int file, void *bytes, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t got = read(file, (char *)bytes + done, size - done);
        if (got <= 0) {
            return -1;
        }
        done += (size_t)got;
    }
    return 0;
}

static void send_to(int id, const struct popcorn_message *message,
                    const void *payload)
{
    size_t size = sizeof *message + message->length;
    char *bytes = malloc(size);

    memcpy(bytes, message, sizeof *message);
    memcpy(bytes + sizeof *message, payload, message->length);
    for (size_t done = 0; done < size;) {
        ssize_t sent =
            send(nodes[id].socket, bytes + done, size - done, MSG_NOSIGNAL);
        if (sent <= 0) {
            break;
        }
        done += (size_t)sent;
    }
    free(bytes);
}

static void acknowledge(int id, struct popcorn_message *message, uint16_t type)
{
    message->type = type;
    message->length = 0;
    send_to(id, message, "");
}

static void refuse(int id, struct popcorn_message *message)
{
    static const char text[] = "the test refuses\x1b[31m this\nmove";

    message->type = POPCORN_THREAD_REFUSED;
    message->arg[0] = POPCORN_DECLINE_NODE_DIED;
    message->length = sizeof text - 1;
    send_to(id, message, text);
    refusals++;
}

/* As popcorn_depart() does, so that what the checksum covers is reached. */
static void seal(struct popcorn_message *message, char *payload)
{
    struct pts_header header;

    if (message->length < sizeof header) {
        return;
    }
    memcpy(&header, payload, sizeof header);
    if (header.frame_bytes == message->length - sizeof header) {
        header.checksum = pts_checksum(&header, payload + sizeof header);
        memcpy(payload, &header, sizeof header);
    }
}

/* Each kind of damage that can be seen in a portable thread state with a right
 * checksum, in turn with one anywhere that only the checksum shows. */
static void damage(struct popcorn_message *message, char *payload,
                   unsigned long turn)
{
    static const struct {
        unsigned at;
        unsigned char bits;
    } flips[] = {{8, 0x40},               /* program id */
                 {39, 1},                 /* its last byte */
                 {0, 1},                  /* magic */
                 {4, 2},                  /* version */
                 {6, 8},                  /* header bytes */
                 {62, 0x10},              /* TLS block */
                 {64, 8},                 /* frame bytes */
                 {71, 0x80}, {72, 1},     /* frames */
                 {75, 0x80}, {147, 0x40}, /* call site of the outermost frame */
                 {148, 1},                /* its value count */
                 {150, 1}};               /* what must be zero */
    static const unsigned cuts[] = {0, 1, 8, 9, 40, 144, 145};
    enum {
        FLIPS = sizeof flips / sizeof *flips,
        CUTS = sizeof cuts / sizeof *cuts
    };

    if (turn % 2 == 0) {
        payload[turn * 0x9e3779b9u % message->length] ^=
            (char)(1 << turn / 2 % 8);
        return;
    }
    turn = turn / 2 % (FLIPS + CUTS);
    if (turn < FLIPS) {
        payload[flips[turn].at] ^= (char)flips[turn].bits;
    } else if (turn - FLIPS < CUTS / 2) {
        message->length = cuts[turn - FLIPS]; /* the beginning only */
    } else {
        message->length -=
            cuts[turn - FLIPS] < message->length ? cuts[turn - FLIPS] : 1;
    }
    seal(message, payload);
}

static void depart(int id, struct popcorn_message *message, char *payload)
{
    int target = node_count == 1 ? 0 : (int)message->target_node;

    departs++;
    if (close_after != 0 && departs >= close_after) {
        for (int i = 0; i < node_count; i++) {
            close(nodes[i].socket);
            nodes[i].socket = -1;
        }
        return;
    }
    if (die_after != 0 && departs >= die_after) {
        message->type = POPCORN_DIE;
        message->arg[0] = SIGSEGV;
        message->length = 0;
        send_to(0, message, payload);
        return;
    }
    if (refuse_each != 0 && departs % refuse_each == 0) {
        refuse(id, message);
        return;
    }
    if (corrupt_each != 0 && departs % corrupt_each == 0) {
        damage(message, payload, departs / corrupt_each);
        state_is_damaged = 1;
    }
    message->type = POPCORN_THREAD_ARRIVE;
    message->source_node = (uint16_t)id;
    send_to(target, message, payload);
    thread_node = target;
}

/* The first byte of a message, with the descriptor it may carry: the stream of
 * a desk, which is kept and never used. */
static int read_first(int file, void *byte)
{
    char control[CMSG_SPACE(sizeof(int))];
    struct iovec vector = {byte, 1};
    struct msghdr header = {.msg_iov = &vector,
                            .msg_iovlen = 1,
                            .msg_control = control,
                            .msg_controllen = sizeof control};

    return recvmsg(file, &header, MSG_CMSG_CLOEXEC) == 1 ? 0 : -1;
}

/* As an agent does: the range reads as zeros from now on. */
static void drop(uint64_t start, uint64_t end)
{
    if (fallocate(
            memory, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
            (off_t)(start - POPCORN_ARENA_BASE + POPCORN_ARENA_FILE_OFFSET),
            (off_t)(end - start)) != 0) {
        fail("fallocate");
    }
}

/* 0: the program ended */
static int serve(int id)
{
    struct popcorn_message message;
    char *payload;

    if (read_first(nodes[id].socket, &message) != 0) {
        return 0;
    }
    if (*(char *)&message == 'U' && !quiet_userfault) {
        quiet_userfault = 1; /* the descriptor itself is not needed here */
        return 1;
    }
    if (read_all(nodes[id].socket, (char *)&message + 1, sizeof message - 1) !=
            0 ||
        message.magic != POPCORN_MESSAGE_MAGIC) {
        fprintf(stderr, "loopback: bad message from node %d\n", id);
        return 0;
    }
    payload = malloc(message.length + 1);
    if (read_all(nodes[id].socket, payload, message.length) != 0) {
        return 0;
    }
    switch (message.type) {
    case POPCORN_THREAD_DEPART:
        depart(id, &message, payload);
        break;
    case POPCORN_THREAD_RESUMED:
        if (state_is_damaged) {
            fprintf(stderr, "loopback: a damaged state was taken\n");
            exit(99);
        }
        arrivals++;
        break;
    case POPCORN_THREAD_REFUSED:
        refusals++;
        state_is_damaged = 0;
        thread_node = node_count == 1 ? 0 : (int)message.target_node;
        send_to(thread_node, &message, payload);
        break;
    case POPCORN_SYSCALL:
        calls++;
        message.source_node = (uint16_t)id;
        send_to(0, &message, payload);
        break;
    case POPCORN_SYSCALL_REPLY:
        send_to((int)message.target_node, &message, payload);
        break;
    case POPCORN_SIGNAL:
        if (thread_node > 0) {
            nodes[thread_node].page->thread[0].signals = 1;
            nodes[thread_node].page->poll_word = 1;
        }
        break;
    case POPCORN_ARENA_GROWN:
        acknowledge(id, &message, POPCORN_ARENA_GROWN_ACK);
        break;
    case POPCORN_RANGE_PROTECT:
        acknowledge(id, &message, POPCORN_RANGE_PROTECT_ACK);
        break;
    case POPCORN_CPU_TIME:
        acknowledge(id, &message, POPCORN_CPU_TIME_ACK);
        break;
    case POPCORN_RANGE_DROP:
        drops++;
        drop(message.arg[0], message.arg[1]);
        acknowledge(id, &message, POPCORN_RANGE_DROP_ACK);
        break;
    case POPCORN_RECALL_ALL:
        recalls++;
        acknowledge(id, &message, POPCORN_RECALL_ALL_ACK);
        break;
    case POPCORN_EXIT:
        acknowledge(id, &message, POPCORN_EXIT_ACK);
        break;
    case POPCORN_DECLINED:
        declines++;
        break;
    case POPCORN_THREAD_OPEN:
        break; /* the desk's: one thread needs none */
    case POPCORN_MEMBER_READY:
        if (close_at_start != 0 && id == 0) {
            close(nodes[0].socket);
            nodes[0].socket = -1;
        }
        break;
    default:
        fprintf(stderr, "loopback: unexpected message %u\n", message.type);
        free(payload);
        return 0;
    }
    free(payload);
    return 1;
}

/* Asks the thread to go to the other node, wherever it is. */
static void request(void)
{
    struct popcorn_node_page *page = nodes[thread_node].page;
    int target = node_count == 1 ? 1 : !thread_node;

    __atomic_store_n(&page->thread[0].request_node, (uint32_t)target + 1,
                     __ATOMIC_RELAXED);
    __atomic_store_n(&page->poll_word, 1, __ATOMIC_RELEASE);
}

static void serve_all(void)
{
    for (;;) {
        struct pollfd wait[NODES];
        int ready;

        for (int i = 0; i < NODES; i++) {
            wait[i].fd = i < node_count ? nodes[i].socket : -1;
            wait[i].events = POLLIN;
            wait[i].revents = 0;
        }
        ready = poll(wait, NODES, request_ms != 0 ? (int)request_ms : 1000);
        if (ready == 0 && request_ms != 0) {
            request();
        }
        for (int i = 0; i < node_count; i++) {
            if (wait[i].revents != 0 && !serve(i)) {
                return;
            }
        }
        if (nodes[0].socket < 0) {
            return;
        }
    }
}

static unsigned long number(const char *text)
{
    return text == NULL ? 0 : strtoul(text, NULL, 0);
}

static char **parse(char **word)
{
    for (; *word != NULL; word += 2) {
        if (strcmp(*word, "--") == 0) {
            return word + 1;
        }
        if (strcmp(*word, "--home") == 0) {
            nodes[0].image = word[1];
        } else if (strcmp(*word, "--remote") == 0) {
            nodes[1].image = word[1];
        } else if (strcmp(*word, "--bounce") == 0) {
            bounce = number(word[1]);
        } else if (strcmp(*word, "--limit") == 0) {
            limit = number(word[1]);
        } else if (strcmp(*word, "--refuse-each") == 0) {
            refuse_each = number(word[1]);
        } else if (strcmp(*word, "--corrupt-each") == 0) {
            corrupt_each = number(word[1]);
        } else if (strcmp(*word, "--request-ms") == 0) {
            request_ms = number(word[1]);
        } else if (strcmp(*word, "--close-after") == 0) {
            close_after = number(word[1]);
        } else if (strcmp(*word, "--close-at-start") == 0) {
            close_at_start = number(word[1]);
        } else if (strcmp(*word, "--die-after") == 0) {
            die_after = number(word[1]);
        } else if (strcmp(*word, "--userfault") == 0) {
            quiet_userfault = number(word[1]) == 0;
        } else {
            break;
        }
    }
    fprintf(stderr, "loopback: bad usage; see the top of loopback.c\n");
    exit(99);
}

int main(int argc, char **argv)
{
    char **arguments = parse(argv + 1);
    int status;

    (void)argc;
    if (nodes[0].image == NULL) {
        fail("--home");
    }
    node_count = nodes[1].image != NULL ? 2 : 1;
    memory = memfd_create("arena", 0);
    for (int i = 0; i < node_count; i++) {
        start_member(i, arguments);
    }
    serve_all();
    waitpid(nodes[0].pid, &status, 0);
    if (node_count == 2) {
        int remote_status;
        kill(nodes[1].pid, SIGKILL);
        waitpid(nodes[1].pid, &remote_status, 0);
    }
    fprintf(stderr,
            "loopback: departs=%lu arrivals=%lu refusals=%lu declines=%lu "
            "calls=%lu drops=%lu recalls=%lu\n",
            departs, arrivals, refusals, declines, calls, drops, recalls);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
