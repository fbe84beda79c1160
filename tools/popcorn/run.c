/* popcorn run: options, nodes and everything that can be refused before the
 * program starts. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/popcorn/popcorn.h"

static int parse_count(const char *option, const char *text, uint64_t least,
                       uint64_t *value)
{
    char *end;

    errno = 0;
    *value = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 ||
        *value < least) {
        return fail(EXIT_USAGE, "%s wants a number of at least %llu, not '%s'",
                    option, (unsigned long long)least, text);
    }
    return 0;
}

static int parse_option(int option, const char *text,
                        struct run_options *options)
{
    uint64_t value = 0;
    int result = 0;

    switch (option) {
    case 'n':
        options->nodes = text;
        break;
    case 'k':
        options->key = text;
        break;
    case 's':
        options->start = text;
        break;
    case 't':
        options->trace = text;
        break;
    case 'a':
        options->argv0 = text;
        break;
    case 'b':
        return parse_count("--bounce", text, 1, &options->bounce);
    case 'l':
        return parse_count("--bounce-limit", text, 1, &options->bounce_limit);
    case 'e':
        result = parse_count("--bounce-each", text, 1, &options->bounce_each);
        return result == 0 && options->bounce_each > POPCORN_MAX_BOUNCE_EACH
                   ? fail(EXIT_USAGE,
                          "--bounce-each wants at most %d, not '%s'",
                          POPCORN_MAX_BOUNCE_EACH, text)
                   : result;
    case 'p':
        options->place = text;
        break;
    case 'S':
        options->stats = 1;
        options->stats_path = text;
        break;
    case 'P':
        options->poison = 1;
        break;
    case 'v':
        value = 1;
        if (text != NULL) {
            result = parse_count("--progress", text, 1, &value);
        }
        options->progress_every = (unsigned)value;
        break;
    case 'i':
        result = parse_count("--spin", text, 1, &value);
        options->spin_us = value < UINT32_MAX ? (unsigned)value : UINT32_MAX;
        break;
    default:
        return EXIT_USAGE;
    }
    return result;
}

static int parse_options(int argc, char **argv, struct run_options *options)
{
    static const struct option known[] = {
        {"nodes", required_argument, NULL, 'n'},
        {"key", required_argument, NULL, 'k'},
        {"start", required_argument, NULL, 's'},
        {"argv0", required_argument, NULL, 'a'},
        {"bounce", required_argument, NULL, 'b'},
        {"bounce-limit", required_argument, NULL, 'l'},
        {"bounce-each", required_argument, NULL, 'e'},
        {"place", required_argument, NULL, 'p'},
        {"progress", optional_argument, NULL, 'v'},
        {"stats", optional_argument, NULL, 'S'},
        {"trace", required_argument, NULL, 't'},
        {"spin", required_argument, NULL, 'i'},
        {"poison", no_argument, NULL, 'P'},
        {NULL, 0, NULL, 0}};
    int option;

    opterr = 0;
    while ((option = getopt_long(argc, argv, "+:v", known, NULL)) != -1) {
        int result;
        if (option == ':') {
            return fail(EXIT_USAGE, "option %s wants a value",
                        argv[optind - 1]);
        }
        if (option == '?') {
            return fail(EXIT_USAGE,
                        "unknown option %s of `popcorn run` (popcorn --help "
                        "lists them)",
                        argv[optind - 1]);
        }
        result = parse_option(
            option, option == 'v' && optarg == NULL ? NULL : optarg, options);
        if (result != 0) {
            return result;
        }
    }
    if (optind == argc) {
        return fail(EXIT_USAGE, "`popcorn run` wants a program (popcorn "
                                "--help)");
    }
    options->arguments = argv + optind;
    return 0;
}

/* --- nodes --- */

static int add_node(struct agent_config *config,
                    const struct popcorn_pack *pack, const char *name,
                    size_t length)
{
    char isa[16];

    snprintf(isa, sizeof isa, "%.*s", (int)length, name);
    if (length == 0 || length >= sizeof isa ||
        popcorn_pack_find(pack, isa) == NULL) {
        const struct popcorn_pack_info *info = popcorn_pack_info(pack);
        char list[256] = "";
        for (uint32_t i = 0; i < info->image_count; i++) {
            strcat(list, " ");
            strcat(list, info->image[i].isa);
        }
        return fail(EXIT_USAGE,
                    "--nodes: there is no node '%.*s'; the program has images "
                    "for:%s",
                    (int)length, name, list);
    }
    if (config->node_count == POPCORN_MAX_NODES) {
        return fail(EXIT_USAGE, "--nodes: at most %d nodes", POPCORN_MAX_NODES);
    }
    strcpy(config->isa[config->node_count++], isa);
    return 0;
}

