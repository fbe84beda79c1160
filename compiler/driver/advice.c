/* What to do about errors that clang's front end gives itself.
 *
 * The neutral passes say it in their own errors, but C that names another ISA
 * ("=a", __builtin_ia32_...) or another compiler fails earlier, and to clang
 * it is just wrong.  After a failure the front end runs once more, its messages
 * are read, and the first error of each kind below gets a note.  What
 * compiles pays nothing, and clang's own output stays as it is.
 */
#include "driver.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define OR_NATIVE                                                              \
    "use portable C, or put the function in a file compiled with "             \
    "-popcorn-native (once for each ISA)"

static const char asm_advice[] =
    "inline assembly exists for one ISA only; " OR_NATIVE;
static const char setjmp_advice[] =
    "__builtin_setjmp and __builtin_longjmp save registers of one ISA; use "
    "setjmp and longjmp of <setjmp.h>";
static const char float_advice[] =
    "this type exists on one ISA only; use long double, which has 128 bits "
    "on every ISA here";

static const char libraries_advice[] =
    "not in musl; argp-standalone, musl-fts, musl-obstack and gnulib are "
    "libraries with it: build one with CC=popcorn-clang AR=popcorn-ar, and "
    "name it with -I and -L";

static const struct {
    const char *error; /* part of clang's message */
    const char *advice;
} table[] = {
    {"output constraint '", asm_advice},
    {"input constraint '", asm_advice},
    {"unknown register name '", asm_advice},
    {"function definition is not allowed here",
     "nested functions are an extension of GCC, and a pointer to one is code "
     "made at run time for one ISA; make it a static function and pass it a "
     "pointer to the variables it uses"},
    {"use of unknown builtin '",
     "a builtin of one ISA or of another compiler; " OR_NATIVE},
    {"__builtin_longjmp is not supported", setjmp_advice},
    {"__builtin_setjmp is not supported", setjmp_advice},
    {"'argp.h' file not found", libraries_advice},
    {"'error.h' file not found", libraries_advice},
    {"'fts.h' file not found", libraries_advice},
    {"'obstack.h' file not found", libraries_advice},
    {"__float128 is not supported", float_advice},
    {"unknown type name '__float80'", float_advice},
};
enum { KINDS = sizeof table / sizeof *table };

/* The function that PLACE, FILE:LINE:COLUMN, is in: as diff -p finds it, the
 * last line up to there that starts with a letter. In the caller's `text`, empty
 * if there is none. */
static void function_at(const char *place, int length, char *text, size_t size)
{
    char *path = format("%.*s", length, place), *line = NULL;
    char *column = strrchr(path, ':'), *number = NULL;
    size_t room = 0;
    FILE *file = NULL;

    text[0] = '\0';
    if (column != NULL) {
        *column = '\0';
        number = strrchr(path, ':');
    }
    if (number != NULL) {
        *number++ = '\0';
        file = fopen(path, "r");
    }
    for (long left = file != NULL ? atol(number) : 0;
         left > 0 && getline(&line, &room, file) > 0; left--) {
        if ((isalpha((unsigned char)line[0]) || line[0] == '_') &&
            strchr(line, '(') != NULL) {
            int end = (int)strcspn(line, "{\r\n");
            while (line[end - 1] == ' ') {
                end--;
            }
            snprintf(text, size, "in '%.*s': ", end, line);
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    free(line);
}

/* FILE:LINE:COLUMN: error: ... -> a note at that place. */
static void advise(const char *line, bool *said)
{
    const char *error = strstr(line, ": error: ");
    char function[200];

    if (error == NULL) {
        error = strstr(line, ": fatal error: ");
    }
    for (size_t i = 0; error != NULL && i < KINDS; i++) {
        if (strstr(error, table[i].error) == NULL) {
            continue;
        }
        for (size_t k = 0; k < KINDS; k++) {
            if (said[k] && table[k].advice == table[i].advice) {
                return;
            }
        }
        said[i] = true;
        function_at(line, (int)(error - line), function, sizeof(function));
        fprintf(stderr, "%.*s: note: %s%s\n", (int)(error - line), line,
                function, table[i].advice);
        return;
    }
}

/* The command, checking only, with messages of one plain line each. */
static struct strings quiet_command(const struct strings *command)
{
    struct strings argv = {0};

    for (size_t i = 0; i < command->count; i++) {
        if (strcmp(command->item[i], "-v") != 0) {
            add(&argv, command->item[i]);
        }
    }
    add_all(&argv, (const char *const[]){"-fsyntax-only", "-w",
                                         "-fno-color-diagnostics",
                                         "-fno-caret-diagnostics",
                                         "-fno-diagnostics-fixit-info", NULL});
    return argv;
}

/* Standard input, a pipe or a terminal cannot be. */
static bool can_be_read_again(const struct driver *d)
{
    const struct options *o = &d->options;

    for (size_t i = 0; i < o->input_count; i++) {
        struct stat status;
        if (o->input[i].kind == INPUT_SOURCE &&
            (stat(o->input[i].text, &status) != 0 ||
             !S_ISREG(status.st_mode))) {
            return false;
        }
    }
    return true;
}

void explain_errors(const struct driver *d, const struct strings *command)
{
    struct strings argv = quiet_command(command);
    bool said[KINDS] = {false};
    char *line = NULL;
    size_t size = 0;
    int ends[2];
    FILE *messages;
    pid_t child;

    if (d->options.mode == MODE_PREPROCESS || !can_be_read_again(d) ||
        pipe(ends) != 0) {
        return;
    }
    child = fork();
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        execv(argv.item[0], argv.item);
        _exit(127);
    }
    close(ends[1]);
    messages = fdopen(ends[0], "r");
    while (child > 0 && messages != NULL &&
           getline(&line, &size, messages) > 0) {
        advise(line, said);
    }
    free(line);
    if (messages != NULL) {
        fclose(messages);
    }
    if (child > 0) {
        waitpid(child, NULL, 0);
    }
}
