/* pack_images OUT ISA=FILE...: a multi-ISA binary from finished images, for
 * tests that need no compiler. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "linker/pack/pack.h"

int main(int argc, char **argv)
{
    struct popcorn_pack_input input[8];
    uint8_t id[32] = "test member program id", layout[32] = "test layout";
    struct popcorn_error error = {0};

    if (argc < 3 || argc > 10) {
        return 2;
    }
    for (int i = 2; i < argc; i++) {
        char *file = strchr(argv[i], '=');
        struct stat status;
        int fd;
        if (file == NULL || (fd = open(file + 1, O_RDONLY)) < 0 ||
            fstat(fd, &status) != 0) {
            perror(argv[i]);
            return 1;
        }
        *file = '\0';
        input[i - 2].isa = argv[i];
        input[i - 2].size_bytes = (uint64_t)status.st_size;
        input[i - 2].bytes =
            mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    }
    if (popcorn_pack_write(argv[1], input, (unsigned)argc - 2, id, layout,
                           &error) != 0) {
        fprintf(stderr, "pack_images: %s\n", error.text);
        return 1;
    }
    return 0;
}
