/* popcornd: lets programs come to this machine. Options, and what can be
 * refused before the first program comes. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/launch/config.h"
#include "tools/common/common.h"
#include "tools/popcornd/popcornd.h"

static const char help[] =
    "usage: popcornd [OPTION]...\n"
    "       popcornd --make-key [--key FILE]\n"
    "\n"
    "  --listen ADDR[:PORT]  where programs come in (default 127.0.0.1:7070);\n"
    "                        numeric, port 0 takes any free one\n"
    "  --isa ISA             run images for ISA (default: this machine's;\n"
    "                        another one runs under QEMU user mode)\n"
    "  --key FILE            the shared key (default ~/.config/popcorn/key)\n"
    "  --max N               at most N programs at a time (default 32)\n"
    "  --make-key            make a new key file and end\n"
    "\n"
    "Whoever has the key can run programs here as this user. Traffic is\n"
    "authenticated when a program comes, but not encrypted: use it on\n"
    "networks you trust. SIGTERM ends popcornd and the programs' parts here.\n"
    "Exit status: 0, 2 usage, 125 it could not do its part.\n";

struct options {
    const char *address, *isa, *key;
    unsigned max;
    int make_key;
};

static int parse(int argc, char **argv, struct options *options)
{
    static const struct option known[] = {
        {"listen", required_argument, NULL, 'l'},
        {"isa", required_argument, NULL, 'i'},
        {"key", required_argument, NULL, 'k'},
        {"max", required_argument, NULL, 'm'},
        {"make-key", no_argument, NULL, 'K'},
        {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'V'},
        {NULL, 0, NULL, 0}};
    int option;
    char *end;

    opterr = 0;
    while ((option = getopt_long(argc, argv, ":", known, NULL)) != -1) {
        switch (option) {
        case 'l':
            options->address = optarg;
            break;
        case 'i':
            options->isa = optarg;
            break;
        case 'k':
            options->key = optarg;
            break;
        case 'm':
            options->max = (unsigned)strtoul(optarg, &end, 10);
            if (*end != '\0' || options->max < 1 ||
                options->max > POPCORND_MAX) {
                return fail(EXIT_USAGE, "--max wants a number from 1 to %d",
                            POPCORND_MAX);
            }
            break;
        case 'K':
            options->make_key = 1;
            break;
        case 'h':
            fputs(help, stdout);
            exit(0);
        case 'V':
            printf("popcornd %s\n", POPCORN_VERSION);
            exit(0);
        case ':':
            return fail(EXIT_USAGE, "option %s wants a value",
                        argv[optind - 1]);
        default:
            return fail(EXIT_USAGE,
                        "unknown option %s (popcornd --help lists "
                        "them)",
                        argv[optind - 1]);
        }
    }
    return optind == argc ? 0
                          : fail(EXIT_USAGE,
                                 "unexpected '%s' (popcornd "
                                 "--help)",
                                 argv[optind]);
}

/* Everything a program will need here, before one comes. */
static int check_node(struct service *service)
{
    const char *why = userfault_problem();
    char name[32];

    if (find_support_file("popcorn-agent", service->agent,
                          sizeof service->agent) != 0) {
        return fail(POPCORN_EXIT_FAILURE,
                    "popcorn-agent is missing from lib/popcorn; "
                    "install Popcorn again");
    }
    if (why != NULL) {
        return fail(POPCORN_EXIT_FAILURE, "programs cannot come here: %s", why);
    }
    if (strcmp(service->isa, machine_isa()) == 0) {
        return 0;
    }
    snprintf(name, sizeof name, "qemu-%s", service->isa);
    if (find_in_path(name, service->qemu, sizeof service->qemu) != 0 ||
        !is_dynamic(service->qemu)) {
        return fail(POPCORN_EXIT_FAILURE,
                    "--isa %s: this machine runs %s, and there is no "
                    "dynamically linked %s (package qemu-user)",
                    service->isa, machine_isa(), name);
    }
    if (find_support_file("libpopcorn-uffd.so", service->preload,
                          sizeof service->preload) != 0) {
        return fail(POPCORN_EXIT_FAILURE, "libpopcorn-uffd.so is missing from "
                                          "lib/popcorn; install Popcorn again");
    }
    return 0;
}

int main(int argc, char **argv)
{
    static struct service service;
    struct options options = {
        .address = "127.0.0.1", .isa = machine_isa(), .max = 32};
    struct popcorn_error error = {0};
    char path[4096];
    int result;

    say_as("popcornd");
    result = parse(argc, argv, &options);
    if (result != 0) {
        return result;
    }
    if (options.key == NULL) {
        if (peer_key_path(path, sizeof path) != 0) {
            return fail(POPCORN_EXIT_FAILURE,
                        "no HOME: name the key file with --key");
        }
        options.key = path;
    }
    if (options.make_key) {
        if (peer_key_make(options.key, &error) != 0) {
            return fail(POPCORN_EXIT_FAILURE, "%s", error.text);
        }
        printf("%s\n", options.key);
        return 0;
    }
    service.isa = options.isa;
    service.max = options.max;
    if (peer_key_read(options.key, service.key, &error) != 0) {
        return fail(POPCORN_EXIT_FAILURE, "%s", error.text);
    }
    if (strlen(options.isa) >= sizeof((struct peer_greeting *)0)->isa) {
        return fail(EXIT_USAGE, "--isa: there is no ISA '%s'", options.isa);
    }
    result = check_node(&service);
    if (result != 0) {
        return result;
    }
    result = service_listen(&service, options.address);
    if (result != 0) {
        return fail(
            POPCORN_EXIT_FAILURE, "cannot listen on %s: %s", options.address,
            result == -EINVAL ? "not ADDR:PORT in numbers" : strerror(-result));
    }
    return service_run(&service);
}
