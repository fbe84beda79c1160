/* Fuzz target: the decoder on any bytes, and the directory behind it on any page
 * messages.
 *
 * Input: a byte that says which; bytes of a stream, or compact messages. */
#include "runtime/dsm/directory.h"
#include "tests/fuzz/compact.h"

enum { NODES = 3, RAW = 1, MESSAGES_MAX = 32 };

/* What the directory says is read as its peer reads it. */
static void post(void *context, unsigned node,
                 const struct popcorn_message *header, const void *payload,
                 size_t payload_bytes)
{
    struct popcorn_message sent = *header;
    struct message_view view;
    char reason[160];
    volatile uint8_t sum = 0;

    (void)context;
    MUST(node < NODES);
    sent.magic = POPCORN_MESSAGE_MAGIC;
    sent.length = (uint32_t)payload_bytes;
    MUST(message_decode(&sent, sizeof sent, &view, reason, sizeof reason) >= 0);
    for (size_t i = 0; i < payload_bytes; i++) {
        sum = (uint8_t)(sum + ((const uint8_t *)payload)[i]);
    }
}

static void granted(void *context, unsigned node, uint64_t address,
                    uint32_t count, enum page_reply_kind kind, int pushed)
{
    (void)context;
    (void)node;
    (void)address;
    (void)count;
    (void)kind;
    (void)pushed;
}

static void lost(void *context, const char *why)
{
    (void)context;
    (void)why;
}

static int keeps_copy(void *context, unsigned thread, unsigned node)
{
    (void)context;
    return (thread + node) % 2 != 0;
}

static uint64_t no_time(void)
{
    return 0;
}

static void deliver(struct directory *directory,
                    const struct message_view *view)
{
    const struct popcorn_message *header = &view->header;
    char reason[160];

    if (header->type == POPCORN_PAGE_REQUEST) {
        directory_request(directory, header->source_node % NODES, header);
    } else if (header->type == POPCORN_PAGE_INVALIDATED ||
               header->type == POPCORN_PAGE_DOWNGRADED) {
        directory_answer(directory, header->source_node % NODES, view, reason,
                         sizeof reason);
    } else if (header->type == POPCORN_RANGE_DROP &&
               space_index(directory->space, header->arg[0]) != SPACE_NO_PAGE) {
        directory_drop(directory, header->arg[0] & -POPCORN_PAGE_SIZE,
                       (header->arg[0] & -POPCORN_PAGE_SIZE) +
                           POPCORN_PAGE_SIZE);
    } else if (header->type == POPCORN_RECALL_ALL) {
        directory_recall(directory);
    } else if (header->type == POPCORN_THREAD_RESUMED) {
        directory_move_done(directory, header->thread);
    } else if (header->type == POPCORN_SHUTDOWN && header->source_node != 0) {
        directory_node_down(directory, header->source_node % NODES);
    }
}

/* As the stream's bytes come, and are seen whole. */
static void stream(struct directory *directory, const uint8_t *bytes,
                   size_t size_bytes)
{
    struct message_view view;
    char reason[160];
    int64_t used;

    while ((used = message_decode(bytes, size_bytes, &view, reason,
                                  sizeof reason)) > 0) {
        MUST((size_t)used <= size_bytes);
        deliver(directory, &view);
        bytes += used;
        size_bytes -= (size_t)used;
    }
}

static void messages(struct directory *directory, struct fuzz_input *input)
{
    static uint8_t payload[COMPACT_PAYLOAD_MAX];
    struct message_view view;
    char reason[160];

    for (unsigned i = 0; i < MESSAGES_MAX && input->left != 0; i++) {
        uint16_t source = fuzz_byte(input) % NODES;
        /* Exactly as long as it says: the sanitizer sees one byte more. */
        struct popcorn_message header = compact_read(input, 0, payload);
        size_t size = sizeof header + header.length;
        uint8_t *whole = malloc(size);

        header.source_node = source;
        memcpy(whole, &header, sizeof header);
        memcpy(whole + sizeof header, payload, header.length);
        if (message_decode(whole, size, &view, reason, sizeof reason) > 0) {
            deliver(directory, &view);
        }
        free(whole);
    }
}

