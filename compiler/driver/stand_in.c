/* Stand-ins of shared objects: what -shared makes.
 *
 * Programs are linked statically.  So that builds that make shared objects go
 * through unchanged, `-shared -o libNAME.so` makes an archive of that name: one
 * member holds all objects as -r would (one of them needed, all are linked, as
 * of a shared object), another, __.LIBDEP, what they were linked with, a line
 * each (a shared object's DT_NEEDED).  A link that is given it takes the objects
 * and then what they need.  The runtime's dlopen opens none.
 */
#include "config.h"
#include "driver.h"
#include "linker/object/archive.h"
#include "linker/pack/elf_view.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char needs_name[] = "__.LIBDEP";

static void add_lines(struct strings *list, const char *text, size_t length)
{
    for (const char *end = text + length; text < end;) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        if (stop == NULL) {
            stop = end;
        }
        if (stop > text) {
            add(list, format("%.*s", (int)(stop - text), text));
        }
        text = stop + 1;
    }
}

typedef void member_function(void *context,
                             const struct archive_member *member);

/* A stand-in has two members, the list last: no archive is read any further. For the
 * list, or for the other. What is wrong with a file is said by those who link it. Is
 * there a list? */
static bool each_member(const char *path, bool list, member_function *function,
                        void *context)
{
    struct popcorn_error ignored = {0};
    struct archive archive;
    const uint8_t *bytes;
    uint64_t size_bytes;
    bool found = false;

    if (elf_map_file(path, &bytes, &size_bytes, &ignored) != 0) {
        return false;
    }
    if (archive_is_one(bytes, size_bytes) &&
        archive_open(&archive, path, bytes, size_bytes, &ignored) == 0) {
        struct archive_member member = {.next = archive.first};
        for (int i = 0;
             i < 2 && archive_has_more(&archive, member.next) &&
             archive_open_member(&archive, member.next, &member, &ignored) == 0;
             i++) {
            bool is_list = strcmp(member.name, needs_name) == 0;
            found |= is_list;
            if (is_list == list) {
                function(context, &member);
            }
            archive_close_member(&member);
        }
    }
    munmap((void *)bytes, size_bytes);
    return found;
}

static void take_needs(void *context, const struct archive_member *member)
{
    add_lines(context, (const char *)member->bytes, member->size_bytes);
}

bool read_stand_in(const char *path, struct strings *needs)
{
    return each_member(path, true, take_needs, needs);
}

static void write_bundle(void *context, const struct archive_member *member)
{
    const char *path = context;
    FILE *file = fopen(path, "w");

    if (file == NULL ||
        fwrite(member->bytes, 1, member->size_bytes, file) !=
            member->size_bytes ||
        fclose(file) != 0) {
        fail("%s: cannot be written", path);
    }
}

char *bundle_of_stand_in(struct driver *d, const char *path, size_t number)
{
    char *bundle = temp_path(d, format("%zu-%s.o", number, stem(path)));

    each_member(path, false, write_bundle, bundle);
    return bundle;
}

int write_stand_in(struct driver *d, const char *bundle,
                   const struct strings *needs)
{
    const char *output =
        d->options.output != NULL ? d->options.output : "a.out";
    char *list = temp_path(d, needs_name);
    FILE *file = fopen(list, "w");
    struct strings argv = {0};

    if (file == NULL) {
        fail("%s: cannot be written", list);
    }
    for (size_t i = 0; i < needs->count; i++) {
        fprintf(file, "%s\n", needs->item[i]);
    }
    if (fclose(file) != 0) {
        fail("%s: cannot be written", list);
    }
    if (!d->options.dry_run) {
        unlink(output); /* an archive would be added to */
    }
    add(&argv, AR_PATH);
    add(&argv, "rcsD");
    add(&argv, output);
    add(&argv, bundle);
    add(&argv, list);
    return run(d, &argv);
}
