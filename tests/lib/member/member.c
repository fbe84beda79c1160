/* A test member: speaks the member's side of the protocol and touches coherent
 * memory as the test asks, without compiler, libc or frame maps.  Freestanding,
 * one binary per ISA, packed as a multi-ISA binary by pack_images.
 *
 *   bounce ROUNDS   the thread goes round all nodes; each visit reads and writes
 *                   pages, checks what the last visit left, delegates a call
 *   stress COUNT    all nodes count on the same pages at once (no lost update)
 *   drop            pages dropped (munmap) read as zeros afterwards
 *   recall          every page comes home
 *   crash           the thread crashes on the next node
 *   k               the thread stays on the next node for ever
 *   walk MOVES      goes where it is asked to (popcorn migrate), ends at home
 *                   after that many moves
 *                   (42: a move was refused, and memory is as it was)
 *   exit STATUS     ends at once
 *   garbage         sends the agent something that is no message
 */
#include <stdint.h>

#include "runtime/base/layout.h"
#include "runtime/base/node_page.h"
#include "runtime/message/message.h"
#include "runtime/stack/pts.h"
#include "tests/lib/member/member_native.h"

#define DATA 0x18000000ul
#define DATA_BYTES 0x100000ul
#define ARENA_END (POPCORN_ARENA_BASE + POPCORN_ARENA_GRANULE)
#define PAGES 24 /* touched in each visit of a bounce */
#define page_info ((struct popcorn_node_page *)POPCORN_NODE_PAGE)

/* The program's coherent data, at DATA. */
struct shared {
    uint64_t mode, argument, started, done;
    uint64_t visits, present;
    uint8_t pad0[4096 - 48];
    uint64_t counter[8][512]; /* eight pages */
};
#define shared ((volatile struct shared *)DATA)

static int agent_socket;
static int is_home;
static uint8_t buffer[1 << 16] __attribute__((aligned(4096)));
static struct popcorn_message incoming;
static uint64_t departed_ns;

static long call3(long n, long a, long b, long c)
{
    return call6(n, a, b, c, 0, 0, 0);
}

void *memset(void *to, int value, unsigned long count);
void *memcpy(void *to, const void *from, unsigned long count);

void *memset(void *to, int value, unsigned long count)
{
    volatile uint8_t *byte = to;
    while (count-- != 0) {
        *byte++ = (uint8_t)value;
    }
    return to;
}

void *memcpy(void *to, const void *from, unsigned long count)
{
    volatile uint8_t *byte = to;
    const uint8_t *source = from;
    while (count-- != 0) {
        *byte++ = *source++;
    }
    return to;
}

static _Noreturn void quit(int status)
{
    for (;;) {
        call3(NR_exit, status, 0, 0);
    }
}

static _Noreturn void fail_test(const char *text)
{
    unsigned long length = 0;
    while (text[length] != 0) {
        length++;
    }
    call3(NR_write, 2, (long)"test member: ", 13);
    call3(NR_write, 2, (long)text, (long)length);
    call3(NR_write, 2, (long)"\n", 1);
    quit(99);
}

static uint64_t now_ns(void)
{
    uint64_t time[2];
    call3(NR_clock_gettime, 1, (long)time, 0);
    return time[0] * 1000000000u + time[1];
}

/* --- messages --- */

static void send_bytes(const void *bytes, unsigned long count)
{
    const uint8_t *next = bytes;
    while (count != 0) {
        long sent = call3(NR_write, agent_socket, (long)next, (long)count);
        if (sent <= 0) {
            quit(98);
        }
        next += sent;
        count -= (unsigned long)sent;
    }
}

static void send_message(unsigned type, unsigned target, uint64_t arg0,
                         uint64_t arg1, const void *payload, unsigned length)
{
    struct popcorn_message header = {POPCORN_MESSAGE_MAGIC,
                                     (uint16_t)type,
                                     (uint16_t)page_info->node_id,
                                     (uint16_t)target,
                                     0,
                                     length,
                                     7,
                                     .arg = {arg0, arg1}};
    if (type == POPCORN_MEMBER_READY) {
        header.arg[2] = DATA;
        header.arg[3] = DATA + DATA_BYTES;
        header.arg[4] = ARENA_END;
    }
    if (type == POPCORN_THREAD_DEPART) {
        header.arg[2] = ARENA_END;
        header.arg[5] = now_ns();
    }
    if (type == POPCORN_THREAD_RESUMED) {
        header.arg[2] = length;
        header.arg[3] = now_ns() - departed_ns;
        length = 0;
        header.length = 0;
    }
    send_bytes(&header, sizeof header);
    send_bytes(payload, length);
}

