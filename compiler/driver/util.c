/* Strings, lists and messages for the driver. */
#include "driver.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void add(struct strings *list, const char *item)
{
    if (list->count + 2 > list->capacity) {
        list->capacity = list->capacity ? list->capacity * 2 : 32;
        list->item = realloc(list->item, list->capacity * sizeof(char *));
        if (list->item == NULL) {
            fail("out of memory");
        }
    }
    list->item[list->count++] = (char *)item;
    list->item[list->count] = NULL;
}

void add_all(struct strings *list, const char *const *items)
{
    for (; *items != NULL; items++) {
        add(list, *items);
    }
}

void extend(struct strings *list, const struct strings *more)
{
    for (size_t i = 0; i < more->count; i++) {
        add(list, more->item[i]);
    }
}

char *format(const char *fmt, ...)
{
    va_list args;
    char *text = NULL;

    va_start(args, fmt);
    if (vasprintf(&text, fmt, args) < 0) {
        fail("out of memory");
    }
    va_end(args);
    return text;
}

static void message(const char *kind, const char *fmt, va_list args)
{
    fprintf(stderr, "popcorn-clang: %s: ", kind);
    vfprintf(stderr, fmt, args);
    fputc('\n', stderr);
}

void fail(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    message("error", fmt, args);
    va_end(args);
    exit(1);
}

void warn(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    message("warning", fmt, args);
    va_end(args);
}

bool starts_with(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool exists(const char *path)
{
    return access(path, F_OK) == 0;
}

const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

char *stem(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *name = format("%s", slash != NULL ? slash + 1 : path);
    char *dot = strrchr(name, '.');

    if (dot != NULL && dot != name) {
        *dot = '\0';
    }
    return name;
}

char *sysroot_part(const struct driver *d, const char *name)
{
    const char *sysroot = getenv("POPCORN_SYSROOT");

    return sysroot != NULL && *sysroot != '\0'
               ? format("%s/%s", sysroot, name)
               : format("%s/lib/popcorn/sysroot/%s", d->root, name);
}

char *part(const struct driver *d, const char *name)
{
    return format("%s/lib/popcorn/%s", d->root, name);
}

char *need_part(const struct driver *d, const char *name)
{
    char *path = part(d, name);

    if (!exists(path)) {
        fail("%s is missing: this installation of Popcorn is incomplete; "
             "build or install it again",
             path);
    }
    return path;
}
