/* Makes a multi-ISA object: make_object OUT ISA=FILE... < facts. The host part
 * is the first. Facts: the lines from `code`; "end" and what is before `code` are
 * the writer's. */
#include <stdio.h>
#include <string.h>

#include "linker/object/multi_object.h"

int main(int argc, char **argv)
{
    static char facts[1 << 16];
    struct multi_object_part parts[MULTI_OBJECT_MAX_PARTS];
    struct popcorn_error error = {0};
    unsigned count = 0;
    size_t facts_bytes = fread(facts, 1, sizeof(facts), stdin);
    for (int i = 2; i < argc && count < MULTI_OBJECT_MAX_PARTS; i++) {
        struct multi_object_part *part = &parts[count++];
        char *equals = strchr(argv[i], '=');
        if (equals == NULL) {
            return 2;
        }
        *equals = '\0';
        part->isa = argv[i];
        if (elf_map_file(equals + 1, &part->bytes, &part->size_bytes, &error) !=
            0) {
            fprintf(stderr, "%s\n", error.text);
            return 1;
        }
    }
    if (argc < 3 || multi_object_write(argv[1], parts, count, 0, facts,
                                       facts_bytes, &error) != 0) {
        fprintf(stderr, "%s\n", error.text);
        return 1;
    }
    return 0;
}
