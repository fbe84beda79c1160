/* What the commands share: their exit codes (with runtime/base/exit_status.h),
 * what they say, where they find things. May use runtime/base and
 * runtime/message.
 */
#ifndef POPCORN_TOOLS_COMMON_H
#define POPCORN_TOOLS_COMMON_H

#include <stddef.h>

#include "runtime/base/exit_status.h"

enum { EXIT_USAGE = 2, EXIT_NOT_EXECUTABLE = 126, EXIT_NOT_FOUND = 127 };

/* say.c: one line "NAME: ..." on standard error, in one write; what cannot be
 * printed is escaped, lines over 2 KiB are cut. NAME: popcorn, or say_as()'s. */
void say_as(const char *name);
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
int fail(int code, const char *format, ...) /* returns `code` */
    __attribute__((format(printf, 2, 3)));

/* places.c */
/* lib/popcorn/<name> next to this program. 0 or -errno. */
int find_support_file(const char *name, char *path, size_t size_bytes);
/* As execvp would: 0, or 126 / 127 after one message. */
int find_program(const char *name, char *path, size_t size_bytes);
/* A file in PATH; 0 or -ENOENT. */
int find_in_path(const char *name, char *path, size_t size_bytes);
/* An ELF executable that has a dynamic linker (LD_PRELOAD works). */
int is_dynamic(const char *path);
/* ISA name of this machine's kernel. */
const char *machine_isa(void);

#endif
