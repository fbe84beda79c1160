/* Runs ld.lld and popcorn-framemap for all ISAs at once.
 *
 * What the linker says is shown once: the first failing ISA's errors, then
 * from each other ISA only those the first did not have.  Names of our own
 * intermediate files and sections are put back to what the user knows.
 */
#include "linker/aligner/aligner.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define FAILED_TO_START 127

volatile sig_atomic_t align_ended_by;

struct command {
    char **argv; /* ends in NULL */
    unsigned argc;
    char *output; /* file that gets its standard output and error */
    pid_t pid;
};

char *work_path(const struct options *options, unsigned isa_index,
                const char *suffix)
{
    return align_format("%s/%s%s", options->work,
                        options->target[isa_index].isa, suffix);
}

static void add(struct command *command, char *argument)
{
    command->argv =
        align_room(command->argv, command->argc + 1, sizeof(*command->argv));
    command->argv[command->argc++] = argument;
    command->argv[command->argc] = NULL;
}

static void add_copy(struct command *command, const char *argument)
{
    add(command, align_format("%s", argument));
}

static int start(struct command *command, struct popcorn_error *error)
{
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, command->output,
                                     O_WRONLY | O_CREAT | O_TRUNC, 0666);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    int code = posix_spawn(&command->pid, command->argv[0], &actions, NULL,
                           command->argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (code != 0) {
        command->pid = 0;
        return elf_fail(
            error, -code,
            "cannot run %s: %s. The Popcorn installation is incomplete",
            command->argv[0], strerror(code));
    }
    return 0;
}