static void receive_bytes(void *bytes, unsigned long count)
{
    uint8_t *next = bytes;
    while (count != 0) {
        long got = call3(NR_read, agent_socket, (long)next, (long)count);
        if (got <= 0) {
            quit(97);
        }
        next += got;
        count -= (unsigned long)got;
    }
}

static void receive(void)
{
    receive_bytes(&incoming, sizeof incoming);
    if (incoming.length > sizeof buffer) {
        fail_test("a message that is too long");
    }
    receive_bytes(buffer, incoming.length);
    if (incoming.type == POPCORN_DIE) {
        if ((incoming.arg[0] & 127) != 0) {
            call3(NR_kill, call3(NR_getpid, 0, 0, 0),
                  (long)(incoming.arg[0] & 127), 0);
        }
        quit((int)(incoming.arg[0] >> 8));
    }
}

static void expect(unsigned type)
{
    receive();
    if (incoming.type != type) {
        fail_test("an unexpected message");
    }
}

/* --- start --- */

static void map(uint64_t address, uint64_t size, int file, uint64_t offset)
{
    if (call6(NR_mmap, (long)address, (long)size, 3, 0x11, file,
              (long)offset) != (long)address) {
        fail_test("cannot map");
    }
}

static void send_userfault(int descriptor)
{
    struct {
        uint64_t length;
        int32_t level, type, descriptor, pad;
    } control = {20, 1, 1, descriptor, 0};
    struct {
        const void *base;
        uint64_t length;
    } vector = {"U", 1};
    struct {
        void *name;
        uint64_t name_bytes;
        void *vector;
        uint64_t vector_count;
        void *control;
        uint64_t control_bytes, flags;
    } message = {0, 0, &vector, 1, &control, sizeof control, 0};

    if (call3(NR_sendmsg, agent_socket, (long)&message, 0) != 1) {
        fail_test("cannot send the userfaultfd");
    }
}

static const char *number(const char *text, long *value)
{
    *value = 0;
    while (*text >= '0' && *text <= '9') {
        *value = *value * 10 + *text++ - '0';
    }
    return text + (*text == ',');
}

static void start_member(const char *value)
{
    long socket_fd, page_fd, memory_fd, wants_userfault;

    value = number(value, &socket_fd);
    is_home = *value == 'h';
    while (*value++ != ',') {
    }
    value = number(value, &page_fd);
    value = number(value, &memory_fd);
    number(value, &wants_userfault);
    agent_socket = (int)socket_fd;
    map(POPCORN_NODE_PAGE, POPCORN_SEGMENT_ALIGN, (int)page_fd, 0);
    if (page_info->magic != POPCORN_NODE_PAGE_MAGIC ||
        page_info->away != !is_home) {
        fail_test("bad node page");
    }
    map(DATA, DATA_BYTES, (int)memory_fd, 0);
    map(POPCORN_ARENA_BASE, POPCORN_ARENA_GRANULE, (int)memory_fd,
        POPCORN_ARENA_FILE_OFFSET);
    if (wants_userfault) {
        uint64_t api[3] = {0xaa, POPCORN_UFFD_FEATURES, 0};
        long descriptor = call3(NR_userfaultfd, 0x80800, 0, 0);
        if (descriptor < 0 ||
            call3(NR_ioctl, descriptor, 0xc018aa3f, (long)api) != 0) {
            fail_test("no userfaultfd");
        }
        send_userfault((int)descriptor);
    }
    send_message(POPCORN_MEMBER_READY, page_info->node_id,
                 (uint64_t)call3(NR_getpid, 0, 0, 0), 0, 0, 0);
}

/* --- bounce --- */

static volatile uint64_t *arena_page(uint64_t i)
{
    return (volatile uint64_t *)(POPCORN_ARENA_BASE + 0x10000 + i * 4096);
}

/* What each visit does: every page must hold what the last visit left. */
static void visit(void)
{
    uint64_t visits = shared->visits;

    for (uint64_t i = 0; i < PAGES; i++) {
        if (*arena_page(i) != (visits == 0 ? 0 : visits + i) ||
            arena_page(i)[511] != (visits == 0 ? 0 : visits * 3 + i)) {
            fail_test("a page does not hold what the last visit wrote");
        }
    }
    for (uint64_t i = 0; i < PAGES; i++) {
        /* A third of the pages is written every other visit only. */
        *arena_page(i) = visits + 1 + i;
        arena_page(i)[511] = (visits + 1) * 3 + i;
    }
    /* Fresh pages, and one that was read-only for a while. */
    if (shared->mode != 'w') {
        *arena_page(PAGES + 8 + visits % 4000) = visits;
    }
    shared->visits = visits + 1;
}

static void depart(unsigned target)
{
    static struct pts_header state = {.magic = PTS_MAGIC,
                                      .version = PTS_VERSION};

    send_message(POPCORN_THREAD_DEPART, target, 100, 3, &state, sizeof state);
}

