/* The start of every fuzz target, and its other way to run: TARGET
 * --seeds=FOLDER writes the inputs that the search begins with. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"

#ifndef FUZZ_LEAKS
#define FUZZ_LEAKS ""
#endif

int LLVMFuzzerInitialize(int *argc, char ***argv);
const char *__asan_default_options(void);

/* What is freed is used again soon: a fresh page for each allocation costs more
 * than an input does. */
const char *__asan_default_options(void)
{
    return FUZZ_LEAKS "quarantine_size_mb=4";
}

static const char *folder;

const char *fuzz_seed_folder(void)
{
    return folder;
}

void fuzz_seed(const char *name, const void *bytes, size_t size_bytes)
{
    char path[4096];
    FILE *file;

    snprintf(path, sizeof path, "%s/seed-%s", folder, name);
    file = fopen(path, "w");
    if (file == NULL || fwrite(bytes, 1, size_bytes, file) != size_bytes ||
        fclose(file) != 0) {
        perror(path);
        _exit(1);
    }
}

uint64_t fuzz_open_files(void)
{
    uint64_t open_files = 0;

    for (int fd = 0; fd < 64; fd++) {
        open_files |= (uint64_t)(fcntl(fd, F_GETFD) >= 0) << fd;
    }
    return open_files;
}

void fuzz_skip(const char *why)
{
    dprintf(2, "skipped: %s\n", why);
    _exit(77);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const char option[] = "--seeds=";

    if (*argc == 2 && strncmp((*argv)[1], option, sizeof option - 1) == 0) {
        folder = (*argv)[1] + sizeof option - 1;
        fuzz_seeds();
        _exit(0);
    }
    fuzz_start();
    return 0;
}
