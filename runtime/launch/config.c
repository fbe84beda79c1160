/* The agent's configuration as "key=value\0" entries (config.h). */
#include "runtime/launch/config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Programs have arrays of as many nodes. */
enum { MAX_NODES = POPCORN_MAX_NODES };
#undef POPCORN_MAX_NODES
#include "include/popcorn.h"
_Static_assert(MAX_NODES == POPCORN_MAX_NODES,
               "<popcorn.h> and limits.h have one limit");

/* KIND(key, member): one row per entry, used to write and to read. */
#define CONFIG_NUMBERS(X)                                                      \
    X(node)                                                                    \
    X(home)                                                                    \
    X(node_count)                                                              \
    X(home_pid)                                                                \
    X(member_fd)                                                               \
    X(memory_fd)                                                               \
    X(node_page_fd)                                                            \
    X(guard_fd)                                                                \
    X(image_fd)                                                                \
    X(trace_fd)                                                                \
    X(stats_fd)                                                                \
    X(bounce_every)                                                            \
    X(bounce_limit)                                                            \
    X(bounce_each)                                                             \
    X(flags)                                                                   \
    X(stats)                                                                   \
    X(progress_every)                                                          \
    X(spin_us)

#define CONFIG_TEXTS(X)                                                        \
    X(program)                                                                 \
    X(qemu)                                                                    \
    X(preload)                                                                 \
    X(control)                                                                 \
    X(trace_path)                                                              \
    X(fault)

void config_init(struct agent_config *config)
{
    memset(config, 0, sizeof *config);
    config->member_fd = config->memory_fd = config->node_page_fd = -1;
    config->image_fd = config->trace_fd = config->stats_fd = -1;
    config->guard_fd = -1;
    for (unsigned i = 0; i < POPCORN_MAX_NODES; i++) {
        config->peer_fd[i] = -1;
    }
}

void config_for_node(struct agent_config *config,
                     const struct agent_config *common, unsigned node)
{
    *config = *common;
    config->node = node;
    config->control[0] = config->qemu[0] = config->preload[0] = '\0';
    config->trace_path[0] = '\0';
    config->trace_fd = config->stats_fd = config->member_fd = -1;
    config->memory_fd = config->node_page_fd = config->image_fd = -1;
    config->guard_fd = -1;
    for (unsigned i = 0; i < POPCORN_MAX_NODES; i++) {
        config->peer_fd[i] = -1;
        config->seal_out[i] = config->seal_in[i] = 0;
    }
}

