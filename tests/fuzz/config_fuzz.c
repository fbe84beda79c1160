/* Fuzz target: an agent's configuration, as popcornd takes it from another
 * machine (runtime/launch/config.c).
 *
 * What is taken names no node that there is not, and says the same when it is
 * written and read again.
 *
 * Input: the bytes, entries ended by NULs. */
#include <sys/mman.h>
#include <unistd.h>

#include "runtime/launch/config.h"
#include "tests/fuzz/fuzz.h"

static int file;

void fuzz_start(void)
{
    file = memfd_create("config", MFD_CLOEXEC);
    MUST(file >= 0);
}

static int is_text(const char *text, size_t size_bytes)
{
    return memchr(text, '\0', size_bytes) != NULL;
}

static void check(const struct agent_config *config)
{
    MUST(config->node_count >= 1 && config->node_count <= POPCORN_MAX_NODES);
    MUST(config->node < config->node_count);
    MUST(config->home < config->node_count);
    MUST(config->place_count <= sizeof config->place);
    for (unsigned i = 0; i < config->place_count; i++) {
        MUST(config->place[i] < config->node_count);
    }
    for (unsigned i = 0; i < config->node_count; i++) {
        MUST(is_text(config->isa[i], sizeof config->isa[i]));
        MUST(is_text(config->address[i], sizeof config->address[i]));
    }
    MUST(is_text(config->program, sizeof config->program));
    MUST(is_text(config->fault, sizeof config->fault));
}

/* What config_write() makes of it; how many bytes. */
static size_t written(const struct agent_config *config, uint8_t *bytes,
                      size_t size_bytes)
{
    int copy = config_write(config);
    ssize_t got = pread(copy, bytes, size_bytes, 0);

    MUST(copy >= 0 && got > 0 && (size_t)got < size_bytes);
    close(copy);
    return (size_t)got;
}

static void check_again(const struct agent_config *config)
{
    static uint8_t first[65536], second[65536];
    static struct agent_config again;
    size_t size_bytes = written(config, first, sizeof first);
    char bad[64];

    MUST(ftruncate(file, 0) == 0);
    MUST(pwrite(file, first, size_bytes, 0) == (ssize_t)size_bytes);
    MUST(config_read(file, &again, bad) == 0);
    MUST(written(&again, second, sizeof second) == size_bytes);
    MUST(memcmp(first, second, size_bytes) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    static struct agent_config config;
    char bad[64] = "";

    MUST(ftruncate(file, 0) == 0);
    MUST(pwrite(file, data, size_bytes, 0) == (ssize_t)size_bytes);
    if (config_read(file, &config, bad) != 0) {
        MUST(is_text(bad, sizeof bad) && bad[0] != '\0');
        return 0;
    }
    check(&config);
    check_again(&config);
    return 0;
}

void fuzz_seeds(void)
{
    static struct agent_config config;
    static uint8_t bytes[8192];
    int seed;

    config_init(&config);
    config.node = 1;
    config.node_count = 3;
    strcpy(config.isa[0], "x86_64");
    strcpy(config.isa[1], "aarch64");
    strcpy(config.address[1], "10.0.0.2:7070");
    strcpy(config.program, "./hello");
    strcpy(config.fault, "note");
    config.seal_out[1] = 0x123456789abcdef;
    config.seal_in[1] = 1;
    config.bounce_every = 100;
    config.place_count = 2;
    config.place[1] = 1;
    seed = config_write(&config);
    MUST(seed >= 0);
    fuzz_seed("three_nodes", bytes,
              (size_t)pread(seed, bytes, sizeof bytes, 0));
    fuzz_seed("one_entry", "node_count=1", sizeof "node_count=1");
}
