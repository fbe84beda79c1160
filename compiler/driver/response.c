/* @FILE: the arguments in FILE, split as GCC splits them: at white space,
 * with '...', "..." and backslash as in a shell, nothing else.  A FILE that
 * cannot be read is left as it is, an argument that starts with '@'.  Files
 * may name files; a cycle is an error. */
#include "driver.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DEPTH 20

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    size_t size = 0, got;
    char block[4096];

    if (file == NULL) {
        return NULL;
    }
    while ((got = fread(block, 1, sizeof(block), file)) > 0) {
        text = realloc(text, size + got + 1);
        if (text == NULL) {
            fail("out of memory");
        }
        memcpy(text + size, block, got);
        size += got;
    }
    fclose(file);
    if (text == NULL) {
        return format("%s", "");
    }
    text[size] = '\0';
    return text;
}

/* Takes one argument off *text in place; NULL at the end. */
static char *next_argument(char **text)
{
    char *in = *text, *out, *start, quote = '\0';

    while (isspace((unsigned char)*in)) {
        in++;
    }
    if (*in == '\0') {
        return NULL;
    }
    start = out = in;
    for (; *in != '\0'; in++) {
        if (*in == '\\' && in[1] != '\0' && quote != '\'') {
            *out++ = *++in;
        } else if (quote != '\0' && *in == quote) {
            quote = '\0';
        } else if (quote == '\0' && (*in == '"' || *in == '\'')) {
            quote = *in;
        } else if (quote == '\0' && isspace((unsigned char)*in)) {
            in++;
            break;
        } else {
            *out++ = *in;
        }
    }
    *text = in;
    *out = '\0'; /* out <= in - 1, or both at the end */
    return start;
}

static void expand(struct strings *result, char *arg, int depth)
{
    char *text, *word;

    text = arg[0] == '@' ? read_file(arg + 1) : NULL;
    if (text == NULL) {
        add(result, arg);
        return;
    }
    if (depth > MAX_DEPTH) {
        fail("%s: response files name each other more than %d deep", arg,
             MAX_DEPTH);
    }
    while ((word = next_argument(&text)) != NULL) {
        expand(result, word, depth + 1);
    }
}

void expand_response_files(struct strings *args)
{
    struct strings result = {0};

    for (size_t i = 0; i < args->count; i++) {
        expand(&result, args->item[i], 0);
    }
    *args = result;
}
