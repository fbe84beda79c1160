/* libFuzzer target: the decoder, and the directory behind it, on any bytes. */
#include <stdlib.h>
#include <string.h>

#include "runtime/dsm/directory.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes);

static void post(void *context, unsigned node,
                 const struct popcorn_message *header, const void *payload,
                 size_t payload_bytes)
{
    volatile uint8_t sum = 0;

    (void)context;
    (void)node;
    (void)header;
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

static void range(void *context, uint64_t start, uint64_t end)
{
    (void)context;
    (void)start;
    (void)end;
}

static void done(void *context)
{
    (void)context;
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
        directory_request(directory, header->source_node % 3, header);
    } else if (header->type == POPCORN_PAGE_INVALIDATED ||
               header->type == POPCORN_PAGE_DOWNGRADED) {
        directory_answer(directory, header->source_node % 3, view, reason,
                         sizeof reason);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes)
{
    struct directory_ports ports = {NULL,  post, keeps_copy, granted,
                                    range, done, lost,       no_time};
    struct space space = {0x18000000, 0x18100000, POPCORN_ARENA_BASE + 65536};
    struct directory directory;
    struct message_view view;
    char reason[160];
    int64_t used;

    directory_open(&directory, 0, 3, &space, &ports);
    while ((used = message_decode(bytes, size_bytes, &view, reason,
                                  sizeof reason)) > 0) {
        deliver(&directory, &view);
        bytes += used;
        size_bytes -= (size_t)used;
    }
    directory_close(&directory);
    return 0;
}
