/* Assembly that is compiled for all ISAs: directives about symbols and sections, as
 * configure scripts and files for another architecture have them.
 *
 * The text becomes the file-scope assembly of a C source of the same name, line
 * by line; what it may say is decided by the neutral passes (directives.cpp).
 */
#include "config.h"
#include "driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* .S and its like are preprocessed: what is for other ISAs goes. */
static bool is_preprocessed(const struct input *in)
{
    const char *dot = strrchr(in->text, '.');

    if (in->language != NULL) {
        return strcmp(in->language, "assembler-with-cpp") == 0;
    }
    return dot != NULL && strcmp(dot, ".s") != 0 && strcmp(dot, ".asm") != 0;
}

static void write_line(FILE *file, const char *line)
{
    fputs("__asm__(\"", file);
    for (; *line != '\0' && *line != '\n'; line++) {
        if (*line == '"' || *line == '\\') {
            fputc('\\', file);
        }
        if (*line == '\t') {
            fputs("\\t", file);
        } else if (*line != '\r') {
            fputc(*line, file);
        }
    }
    fputs("\");\n", file);
}

struct input wrap_assembly(struct driver *d, const struct input *in,
                           const struct strings *preprocess)
{
    const char *text = in->text, *slash = strrchr(in->text, '/');
    char *source =
        temp_path(d, format("%s", slash != NULL ? slash + 1 : in->text));
    char *line = NULL;
    size_t room = 0;
    FILE *from, *to;

    if (d->options.dry_run) {
        return (struct input){INPUT_SOURCE, source, "c"};
    }
    if (is_preprocessed(in)) {
        struct strings argv = {0};
        char *output = temp_path(d, "assembly.s");
        extend(&argv, preprocess);
        add_all(&argv, (const char *const[]){"-E", "-P", "-x",
                                             "assembler-with-cpp", NULL});
        add(&argv, in->text);
        add(&argv, "-o");
        add(&argv, output);
        if (run(d, &argv) != 0) {
            exit(1);
        }
        text = output;
    }
    from = fopen(text, "r");
    to = fopen(source, "w");
    if (from == NULL || to == NULL) {
        fail("%s: cannot be read", in->text);
    }
    while (getline(&line, &room, from) > 0) {
        write_line(to, line);
    }
    if (ferror(from) || fclose(to) != 0) {
        fail("%s: cannot be read", in->text);
    }
    fclose(from);
    return (struct input){INPUT_SOURCE, source, "c"};
}