static int default_nodes(struct agent_config *config,
                         const struct popcorn_pack *pack)
{
    const struct popcorn_pack_info *info = popcorn_pack_info(pack);
    const char *here = machine_isa();
    int result = 0;

    if (popcorn_pack_find(pack, here) != NULL) {
        result = add_node(config, pack, here, strlen(here));
    }
    for (uint32_t i = 0; i < info->image_count && result == 0; i++) {
        const char *isa = info->image[i].isa;
        if (strcmp(isa, here) != 0) {
            result = add_node(config, pack, isa, strlen(isa));
        }
    }
    return result;
}

static int add_listed(struct agent_config *config,
                      const struct popcorn_pack *pack, const char *item,
                      size_t length, const char *key)
{
    char text[320];

    snprintf(text, sizeof text, "%.*s", (int)length, item);
    if (length < sizeof text && remote_is(text)) {
        return remote_add(config, pack, text, key);
    }
    return add_node(config, pack, item, length);
}

static int choose_nodes(struct agent_config *config,
                        const struct popcorn_pack *pack,
                        const struct run_options *options)
{
    const char *list = options->nodes;
    int result = 0;

    if (list == NULL) {
        return default_nodes(config, pack);
    }
    for (;;) {
        size_t length = strcspn(list, ",");
        result = add_listed(config, pack, list, length, options->key);
        if (result != 0 || list[length] == '\0') {
            return result;
        }
        list += length + 1;
    }
}

static int set_home(struct agent_config *config, unsigned node)
{
    if (config->address[node][0] != '\0') {
        return fail(EXIT_USAGE,
                    "node %u (%s at %s) cannot be home: the program starts "
                    "where `popcorn run` does. Name a node of this machine "
                    "first, or with --start",
                    node, config->isa[node], config->address[node]);
    }
    config->home = node;
    return 0;
}

/* An index, or the first node of an ISA. 0 or -ENOENT. */
static int find_node(const struct agent_config *config, const char *name,
                     unsigned *node)
{
    char *end;
    unsigned long index = strtoul(name, &end, 10);

    if (name[0] >= '0' && name[0] <= '9' && *end == '\0' &&
        index < config->node_count) {
        *node = (unsigned)index;
        return 0;
    }
    for (*node = 0; *node < config->node_count; ++*node) {
        if (strcmp(config->isa[*node], name) == 0) {
            return 0;
        }
    }
    return -ENOENT;
}

static int choose_home(struct agent_config *config, const char *start)
{
    unsigned node = 0;

    if (start == NULL || find_node(config, start, &node) == 0) {
        return set_home(config, node);
    }
    return fail(EXIT_USAGE,
                "--start: there is no node '%s'; it is an index below %u or "
                "one of the ISAs of --nodes",
                start, config->node_count);
}

/* --- what nodes need --- */

/* Without userfaultfd the program still runs where it starts. */
static void keep_home_only(struct agent_config *config, const char *why)
{
    char isa[sizeof config->isa[0]];

    fail(0,
         "the program stays on node %u (%s), for the memory of several nodes "
         "cannot be kept equal here: %s",
         config->home, config->isa[config->home], why);
    memcpy(isa, config->isa[config->home], sizeof isa);
    memset(config->isa, 0, sizeof config->isa);
    memset(config->address, 0, sizeof config->address);
    for (unsigned node = 0; node < config->node_count; node++) {
        if (config->peer_fd[node] >= 0) {
            close(config->peer_fd[node]);
            config->peer_fd[node] = -1;
        }
    }
    memcpy(config->isa[0], isa, sizeof isa);
    config->node_count = 1;
    config->home = 0;
    config->bounce_every = 0;
    config->place_count = 0;
}

/* The qemu of a node that is not of this machine's ISA. */
static int check_qemu(const char *isa, char *path, size_t size_bytes)
{
    char name[32];

    snprintf(name, sizeof name, "qemu-%s", isa);
    if (find_in_path(name, path, size_bytes) != 0) {
        return fail(POPCORN_EXIT_FAILURE,
                    "%s is not installed, and this machine runs %s only. "
                    "Install the package qemu-user, or choose other --nodes",
                    name, machine_isa());
    }
    if (!is_dynamic(path)) {
        return fail(POPCORN_EXIT_FAILURE,
                    "%s is statically linked, so its memory cannot be shared. "
                    "Install the package qemu-user instead of "
                    "qemu-user-static",
                    path);
    }
    return 0;
}

static int check_nodes(struct agent_config *config)
{
    const char *why = config->node_count > 1 ? userfault_problem() : NULL;
    char path[512];
    int result = 0;

    if (why != NULL) {
        keep_home_only(config, why);
    }
    for (unsigned node = 0; node < config->node_count && result == 0; node++) {
        if (config->address[node][0] == '\0' &&
            strcmp(config->isa[node], machine_isa()) != 0) {
            result = check_qemu(config->isa[node], path, sizeof path);
        }
    }
    return result;
}