void fuzz_start(void) {}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    const struct dsm_ports ports = {.send = post,
                                    .lost = lost,
                                    .now_us = no_time,
                                    .keeps_copy = keeps_copy,
                                    .granted = granted};
    struct dsm_queue all_sent = {.ports = &ports, .node = NODES};
    struct space space = {COMPACT_SHARED_START, COMPACT_SHARED_END,
                          POPCORN_ARENA_BASE + POPCORN_ARENA_GRANULE};
    struct fuzz_input input = {data, size_bytes};
    struct directory directory;

    directory_open(&directory, 0, NODES, &space, &all_sent);
    if (fuzz_byte(&input) == RAW) {
        stream(&directory, input.next, input.left);
    } else {
        messages(&directory, &input);
    }
    directory_close(&directory);
    return 0;
}

static void put(struct fuzz_output *output, unsigned source,
                struct compact message)
{
    fuzz_put_number(output, source, 1);
    compact_write(output, &message);
}

/* A page goes to a reader, to a writer, is pushed on, comes home. */
static void seed_pages(void)
{
    const uint64_t page = POPCORN_ARENA_BASE + POPCORN_PAGE_SIZE;
    struct fuzz_output output = {0};

    fuzz_put_number(&output, 0, 1);
    put(&output, 1,
        (struct compact){
            .type = POPCORN_PAGE_REQUEST, .request = 5, .arg = {page, 0, 2}});
    put(&output, 0,
        (struct compact){.type = POPCORN_PAGE_DOWNGRADED,
                         .request = 1,
                         .arg = {page, 2, 2}});
    put(&output, 2,
        (struct compact){
            .type = POPCORN_PAGE_REQUEST, .request = 6, .arg = {page, 1, 1}});
    put(&output, 0,
        (struct compact){.type = POPCORN_PAGE_INVALIDATED,
                         .request = 2,
                         .arg = {page, 1, 1}});
    put(&output, 1,
        (struct compact){.type = POPCORN_PAGE_INVALIDATED,
                         .request = 2,
                         .arg = {page, 0, 1}});
    put(&output, 2,
        (struct compact){.type = POPCORN_PAGE_INVALIDATED,
                         .arg = {page, 1, 1, 1}});
    put(&output, 0, (struct compact){.type = POPCORN_RECALL_ALL});
    put(&output, 1,
        (struct compact){.type = POPCORN_PAGE_INVALIDATED,
                         .request = 3,
                         .arg = {page, 1, 1}});
    put(&output, 0,
        (struct compact){.type = POPCORN_RANGE_DROP, .arg = {page}});
    put(&output, 1, (struct compact){.type = POPCORN_SHUTDOWN});
    fuzz_seed("pages", output.bytes, output.used);
}

/* The same beginning as bytes of a stream. */
static void seed_stream(void)
{
    static const uint8_t page[POPCORN_PAGE_SIZE] = "x";
    struct popcorn_message header = {.magic = POPCORN_MESSAGE_MAGIC,
                                     .type = POPCORN_PAGE_REQUEST,
                                     .source_node = 1,
                                     .request = 5,
                                     .arg = {POPCORN_ARENA_BASE, 1, 1}};
    struct fuzz_output output = {0};

    fuzz_put_number(&output, RAW, 1);
    fuzz_put(&output, &header, sizeof header);
    header.type = POPCORN_PAGE_INVALIDATED;
    header.source_node = 0;
    header.request = 1;
    header.length = sizeof page;
    fuzz_put(&output, &header, sizeof header);
    fuzz_put(&output, page, sizeof page);
    fuzz_seed("stream", output.bytes, output.used);
}

void fuzz_seeds(void)
{
    seed_pages();
    seed_stream();
}
