/* popcorn-framemap: command line. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linker/framemap/framemap.h"
#include "runtime/stack/frame_map_format.h"

static const char usage[] =
    "usage: popcorn-framemap --isa ISA IMAGE -o BLOB [--stats]\n"
    "       popcorn-framemap --compare BLOB BLOB...\n"
    "Makes the compact frame maps of a linked image (.llvm_stackmaps and\n"
    "call-frame information), or checks that those of several ISAs agree.\n"
    "  --isa ISA    the image's ISA, one of"
#define ISA(name) " " #name
#include "isa/isas.def"
    "\n"
    "  -o BLOB      output file\n"
    "  --stats      sizes, to standard error\n"
    "  --compare    same call sites, same numbers of live values?\n"
    "  --help, --version\n";

static void write_file(const char *path, const uint8_t *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");

    if (file == NULL) {
        fail("%s: %s", path, strerror(errno));
    }
    if (fwrite(bytes, 1, size, file) != size || fclose(file) != 0) {
        int code = errno;
        remove(path);
        fail("%s: %s", path, strerror(code));
    }
}

static void print_stats(const struct image *image, size_t size_bytes,
                        const struct encoding_stats *stats)
{
    fprintf(stderr,
            "%s: %zu call sites, %zu return addresses, %zu live values\n"
            "  %zu unwind records, %zu location lists\n"
            "  bytes: header %zu, blocks %zu, ranks %zu, entries %zu, "
            "unwind %zu, locations %zu\n"
            "  total %zu bytes = %.1f %% of %llu bytes of code, %.1f a call "
            "site\n",
            image->isa->name, stats->ids, stats->entries, stats->values,
            stats->unwinds, stats->lists, sizeof(struct frame_map_header),
            stats->block_bytes, stats->rank_bytes, stats->site_bytes,
            stats->unwind_bytes, stats->location_bytes, size_bytes,
            image->text_bytes
                ? 100.0 * (double)size_bytes / (double)image->text_bytes
                : 0.0,
            (unsigned long long)image->text_bytes,
            stats->entries ? (double)size_bytes / (double)stats->entries : 0.0);
}

static int make_blob(const char *isa_name, const char *path, const char *output,
                     bool want_stats)
{
    const struct isa *isa = popcorn_isa_by_name(isa_name);
    struct encoding_stats stats = {0};
    struct image image;
    size_t size_bytes;
    uint8_t *blob;

    if (isa == NULL) {
        fail("unknown ISA '%s'", isa_name);
    }
    image_open(&image, path, isa);
    image_read_stack_maps(&image);
    read_unwind_rules(&image);
    check_sites(&image);
    blob = encode(&image, &size_bytes, &stats);
    write_file(output, blob, size_bytes);
    if (want_stats) {
        print_stats(&image, size_bytes, &stats);
    }
    return 0;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"isa", required_argument, NULL, 'i'},
        {"stats", no_argument, NULL, 's'},
        {"compare", no_argument, NULL, 'c'},
        {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'V'},
        {0}};
    const char *isa = NULL, *output = NULL;
    bool want_stats = false, want_compare = false;
    int option;

    while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
        switch (option) {
        case 'i':
            isa = optarg;
            break;
        case 'o':
            output = optarg;
            break;
        case 's':
            want_stats = true;
            break;
        case 'c':
            want_compare = true;
            break;
        case 'h':
            fputs(usage, stdout);
            return 0;
        case 'V':
            puts("popcorn-framemap " POPCORN_VERSION);
            return 0;
        default:
            fputs(usage, stderr);
            return 1;
        }
    }
    if (want_compare && argc - optind >= 2) {
        return compare_blobs(argv + optind, argc - optind);
    }
    if (want_compare || isa == NULL || output == NULL || argc - optind != 1) {
        fputs(usage, stderr);
        return 1;
    }
    return make_blob(isa, argv[optind], output, want_stats);
}