/* In a folder it is a new file: POPCORN_RUN starts many programs with one path. */
static int open_output(const char *what, const char *path, int *fd)
{
    char file[PATH_MAX];
    struct stat status;

    if (path == NULL) {
        return 0;
    }
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
        snprintf(file, sizeof file, "%s/XXXXXX", path);
        *fd = mkostemp(file, O_CLOEXEC);
    } else {
        *fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    }
    if (*fd < 0) {
        return fail(POPCORN_EXIT_FAILURE, "cannot write the %s %s: %s", what,
                    path, strerror(errno));
    }
    return 0;
}

static int open_program(const char *name, char *path, size_t size_bytes,
                        struct popcorn_pack **pack)
{
    struct popcorn_error error = {0};
    int result = find_program(name, path, size_bytes);

    if (result != 0) {
        return result;
    }
    result = popcorn_pack_open(path, pack, &error);
    if (result == 0) {
        return 0;
    }
    if (error.text[0] != '\0') {
        return fail(EXIT_NOT_EXECUTABLE, "%s%s", error.text,
                    result == -ENOEXEC ? ". Build it with popcorn-clang" : "");
    }
    return fail(EXIT_NOT_EXECUTABLE, "%s cannot be opened: %s", name,
                strerror(-result));
}

/* --place, or POPCORN_PLACE: nodes, each an index or an ISA name. */
static int choose_places(struct agent_config *config, const char *list)
{
    const char *from = list != NULL ? "--place" : "POPCORN_PLACE";

    if (list == NULL) {
        list = getenv("POPCORN_PLACE");
    }
    while (list != NULL) {
        size_t length = strcspn(list, ",");
        char name[16];
        unsigned node;
        snprintf(name, sizeof name, "%.*s", (int)length, list);
        if (length >= sizeof name || find_node(config, name, &node) != 0) {
            return fail(EXIT_USAGE, "%s: the program has no node '%.*s'", from,
                        (int)length, list);
        }
        if (config->place_count == sizeof config->place) {
            return fail(EXIT_USAGE, "%s: at most %zu nodes", from,
                        sizeof config->place);
        }
        config->place[config->place_count++] = (uint8_t)node;
        list = list[length] == '\0' ? NULL : list + length + 1;
    }
    return 0;
}

/* For tests: runtime/agent/fault_point.h. */
static int choose_fault(struct agent_config *config)
{
    const char *fault = getenv("POPCORN_FAULT");

    if (fault != NULL && strlen(fault) >= sizeof config->fault) {
        return fail(EXIT_USAGE, "POPCORN_FAULT is too long");
    }
    strcpy(config->fault, fault == NULL ? "" : fault);
    return 0;
}

int command_run(int argc, char **argv)
{
    static struct agent_config config;
    static char path[4096];
    struct run_options options = {0};
    struct popcorn_pack *pack = NULL;
    const struct popcorn_pack_info *info;
    int result = parse_options(argc, argv, &options);

    if (result == 0) {
        result = open_program(options.arguments[0], path, sizeof path, &pack);
    }
    if (result != 0) {
        return result;
    }
    config_init(&config);
    info = popcorn_pack_info(pack);
    memcpy(config.program_id, info->program_id, 32);
    memcpy(config.layout_hash, info->layout_hash, 32);
    snprintf(config.program, sizeof config.program, "%s", options.arguments[0]);
    config.bounce_every = options.bounce;
    config.bounce_limit = options.bounce_limit;
    config.bounce_each = options.bounce_each;
    config.stats = options.stats;
    config.progress_every = options.progress_every;
    config.spin_us = options.spin_us;
    config.flags = (options.stats ? POPCORN_FLAG_STATS : 0) |
                   (options.poison ? POPCORN_FLAG_POISON : 0);
    if ((result = choose_nodes(&config, pack, &options)) == 0 &&
        (result = choose_home(&config, options.start)) == 0 &&
        (result = choose_places(&config, options.place)) == 0 &&
        (result = choose_fault(&config)) == 0 &&
        (result = check_nodes(&config)) == 0 &&
        (result = open_output("trace", options.trace, &config.trace_fd)) == 0 &&
        (result = open_output("statistics", options.stats_path,
                              &config.stats_fd)) == 0) {
        if (options.argv0 != NULL) {
            options.arguments[0] = (char *)options.argv0;
        }
        snprintf(config.trace_path, sizeof config.trace_path, "%s",
                 options.trace == NULL ? "" : options.trace);
        result = launch(&config, pack, path, options.arguments);
    }
    popcorn_pack_close(pack);
    return result;
}
