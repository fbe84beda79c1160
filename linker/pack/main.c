/* popcorn-pack: lists, verifies and extracts the images of a multi-ISA binary.
 * Everything is in pack.h; this is its command line. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "linker/pack/pack.h"

static const char usage[] =
    "usage: popcorn-pack list FILE\n"
    "       popcorn-pack verify FILE\n"
    "       popcorn-pack extract FILE ISA -o OUT\n"
    "       popcorn-pack --help | --version\n"
    "\n"
    "list     print the manifest and the images of a multi-ISA binary\n"
    "verify   check all checksums; prints nothing if they are right\n"
    "extract  write one ISA's image to OUT as an executable of its own\n";

static int report(const struct popcorn_error *error)
{
    fprintf(stderr, "popcorn-pack: error: %s\n", error->text);
    return 1;
}

static void print_hex(const char *label, const uint8_t *bytes)
{
    printf("%-15s ", label);
    for (unsigned i = 0; i < 32; i++) {
        printf("%02x", bytes[i]);
    }
    printf("\n");
}

static void list(const struct popcorn_pack *pack)
{
    const struct popcorn_pack_info *info = popcorn_pack_info(pack);
    printf("%-15s %u\n", "format", info->format_version);
    printf("%-15s %s (ABI %u)\n", "popcorn version", info->popcorn_version,
           info->abi_version);
    print_hex("program id", info->program_id);
    print_hex("layout hash", info->layout_hash);
    for (unsigned i = 0; i < info->image_count; i++) {
        const struct popcorn_pack_image *image = &info->image[i];
        printf(
            "%-15s %s  machine %u  entry 0x%llx  offset %llu  %llu bytes%s\n",
            "image", image->isa, image->elf_machine,
            (unsigned long long)image->entry, (unsigned long long)image->offset,
            (unsigned long long)image->size_bytes,
            image->is_host ? "  (this file)" : "");
    }
}

static int extract(const struct popcorn_pack *pack, const char *isa,
                   const char *path)
{
    struct popcorn_error error = {0};
    int from = popcorn_pack_extract(pack, isa, &error);
    if (from < 0) {
        return report(&error);
    }
    int to = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0777);
    off_t left = lseek(from, 0, SEEK_END);
    off_t offset = 0;
    while (to >= 0 && left > offset) {
        if (sendfile(to, from, &offset, (size_t)(left - offset)) <= 0) {
            break;
        }
    }
    int failed = to < 0 || offset != left || close(to) != 0;
    if (failed) {
        fprintf(stderr, "popcorn-pack: error: %s: cannot write: %s\n", path,
                strerror(errno));
    }
    close(from);
    return failed;
}

static int usage_error(const char *what)
{
    fprintf(stderr, "popcorn-pack: error: %s\n%s", what, usage);
    return 2;
}

int main(int argc, char **argv)
{
    struct popcorn_error error = {0};
    struct popcorn_pack *pack;
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(usage, stdout);
        return 0;
    }
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts("popcorn-pack " POPCORN_VERSION);
        return 0;
    }
    if (argc < 3) {
        return usage_error("a command and a file are needed");
    }
    bool is_extract = strcmp(argv[1], "extract") == 0;
    if (is_extract ? argc != 6 || strcmp(argv[4], "-o") != 0 : argc != 3) {
        return usage_error("wrong number of arguments");
    }
    if (!is_extract && strcmp(argv[1], "list") != 0 &&
        strcmp(argv[1], "verify") != 0) {
        return usage_error("unknown command");
    }
    if (popcorn_pack_open(argv[2], &pack, &error) != 0) {
        return report(&error);
    }
    int result = 0;
    if (is_extract) {
        result = extract(pack, argv[3], argv[5]);
    } else if (strcmp(argv[1], "list") == 0) {
        list(pack);
    }
    popcorn_pack_close(pack);
    return result;
}
