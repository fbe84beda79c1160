/* Version scripts: which names a shared object gives away (GNU ld's manual,
 * "VERSION"). Only that is taken from them: versions are not.
 *
 * A name that is written out counts before a pattern, a pattern before `*`; of
 * equals `global:` counts. What no line names is given away.
 */
#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "linker/aligner/aligner.h"

struct pattern {
    const char *text;
    unsigned rank; /* 3 a name, 2 a pattern, 1 all */
    bool local;
};

struct version_script {
    struct pattern *patterns;
    unsigned count;
};

struct reader {
    const char *path, *next, *end;
    struct version_script *script;
    unsigned line;
    bool foreign; /* in extern "C++", whose names no object has as they are */
    struct popcorn_error *error;
};

static int fail(struct reader *r, const char *what)
{
    return elf_fail(r->error, -EINVAL, "%s:%u: version script: %s", r->path,
                    r->line, what);
}

static void skip_blanks(struct reader *r)
{
    while (r->next < r->end) {
        const char *end = NULL;
        if (*r->next == '#') {
            end = memchr(r->next, '\n', (size_t)(r->end - r->next));
            end = end != NULL ? end : r->end;
        } else if (r->end - r->next >= 2 && memcmp(r->next, "/*", 2) == 0) {
            end = memmem(r->next + 2, (size_t)(r->end - r->next - 2), "*/", 2);
            end = end != NULL ? end + 2 : r->end;
        } else if (isspace((unsigned char)*r->next)) {
            end = r->next + 1;
        } else {
            return;
        }
        for (; r->next < end; r->next++) {
            r->line += *r->next == '\n';
        }
    }
}

/* The next word, one of `{ } ; :` or a name, allocated; NULL at the end. A name in
 * quotes is no pattern. */
static char *next_word(struct reader *r, bool *quoted)
{
    skip_blanks(r);
    const char *start = r->next;
    *quoted = false;
    if (start == r->end) {
        return NULL;
    }
    if (*start == '"') {
        const char *end = memchr(start + 1, '"', (size_t)(r->end - start - 1));
        *quoted = true;
        r->next = end != NULL ? end + 1 : r->end;
        end = end != NULL ? end : r->end;
        return align_format("%.*s", (int)(end - start - 1), start + 1);
    }
    do {
        r->next++;
    } while (strchr("{};:", *start) == NULL && r->next < r->end &&
             strchr("{};:\"#", *r->next) == NULL &&
             !isspace((unsigned char)*r->next));
    return align_format("%.*s", (int)(r->next - start), start);
}

static void add_pattern(struct reader *r, const char *text, bool quoted,
                        bool local)
{
    struct version_script *script = r->script;
    if (r->foreign) {
        return;
    }
    unsigned rank = quoted                         ? 3
                    : strcmp(text, "*") == 0       ? 1
                    : strpbrk(text, "*?[") != NULL ? 2
                                                   : 3;
    script->patterns =
        align_room(script->patterns, script->count, sizeof(*script->patterns));
    script->patterns[script->count++] = (struct pattern){text, rank, local};
}

static int read_block(struct reader *r, bool local);

/* extern "LANGUAGE" { NAME; ... } from behind its first word. */
static int read_extern(struct reader *r, bool local)
{
    bool quoted, ignored;
    char *language = next_word(r, &quoted);
    char *brace = language != NULL ? next_word(r, &ignored) : NULL;
    if (brace == NULL || !quoted || strcmp(brace, "{") != 0) {
        return fail(r, "extern wants \"LANGUAGE\" {");
    }
    r->foreign = strcmp(language, "C") != 0;
    int result = read_block(r, local);
    r->foreign = false;
    return result;
}

/* A block from behind its brace: up to the other one. */
static int read_block(struct reader *r, bool local)
{
    bool quoted, ignored;
    for (char *word; (word = next_word(r, &quoted)) != NULL;) {
        if (!quoted && strcmp(word, "}") == 0) {
            return 0;
        }
        if (!quoted && strcmp(word, ";") == 0) {
            continue;
        }
        if (!quoted && strcmp(word, "extern") == 0) {
            int result = read_extern(r, local);
            if (result != 0) {
                return result;
            }
            continue;
        }
        char *behind = next_word(r, &ignored);
        if (behind != NULL && strcmp(behind, ":") == 0 &&
            (strcmp(word, "global") == 0 || strcmp(word, "local") == 0)) {
            local = word[0] == 'l';
        } else if (behind != NULL && strcmp(behind, ";") == 0) {
            add_pattern(r, word, quoted, local);
        } else if (behind != NULL && strcmp(behind, "}") == 0) {
            add_pattern(r, word, quoted, local);
            return 0;
        } else {
            return fail(r, "; expected");
        }
    }
    return fail(r, "} expected");
}

/* [NAME] { ... } [PARENT...] ; and so on. */
static int read_all(struct reader *r)
{
    bool quoted;
    int result = 0;
    for (char *word; result == 0 && (word = next_word(r, &quoted)) != NULL;) {
        if (strcmp(word, "{") == 0) {
            result = read_block(r, false);
            while (result == 0 && (word = next_word(r, &quoted)) != NULL &&
                   strcmp(word, ";") != 0) {
                if (strcmp(word, "{") == 0) {
                    result = fail(r, "; expected");
                }
            }
            if (result == 0 && word == NULL) {
                result = fail(r, "; expected");
            }
        }
    }
    return result;
}

int version_script_read(const char *path, struct version_script **script,
                        struct popcorn_error *error)
{
    const uint8_t *bytes;
    uint64_t size_bytes;
    int result = elf_map_file(path, &bytes, &size_bytes, error);
    if (result != 0) {
        return result;
    }
    *script = align_alloc(1, sizeof(**script));
    struct reader reader = {.path = path,
                            .next = (const char *)bytes,
                            .end = (const char *)bytes + size_bytes,
                            .script = *script,
                            .line = 1,
                            .error = error};
    result = read_all(&reader);
    munmap((void *)bytes, size_bytes);
    return result;
}

bool version_script_hides(const struct version_script *script, const char *name)
{
    unsigned best = 0;
    bool local = false;
    for (unsigned i = 0; i < script->count; i++) {
        const struct pattern *pattern = &script->patterns[i];
        bool fits = pattern->rank == 3 ? strcmp(pattern->text, name) == 0
                                       : fnmatch(pattern->text, name, 0) == 0;
        if (fits && (pattern->rank > best ||
                     (pattern->rank == best && !pattern->local))) {
            best = pattern->rank;
            local = pattern->local;
        }
    }
    return local;
}