/* Exit status; 128 + signal if it was killed. */
static int finish(struct command *command)
{
    int status = 0;
    while (waitpid(command->pid, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static char *read_text(const char *path)
{
    struct stat status;
    FILE *file = fopen(path, "r");
    size_t size = file != NULL && fstat(fileno(file), &status) == 0
                      ? (size_t)status.st_size
                      : 0;
    char *text = align_alloc(size + 1, 1);
    if (file != NULL) {
        size = fread(text, 1, size, file);
        text[size] = '\0';
        fclose(file);
    }
    return text;
}

/* The section a new name stands for; NULL if `text` is no such name. */
static const char *original_name(const struct layout *layout, const char *text,
                                 size_t *length)
{
    char kind[16];
    unsigned rank, number;
    int used = 0;
    if (text[0] != '.' ||
        sscanf(text, ".popcorn.%15[a-z].%8x.%u%n", kind, &rank, &number,
               &used) != 3 ||
        number >= layout->shared_count) {
        return NULL;
    }
    *length = (size_t)used;
    return layout->shared[number].name;
}

/* The module of "module.<number>" at `text`; NULL if that is not there. */
static const struct module *module_at(const struct program *program,
                                      const char *text, size_t *length)
{
    unsigned number;
    int used = 0;
    if (strncmp(text, "module.", 7) != 0 ||
        sscanf(text, "module.%u%n", &number, &used) != 1 ||
        number >= program->module_count) {
        return NULL;
    }
    *length = (size_t)used;
    return program->modules[number];
}

/* A name of ours that begins at `text`: what stands for it, and its length. */
static const char *users_name(const struct program *program,
                              const struct layout *layout, const char *archive,
                              const char *text, size_t *length)
{
    const char *name = original_name(layout, text, length);
    const struct module *module = module_at(program, text, length);
    size_t archive_length = strlen(archive);
    if (name != NULL || module != NULL) {
        return name != NULL ? name : module->name;
    }
    if (strncmp(text, " in archive ", 12) == 0 &&
        strncmp(text + 12, archive, archive_length) == 0) {
        *length = 12 + archive_length;
        return "";
    }
    if (strncmp(text, archive, archive_length) == 0 &&
        text[archive_length] == '(') {
        module = module_at(program, text + archive_length + 1, length);
        if (module != NULL && text[archive_length + 1 + *length] == ')') {
            *length += archive_length + 2;
            return module->name;
        }
    }
    return NULL;
}

/* One line of linker output, in the user's terms. */
static char *translate(const struct options *options, unsigned isa_index,
                       const struct program *program,
                       const struct layout *layout, const char *line,
                       size_t length)
{
    char *archive = work_path(options, isa_index, ".a");
    char *text = align_format("%.*s", (int)length, line);
    char *out = NULL;
    size_t out_size = 0;
    FILE *stream = open_memstream(&out, &out_size);
    for (const char *next = text; stream != NULL && *next != '\0';) {
        size_t used = 0;
        const char *name = users_name(program, layout, archive, next, &used);
        if (name != NULL) {
            fputs(name, stream);
            next += used;
        } else {
            fputc(*next++, stream);
        }
    }
    free(archive);
    if (stream == NULL || fclose(stream) != 0) {
        return text;
    }
    free(text);
    return out;
}

int map_copy(const struct options *options, unsigned isa_index,
             const struct program *program, const struct layout *layout,
             const char *to, struct popcorn_error *error)
{
    char *path = work_path(options, isa_index, ".map");
    FILE *in = fopen(path, "r");
    FILE *out = fopen(to, "w");
    char *line = NULL;
    size_t line_bytes = 0;
    ssize_t length;
    int result = 0;
    while (in != NULL && out != NULL &&
           (length = getline(&line, &line_bytes, in)) > 0) {
        char *said = translate(options, isa_index, program, layout, line,
                               (size_t)length);
        fputs(said, out);
        free(said);
    }
    bool failed = in == NULL || out == NULL || ferror(in) || ferror(out);
    if (in != NULL) {
        fclose(in);
    }
    if ((out != NULL && fclose(out) != 0) || failed) {
        result =
            elf_fail(error, -EIO, "%s: cannot write: %s", to, strerror(errno));
    }
    free(line);
    free(path);
    return result;
}

static bool is_known(char **seen, unsigned count, const char *text)
{
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(seen[i], text) == 0) {
            return true;
        }
    }
    return false;
}

/* Prints a command's output, without the messages that `seen` already has. A
 * message is a line and the details (">>> ...") below it. */
static void print_new_messages(const struct options *options,
                               unsigned isa_index,
                               const struct program *program,
                               const struct layout *layout, const char *output,
                               char **seen, unsigned *seen_count,
                               unsigned seen_max)
{
    char *text = read_text(output);
    bool known = false;
    for (char *line = text; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        char *said =
            translate(options, isa_index, program, layout, line, length);
        bool is_detail = strncmp(said, ">>>", 3) == 0;
        if (!is_detail && length != 0) {
            known = is_known(seen, *seen_count, said);
        }
        if (!known && length != 0) {
            fprintf(stderr, "%s\n", said);
        }
        if (!known && !is_detail && *seen_count < seen_max) {
            seen[(*seen_count)++] = said;
        } else {
            free(said);
        }
        line += length + (line[length] == '\n');
    }
    free(text);
}

/* Runs one command per ISA; all must succeed. */
static int run_all(const struct options *options, const struct program *program,
                   const struct layout *layout, struct command *command,
                   const char *what, struct popcorn_error *error)
{
    char *seen[1024];
    unsigned seen_count = 0;
    int status[ALIGN_MAX_ISAS] = {0};
    int result = 0;
    for (unsigned i = 0; i < options->target_count && result == 0; i++) {
        if (options->verbose) {
            for (unsigned k = 0; k < command[i].argc; k++) {
                fprintf(stderr, "%s%c", command[i].argv[k],
                        k + 1 == command[i].argc ? '\n' : ' ');
            }
        }
        result = start(&command[i], error);
    }
    for (unsigned i = 0; i < options->target_count; i++) {
        status[i] = command[i].pid > 0 ? finish(&command[i]) : 0;
    }
    if (align_ended_by != 0) {
        result = elf_fail(error, -EINTR, "ended by signal %d", align_ended_by);
    }
    for (unsigned i = 0; i < options->target_count && result == 0; i++) {
        print_new_messages(options, i, program, layout, command[i].output, seen,
                           &seen_count, 1024);
        if (status[i] == FAILED_TO_START || status[i] > 128) {
            result =
                elf_fail(error, -EIO, "%s: %s ended with status %d",
                         options->target[i].isa, command[i].argv[0], status[i]);
        }
    }
    for (unsigned i = 0; i < options->target_count; i++) {
        if (status[i] != 0 && result == 0) {
            result = elf_fail(error, -EINVAL, "%s failed, see above", what);
        }
    }
    for (unsigned i = 0; i < seen_count; i++) {
        free(seen[i]);
    }
    return result;
}

/* So many threads that all links together have the machine. */
static unsigned thread_count(const struct options *options)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned each =
        processors > 0 ? (unsigned)processors / options->target_count : 1;
    return each != 0 ? each : 1;
}