static void put(FILE *file, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void put(FILE *file, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vfprintf(file, format, arguments);
    va_end(arguments);
    fputc('\0', file);
}

static void put_hash(FILE *file, const char *key, const uint8_t hash[32])
{
    char text[65];

    for (int i = 0; i < 32; i++) {
        snprintf(text + 2 * i, 3, "%02x", hash[i]);
    }
    put(file, "%s=%s", key, text);
}

int config_write(const struct agent_config *config)
{
    int fd = memfd_create("popcorn-config", MFD_CLOEXEC);
    int copy = fd < 0 ? -1 : dup(fd);
    FILE *file = copy < 0 ? NULL : fdopen(copy, "w");
    int failed;

    if (file == NULL) {
        failed = errno;
        close(copy);
        close(fd);
        return -failed;
    }
#define X(name) put(file, #name "=%lld", (long long)config->name);
    CONFIG_NUMBERS(X)
#undef X
#define X(name) put(file, #name "=%s", config->name);
    CONFIG_TEXTS(X)
#undef X
    for (unsigned i = 0; i < config->place_count; i++) {
        put(file, "place=%u", config->place[i]);
    }
    put_hash(file, "program_id", config->program_id);
    put_hash(file, "layout_hash", config->layout_hash);
    for (unsigned i = 0; i < config->node_count; i++) {
        put(file, "isa.%u=%s", i, config->isa[i]);
        put(file, "peer.%u=%d", i, config->peer_fd[i]);
        put(file, "address.%u=%s", i, config->address[i]);
        put(file, "seal.%u=%" PRIx64 " %" PRIx64, i, config->seal_out[i],
            config->seal_in[i]);
    }
    failed = ferror(file);
    if (fclose(file) != 0 || failed) {
        close(fd);
        return -EIO;
    }
    return fd;
}

static int get_text(char *to, size_t size_bytes, const char *value)
{
    if (strlen(value) >= size_bytes) {
        return -EINVAL;
    }
    strcpy(to, value);
    return 0;
}

static int get_hash(uint8_t hash[32], const char *value)
{
    unsigned byte;

    if (strlen(value) != 64) {
        return -EINVAL;
    }
    for (int i = 0; i < 32; i++) {
        if (sscanf(value + 2 * i, "%2x", &byte) != 1) {
            return -EINVAL;
        }
        hash[i] = (uint8_t)byte;
    }
    return 0;
}

static int get_node_entry(struct agent_config *config, const char *key,
                          const char *value)
{
    unsigned node;

    if (sscanf(key, "isa.%u", &node) == 1 && node < POPCORN_MAX_NODES) {
        return get_text(config->isa[node], sizeof config->isa[node], value);
    }
    if (sscanf(key, "peer.%u", &node) == 1 && node < POPCORN_MAX_NODES) {
        config->peer_fd[node] = atoi(value);
        return 0;
    }
    if (sscanf(key, "seal.%u", &node) == 1 && node < POPCORN_MAX_NODES) {
        return sscanf(value, "%" SCNx64 " %" SCNx64, &config->seal_out[node],
                      &config->seal_in[node]) == 2
                   ? 0
                   : -EINVAL;
    }
    if (sscanf(key, "address.%u", &node) == 1 && node < POPCORN_MAX_NODES) {
        return get_text(config->address[node], sizeof config->address[node],
                        value);
    }
    return -EINVAL;
}

static int get_place(struct agent_config *config, const char *value)
{
    unsigned long node = strtoul(value, NULL, 10);

    if (node >= POPCORN_MAX_NODES ||
        config->place_count == sizeof config->place) {
        return -EINVAL;
    }
    config->place[config->place_count++] = (uint8_t)node;
    return 0;
}

static int get(struct agent_config *config, const char *key, const char *value)
{
#define X(name)                                                                \
    if (strcmp(key, #name) == 0) {                                             \
        config->name = (__typeof__(config->name))strtoll(value, NULL, 10);     \
        return 0;                                                              \
    }
    CONFIG_NUMBERS(X)
#undef X
#define X(name)                                                                \
    if (strcmp(key, #name) == 0) {                                             \
        return get_text(config->name, sizeof config->name, value);             \
    }
    CONFIG_TEXTS(X)
#undef X
    if (strcmp(key, "place") == 0) {
        return get_place(config, value);
    }
    if (strcmp(key, "program_id") == 0) {
        return get_hash(config->program_id, value);
    }
    if (strcmp(key, "layout_hash") == 0) {
        return get_hash(config->layout_hash, value);
    }
    return get_node_entry(config, key, value);
}

/* Every node that is named is one of node_count, whatever the order. */
static int names_nodes(const struct agent_config *config)
{
    int good =
        config->node_count >= 1 && config->node_count <= POPCORN_MAX_NODES &&
        config->node < config->node_count && config->home < config->node_count;

    for (unsigned i = 0; i < config->place_count; i++) {
        good &= config->place[i] < config->node_count;
    }
    return good;
}

static int parse(struct agent_config *config, char *text, size_t size_bytes,
                 char bad[64])
{
    char *end = text + size_bytes;

    while (text < end) {
        char *next = memchr(text, '\0', (size_t)(end - text));
        char *value = strchr(text, '=');
        if (next == NULL || value == NULL || value == text) {
            snprintf(bad, 64, "an entry that is not KEY=VALUE");
            return -EINVAL;
        }
        *value = '\0';
        if (get(config, text, value + 1) != 0) {
            snprintf(bad, 64, "%s", text);
            return -EINVAL;
        }
        text = next + 1;
    }
    if (!names_nodes(config)) {
        snprintf(bad, 64, "node_count");
        return -EINVAL;
    }
    return 0;
}

int config_read(int fd, struct agent_config *config, char bad[64])
{
    struct stat status;
    char *text;
    int result;

    config_init(config);
    snprintf(bad, 64, "the descriptor");
    if (fstat(fd, &status) != 0) {
        return -errno;
    }
    text = calloc(1, (size_t)status.st_size + 1);
    if (text == NULL ||
        pread(fd, text, (size_t)status.st_size, 0) != status.st_size) {
        free(text);
        return -EIO;
    }
    result = parse(config, text, (size_t)status.st_size, bad);
    free(text);
    return result;
}