static void delegate(void)
{
    int64_t words[7] = {(int64_t)shared->visits, 1, 2, 3, 4, 5, 6};

    send_message(POPCORN_SYSCALL, page_info->home_id, 0, 0, words,
                 sizeof words);
    expect(POPCORN_SYSCALL_REPLY);
    if (incoming.arg[0] != shared->visits * 2) {
        fail_test("a delegated call returned something else");
    }
}

static void arrive(void)
{
    departed_ns = incoming.arg[5];
    send_message(POPCORN_THREAD_RESUMED, page_info->home_id, 50, 3, 0,
                 incoming.length);
}

/* Home: waits until the thread is back, serving its calls. */
static void wait_home(void)
{
    for (;;) {
        receive();
        if (incoming.type == POPCORN_THREAD_ARRIVE) {
            arrive();
            return;
        }
        if (incoming.type == POPCORN_THREAD_REFUSED) {
            return;
        }
        if (incoming.type != POPCORN_SYSCALL) {
            fail_test("home got an unexpected message");
        }
        int64_t words[7];
        unsigned source = incoming.source_node;
        memcpy(words, buffer, sizeof words);
        if (words[0] != (int64_t)shared->visits || words[6] != 6) {
            fail_test("a delegated call's arguments are wrong");
        }
        send_message(POPCORN_SYSCALL_REPLY, source, (uint64_t)words[0] * 2,
                     ARENA_END, 0, 0);
    }
}

static _Noreturn void end(int status)
{
    send_message(POPCORN_EXIT, page_info->node_id, (uint64_t)status << 8, 0, 0,
                 0);
    expect(POPCORN_EXIT_ACK);
    quit(status);
}

static unsigned next_node(void)
{
    return (page_info->node_id + 1) % page_info->node_count;
}

static void bounce(void)
{
    for (uint64_t round = 0; round < shared->argument; round++) {
        visit();
        depart(next_node());
        wait_home();
        if (incoming.type == POPCORN_THREAD_REFUSED) {
            fail_test("the thread was refused");
        }
    }
    if (shared->visits != shared->argument * page_info->node_count) {
        fail_test("visits were lost");
    }
    end(0);
}

/* --- walk --- */

/* Runs here until asked to go elsewhere. 0: home has made its visits. */
static int walk_here(void)
{
    for (;;) {
        uint32_t wanted = __atomic_exchange_n(
            &page_info->thread[0].request_node, 0, __ATOMIC_SEQ_CST);
        if (wanted != 0) {
            visit();
            depart(wanted - 1);
            return 1;
        }
        if (is_home && shared->visits >= shared->argument) {
            return 0;
        }
        call3(NR_sched_yield, 0, 0, 0);
    }
}

static void walk(void)
{
    while (walk_here()) {
        wait_home();
        if (incoming.type == POPCORN_THREAD_REFUSED) {
            visit(); /* memory is as the thread left it */
            end(42);
        }
    }
    end(0);
}

/* --- stress --- */

static void count(void)
{
    uint64_t random = page_info->node_id * 977 + 1;

    for (uint64_t i = 0; i < shared->argument; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        unsigned page = random >> 40 & 7;
        __atomic_fetch_add((uint64_t *)&shared->counter[page][random >> 50 & 3],
                           1, __ATOMIC_SEQ_CST);
        if (i % 16 == 0) { /* and plain reads, for shared copies */
            (void)shared->counter[random >> 45 & 7][100];
            /* Or one node does all in one go. Each time a turn of all that wait
             * for the processor goes by. */
            call3(NR_sched_yield, 0, 0, 0);
        }
    }
    __atomic_fetch_add((uint64_t *)&shared->done, 1, __ATOMIC_SEQ_CST);
}

static void stress(void)
{
    uint64_t sum = 0;

    /* All nodes count at the same time. */
    while (__atomic_load_n((uint64_t *)&shared->present, __ATOMIC_SEQ_CST) !=
           page_info->node_count - 1) {
        call3(NR_sched_yield, 0, 0, 0);
    }
    __atomic_store_n((uint64_t *)&shared->started, 1, __ATOMIC_SEQ_CST);
    count();
    while (__atomic_load_n((uint64_t *)&shared->done, __ATOMIC_SEQ_CST) !=
           page_info->node_count) {
        call3(NR_sched_yield, 0, 0, 0);
    }
    for (unsigned page = 0; page < 8; page++) {
        for (unsigned i = 0; i < 512; i++) {
            sum += shared->counter[page][i];
        }
    }
    if (sum != shared->argument * page_info->node_count) {
        fail_test("updates were lost");
    }
    end(0);
}

