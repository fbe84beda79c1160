/* POPCORN_RUN: a program that is started by itself becomes one of `popcorn run`.
 *
 * The variable holds the options of `popcorn run`, separated by spaces, behind the
 * path of `popcorn` if that is not in $PATH. So whatever a build or a test suite
 * starts can be made to move.  The process is the same afterwards: only an exec
 * has happened.
 */
#include "runtime/member/start/start.h"

enum {
    AUX_SECURE = 23,
    PATH_ROOM = 4096,
    DIRECTORY_IS_CURRENT = -100 /* AT_FDCWD */,
};

/* `name` ends with '='. */
static const char *value_of(char **environment, const char *name)
{
    for (char **entry = environment; *entry != NULL; entry++) {
        if (popcorn_starts_with(*entry, name)) {
            return *entry + popcorn_text_length(name);
        }
    }
    return NULL;
}

/* The words of `text` behind `at`, as strings at `room`, which has place for all
 * of it. Returns behind the last. */
static char **add_words(char **at, const char *text, char *room)
{
    while (*text != '\0') {
        while (*text == ' ') {
            text++;
        }
        if (*text == '\0') {
            break;
        }
        *at++ = room;
        while (*text != '\0' && *text != ' ') {
            *room++ = *text++;
        }
        *room++ = '\0';
    }
    return at;
}

/* Returns only if there is none that can be executed. */
static void exec_in_path(const char *path, char **arguments, char **environment)
{
    static const char name[] = "/popcorn";
    char file[PATH_ROOM];

    while (*path != '\0') {
        uint64_t length = 0;
        while (*path != '\0' && *path != ':') {
            if (length < sizeof file - sizeof name) {
                file[length++] = *path;
            }
            path++;
        }
        path += *path == ':';
        if (length != 0) {
            popcorn_copy(file + length, name, sizeof name);
            isa_syscall(NEUTRAL_execve, (long)file, (long)arguments,
                        (long)environment, 0, 0, 0);
        }
    }
}

void popcorn_start_under_run(const long *kernel_sp)
{
    char **argv = (char **)(kernel_sp + 1);
    char **environment = argv + kernel_sp[0] + 1;
    const char *options = value_of(environment, "POPCORN_RUN=");
    const char *path;
    static char program[PATH_ROOM];
    uint64_t count, size_bytes;
    char **arguments, **at;
    long length;

    if (options == NULL || *options == '\0' || argv[0] == NULL ||
        popcorn_auxiliary(kernel_sp, AUX_SECURE) != 0) {
        return;
    }
    /* At most as many words as bytes, and some of our own. */
    size_bytes = popcorn_text_length(options) + 1;
    count = size_bytes + (uint64_t)kernel_sp[0] + 8;
    arguments = popcorn_map_private(count * sizeof *arguments + size_bytes);
    length = isa_syscall(NEUTRAL_readlinkat, DIRECTORY_IS_CURRENT,
                         (long)"/proc/self/exe", (long)program,
                         sizeof program - 1, 0, 0);
    if (arguments == NULL || length <= 0) {
        popcorn_fatal("POPCORN_RUN is set, but there is no memory or no /proc");
    }
    arguments[0] = "popcorn";
    arguments[1] = "run";
    at = add_words(arguments + 2, options, (char *)(arguments + count));
    if (at != arguments + 2 && arguments[2][0] != '-') {
        arguments[0] = arguments[2];
        for (char **word = arguments + 3; word < at; word++) {
            word[-1] = word[0];
        }
        at--;
    }
    *at++ = "--argv0";
    *at++ = argv[0];
    *at++ = "--";
    *at++ = program;
    for (long i = 1; i < kernel_sp[0]; i++) {
        *at++ = argv[i];
    }
    if (arguments[0][0] == '/') {
        isa_syscall(NEUTRAL_execve, (long)arguments[0], (long)arguments,
                    (long)environment, 0, 0, 0);
    } else if ((path = value_of(environment, "PATH=")) != NULL) {
        exec_in_path(path, arguments, environment);
    }
    popcorn_fatal("POPCORN_RUN is set, but popcorn is not in $PATH; put its "
                  "path in front of the options");
}