static void link_command(const struct options *options, unsigned i, bool debug,
                         struct command *command)
{
    add(command, align_format("%s/ld.lld", options->lib));
    static const char *const fixed[] = {"-static",
                                        "--gc-sections",
                                        "-O0",
                                        "--build-id=none",
                                        "-e",
                                        "_start",
                                        "-u",
                                        "__popcorn_program_id",
                                        "--no-check-sections",
                                        "--no-rosegment",
                                        "--error-limit=0",
                                        "-z",
                                        "norelro",
                                        "-z",
                                        "nostart-stop-gc",
                                        "-z",
                                        "noexecstack",
                                        "-z",
                                        "max-page-size=65536"};
    for (unsigned k = 0; k < sizeof(fixed) / sizeof(*fixed); k++) {
        add_copy(command, fixed[k]);
    }
    add(command, align_format("--threads=%u", thread_count(options)));
    if (!debug) {
        add_copy(command, "--strip-debug");
    }
    add(command, align_format("-Map=%s", work_path(options, i, ".map")));
    add_copy(command, "-T");
    add(command, work_path(options, i, ".ld"));
    add_copy(command, "-o");
    add(command, work_path(options, i, ".elf"));
    if (options->allow_multiple) {
        add_copy(command, "--allow-multiple-definition");
    }
    for (unsigned k = 0; k < options->undefined_count; k++) {
        add_copy(command, "-u");
        add_copy(command, options->undefined[k]);
    }
    add_copy(command, "--whole-archive");
    add(command, work_path(options, i, ".a"));
    command->output = work_path(options, i, ".log");
}

/* One ISA's objects and script. */
static int prepare_link(const struct options *options,
                        const struct program *program,
                        const struct layout *layout, unsigned i, bool debug,
                        struct popcorn_error *error)
{
    const uint8_t *framemap = NULL;
    uint64_t framemap_bytes = 0;
    char *framemap_path = work_path(options, i, ".framemap");
    char *archive = work_path(options, i, ".a");
    char *script = work_path(options, i, ".ld");
    int result = 0;
    if (access(framemap_path, F_OK) == 0) {
        result = elf_map_file(framemap_path, &framemap, &framemap_bytes, error);
    }
    if (result == 0) {
        result = script_write(layout, framemap_bytes, script, error);
    }
    if (result == 0) {
        result = copies_write(options, program, layout, i, framemap,
                              framemap_bytes, debug, archive, error);
    }
    if (framemap != NULL) {
        munmap((void *)framemap, framemap_bytes);
    }
    free(framemap_path);
    free(archive);
    free(script);
    return result;
}

int link_all(const struct options *options, const struct program *program,
             const struct layout *layout, bool debug,
             struct popcorn_error *error)
{
    struct command *command =
        align_alloc(options->target_count, sizeof(*command));
    int result = 0;
    for (unsigned i = 0; i < options->target_count && result == 0; i++) {
        result = prepare_link(options, program, layout, i, debug, error);
        link_command(options, i, debug, &command[i]);
    }
    if (result == 0) {
        result = run_all(options, program, layout, command, "linking", error);
    }
    free(command);
    return result;
}

int framemap_all(const struct options *options, const struct program *program,
                 const struct layout *layout, struct popcorn_error *error)
{
    struct command *command =
        align_alloc(options->target_count, sizeof(*command));
    for (unsigned i = 0; i < options->target_count; i++) {
        add(&command[i], align_format("%s/popcorn-framemap", options->lib));
        add_copy(&command[i], "--isa");
        add_copy(&command[i], options->target[i].isa);
        add(&command[i], work_path(options, i, ".sites"));
        add_copy(&command[i], "-o");
        add(&command[i], work_path(options, i, ".framemap"));
        command[i].output = work_path(options, i, ".log");
    }
    int result = run_all(options, program, layout, command,
                         "making the frame maps", error);
    free(command);
    return result;
}

int link_host_parts(const struct options *options, const char *output,
                    struct popcorn_error *error)
{
    struct command command = {0};
    char *log = align_format("%s/merge.log", options->work);
    add(&command, align_format("%s/ld.lld", options->lib));
    add_copy(&command, "-r");
    if (options->allow_multiple) {
        add_copy(&command, "--allow-multiple-definition");
    }
    add_copy(&command, "-T");
    add(&command, align_format("%s/discard.ld", options->work));
    add_copy(&command, "-o");
    add_copy(&command, output);
    add(&command, align_format("@%s/objects", options->work));
    command.output = log;
    int result = start(&command, error);
    if (result == 0 && finish(&command) != 0) {
        char *text = read_text(log);
        result =
            elf_fail(error, -EINVAL, "the objects cannot be merged: %s", text);
    }
    return result;
}
