/* Writes a file so that no one ever sees a part of it. */
#ifndef POPCORN_LINKER_OUTPUT_H
#define POPCORN_LINKER_OUTPUT_H

#include <stdint.h>

#include "runtime/base/error.h"

/* Writes `path` under another name beside it and renames it (mode & ~umask). A
 * device or pipe (configure scripts use /dev/null) is not replaced but written.
 * 0, or a negative errno and `error`; then nothing is left behind. */
int output_write(const char *path, const void *bytes, uint64_t size_bytes,
                 unsigned mode, struct popcorn_error *error);

#endif