/* --- drop, recall --- */

static void drop(void)
{
    uint64_t start = POPCORN_ARENA_BASE + 0x10000;

    visit();
    depart(next_node());
    wait_home();
    depart(next_node()); /* away owns some, shares some */
    wait_home();
    send_message(POPCORN_RANGE_DROP, page_info->node_id, start,
                 start + PAGES * 4096, 0, 0);
    expect(POPCORN_RANGE_DROP_ACK);
    for (uint64_t i = 0; i < PAGES; i++) {
        if (*arena_page(i) != 0 || arena_page(i)[511] != 0) {
            fail_test("a dropped page is not zero");
        }
    }
    shared->visits = 0;
    visit();
    depart(next_node());
    wait_home();
    end(0);
}

static void recall(void)
{
    for (int round = 0; round < 3; round++) {
        visit();
        depart(next_node());
        wait_home();
        send_message(POPCORN_RECALL_ALL, page_info->node_id, 0, 0, 0, 0);
        expect(POPCORN_RECALL_ALL_ACK);
    }
    visit();
    end(0);
}

/* --- main --- */

static int equal(const char *a, const char *b)
{
    while (*a != 0 && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

static _Noreturn void remote(void)
{
    /* Once this is answered the agent has registered the memory; touching it
     * any earlier would make pages behind the agent's back. */
    send_message(POPCORN_ARENA_GROWN, page_info->node_id, ARENA_END, 0, 0, 0);
    struct popcorn_message early = {0};
    receive();
    if (incoming.type == POPCORN_THREAD_ARRIVE) {
        early = incoming;
        receive();
    }
    if (incoming.type != POPCORN_ARENA_GROWN_ACK) {
        fail_test("no answer to ARENA_GROWN");
    }
    /* Waits for home's word in coherent memory: shared, then invalidated. */
    __atomic_fetch_add((uint64_t *)&shared->present, 1, __ATOMIC_SEQ_CST);
    for (;;) {
        uint64_t mode =
            __atomic_load_n((uint64_t *)&shared->mode, __ATOMIC_SEQ_CST);
        if (mode == 's' &&
            __atomic_load_n((uint64_t *)&shared->started, __ATOMIC_SEQ_CST)) {
            count();
            break;
        }
        if (mode != 0 && mode != 's') {
            break;
        }
        call3(NR_sched_yield, 0, 0, 0);
    }
    for (;;) {
        if (early.type != 0) {
            incoming = early;
            early.type = 0;
        } else {
            receive();
        }
        if (incoming.type != POPCORN_THREAD_ARRIVE) {
            fail_test("an away node got an unexpected message");
        }
        arrive();
        if (shared->mode == 'c') {
            *(volatile int *)8 = 1;
        }
        if (shared->mode == 'k') {
            for (;;) {
                call3(NR_sched_yield, 0, 0, 0);
            }
        }
        if (shared->mode == 'w') {
            walk_here();
            continue;
        }
        visit();
        delegate();
        depart(next_node());
    }
}

void member_main(long *stack);
void member_main(long *stack)
{
    char **arguments = (char **)(stack + 1);
    char **environment = arguments + stack[0] + 1;
    const char *variable = 0;
    long value = 0;
    const char *mode = stack[0] > 1 ? arguments[1] : "";

    for (; *environment != 0; environment++) {
        const char *name = "POPCORN_MEMBER=", *entry = *environment;
        while (*name != 0 && *name == *entry) {
            name++;
            entry++;
        }
        if (*name == 0) {
            variable = entry;
        }
        if ((*environment)[0] == 'L' && (*environment)[1] == 'D') {
            fail_test("LD_PRELOAD is visible to the program");
        }
    }
    if (variable == 0) {
        fail_test("not started by popcorn run");
    }
    start_member(variable);
    if (!is_home) {
        remote();
    }
    if (stack[0] > 2) {
        number(arguments[2], &value);
    }
    if (equal(mode, "garbage")) {
        send_bytes("this is no message, and it is longer than a header is; "
                   "the agent must close the connection",
                   90);
        receive();
        quit(1);
    }
    if (equal(mode, "exit")) {
        end((int)value);
    }
    shared->argument = (uint64_t)value;
    __atomic_store_n((uint64_t *)&shared->mode, mode[0], __ATOMIC_SEQ_CST);
    if (equal(mode, "bounce")) {
        bounce();
    } else if (equal(mode, "stress")) {
        stress();
    } else if (equal(mode, "drop")) {
        drop();
    } else if (equal(mode, "recall")) {
        recall();
    } else if (equal(mode, "walk")) {
        walk();
    } else if (equal(mode, "crash") || equal(mode, "k")) {
        depart(next_node());
        wait_home();
    }
    fail_test("unknown mode");
}
