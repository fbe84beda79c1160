/* Reads back from ld.lld's map file what a link kept and how large it is.
 *
 * A map line is four numbers (address, load address, size, alignment), a space
 * and: a name (output section), eight spaces and file:(section) (input
 * section), or sixteen spaces and a symbol.
 */
#include "linker/aligner/aligner.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct map_line {
    uint64_t address, size_bytes, align;
    unsigned depth; /* 0 output section, 1 input section, 2 symbol */
    const char *text;
};

static bool parse_line(const char *line, struct map_line *parsed)
{
    char *end;
    parsed->address = strtoull(line, &end, 16);
    if (end == line) {
        return false;
    }
    strtoull(end, &end, 16);
    parsed->size_bytes = strtoull(end, &end, 16);
    parsed->align = strtoull(end, &end, 10);
    size_t spaces = strspn(end, " ");
    parsed->depth = spaces > 16 ? 2 : spaces > 8 ? 1 : 0;
    parsed->text = end + spaces;
    return spaces >= 1 && *parsed->text != '\0';
}

static void note_output(struct link_result *result, const struct map_line *line,
                        uint64_t *data_start)
{
    static const char *const area[PRIVATE_COUNT] = {
        [PRIVATE_TEXT] = ".text.private",
        [PRIVATE_RODATA] = ".rodata.private",
        [PRIVATE_DATA] = ".data.private",
    };
    for (unsigned i = 0; i < PRIVATE_COUNT; i++) {
        if (strcmp(line->text, area[i]) == 0) {
            result->private_size[i] = (struct private_size){
                line->size_bytes, line->size_bytes, line->align};
            if (i == PRIVATE_DATA) {
                *data_start = line->address;
            }
        }
    }
    if (strcmp(line->text, ".bss.private") == 0 && line->size_bytes != 0) {
        struct private_size *data = &result->private_size[PRIVATE_DATA];
        data->bytes = line->address + line->size_bytes - *data_start;
        if (line->align > data->align) {
            data->align = line->align;
        }
    }
}

static void note_input(const struct layout *layout, struct link_result *result,
                       const struct map_line *line, const char *output)
{
    const char *name = strstr(line->text, ":(");
    if (name == NULL) {
        return;
    }
    if (strncmp(output, ".popcorn.refused.", 17) == 0 &&
        line->size_bytes != 0 && result->refused[0] == '\0') {
        snprintf(result->refused, sizeof(result->refused), "%s", line->text);
    }
    const char *last_dot = strrchr(name, '.');
    if (strncmp(name + 2, ".popcorn.", 9) == 0) {
        unsigned long number = strtoul(last_dot + 1, NULL, 10);
        if (last_dot[1] >= '0' && last_dot[1] <= '9' &&
            number < layout->shared_count) {
            result->live[number] = true;
        }
    }
}

int map_read(const char *path, const struct layout *layout,
             struct link_result *result, struct popcorn_error *error)
{
    char output[256] = "";
    uint64_t data_start = 0;
    char *line = NULL;
    size_t line_bytes = 0;
    ssize_t length;
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return elf_fail(error, -errno, "%s: %s", path, strerror(errno));
    }
    *result = (struct link_result){
        .live = align_alloc(layout->shared_count, sizeof(bool))};
    while ((length = getline(&line, &line_bytes, file)) > 0) {
        struct map_line parsed;
        if (line[length - 1] == '\n') {
            line[length - 1] = '\0';
        }
        if (!parse_line(line, &parsed)) {
            continue;
        }
        if (parsed.depth == 0) {
            snprintf(output, sizeof(output), "%s", parsed.text);
            note_output(result, &parsed, &data_start);
        } else if (parsed.depth == 1) {
            note_input(layout, result, &parsed, output);
        }
    }
    free(line);
    fclose(file);
    return 0;
}

int map_each_input(const char *path, map_visitor *visit, void *context,
                   struct popcorn_error *error)
{
    char *line = NULL;
    size_t line_bytes = 0;
    ssize_t length;
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return elf_fail(error, -errno, "%s: %s", path, strerror(errno));
    }
    while ((length = getline(&line, &line_bytes, file)) > 0) {
        struct map_line parsed;
        if (line[length - 1] == '\n') {
            line[length - 1] = '\0';
        }
        if (!parse_line(line, &parsed) || parsed.depth != 1) {
            continue;
        }
        char *section = strstr(parsed.text, ":(");
        if (section != NULL) {
            *section = '\0';
            visit(context, parsed.text, section + 2, parsed.address,
                  parsed.size_bytes);
        }
    }
    free(line);
    fclose(file);
    return 0;
}
