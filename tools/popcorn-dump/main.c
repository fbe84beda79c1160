/* popcorn-dump: command line. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/stack/frame_map_format.h"
#include "tools/popcorn-dump/dump.h"

static const char usage[] =
    "usage: popcorn-dump [options] FILE\n"
    "Prints what Popcorn wrote: a multi-ISA binary, frame maps, or a portable\n"
    "thread state. The kind of file is found out.\n"
    "  --json             JSON instead of text\n"
    "  --manifest         FILE is a multi-ISA binary: its manifest (default)\n"
    "  --frame-maps       frame maps of a multi-ISA binary, or a file of them\n"
    "  --pts              FILE is a portable thread state\n"
    "  --isa ISA          only the frame maps of this ISA\n"
    "  --program PROGRAM  the thread state's program: function and line\n"
    "  --address ADDRESS  function and line of a call, by its return address\n"
    "  --help, --version\n";

enum want { ANYTHING, MANIFEST, FRAME_MAPS, PTS, ADDRESSES };

struct request {
    enum want want;
    bool json;
    const char *isa, *program;
    uint64_t *address;
    size_t address_count;
};

static uint8_t *read_file(const char *path, size_t *size_bytes)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = NULL;
    size_t room = 0, used = 0, got;

    if (file == NULL) {
        fail("%s: %s", path, strerror(errno));
    }
    do {
        if (room - used < 65536) {
            room = room * 2 + 131072;
            bytes = realloc(bytes, room);
            if (bytes == NULL) {
                fail("out of memory");
            }
        }
        got = fread(bytes + used, 1, room - used, file);
        used += got;
    } while (got != 0);
    if (ferror(file)) {
        fail("%s: %s", path, strerror(errno));
    }
    fclose(file);
    *size_bytes = used;
    return bytes;
}

static struct popcorn_pack *open_pack(const char *path)
{
    struct popcorn_error error = {0};
    struct popcorn_pack *pack;

    if (popcorn_pack_open(path, &pack, &error) != 0) {
        fail("%s", error.text);
    }
    return pack;
}

static void dump_blob(const char *path, const uint8_t *bytes, size_t size_bytes,
                      const struct request *request)
{
    struct popcorn_error error = {0};
    struct frame_map_header header;
    struct frame_maps maps;
    const struct isa *isa;

    if (size_bytes < sizeof header) {
        fail("%s: truncated: %zu bytes", path, size_bytes);
    }
    memcpy(&header, bytes, sizeof header);
    isa = popcorn_isa_by_elf_machine(header.elf_machine);
    if (header.magic != FRAME_MAP_MAGIC || isa == NULL) {
        fail("%s: not frame maps of an ISA this popcorn-dump knows", path);
    }
    if (frame_maps_open(&maps, isa, bytes, size_bytes, &error) != 0) {
        fail("%s: %s", path, error.text);
    }
    if (request->json) {
        print_json(dump_frame_maps_json(&maps, NULL));
    } else {
        dump_frame_maps_text(&maps, NULL);
    }
}

static void dump_images(const char *path, const struct popcorn_pack *pack,
                        const struct request *request)
{
    const struct popcorn_pack_info *info = popcorn_pack_info(pack);
    cJSON *list = request->json ? cJSON_CreateArray() : NULL;
    unsigned found = 0;

    for (uint32_t i = 0; i < info->image_count; i++) {
        const struct popcorn_pack_image *image = &info->image[i];
        struct symbols *symbols;
        struct frame_maps maps;
        if (request->isa != NULL && strcmp(request->isa, image->isa) != 0) {
            continue;
        }
        found++;
        symbols = symbols_open(image->bytes, image->size_bytes);
        image_frame_maps(path, image, symbols, &maps);
        if (list != NULL) {
            cJSON_AddItemToArray(list, dump_frame_maps_json(&maps, symbols));
        } else {
            dump_frame_maps_text(&maps, symbols);
        }
        symbols_close(symbols);
    }
    if (found == 0) {
        fail("%s: has no image for %s", path, request->isa);
    }
    if (list != NULL) {
        print_json(list);
    }
}

static void dump_addresses(const char *path, const struct popcorn_pack *pack,
                           const struct request *request)
{
    const struct popcorn_pack_info *info = popcorn_pack_info(pack);
    const struct popcorn_pack_image *image = NULL;
    cJSON *list = request->json ? cJSON_CreateArray() : NULL;
    struct symbols *symbols;

    for (uint32_t i = 0; i < info->image_count && image == NULL; i++) {
        if (request->isa == NULL ||
            strcmp(request->isa, info->image[i].isa) == 0) {
            image = &info->image[i];
        }
    }
    if (image == NULL) {
        fail("%s: has no image for %s", path, request->isa);
    }
    symbols = symbols_open(image->bytes, image->size_bytes);
    for (size_t i = 0; i < request->address_count; i++) {
        char text[600];
        struct place place;
        symbols_find(symbols, request->address[i], &place);
        if (list != NULL) {
            cJSON *object = cJSON_CreateObject();
            add_hex(object, "address", request->address[i]);
            place_json(&place, object);
            cJSON_AddItemToArray(list, object);
        } else {
            place_text(&place, text, sizeof text);
            printf("0x%llx %s\n", (unsigned long long)request->address[i],
                   text[0] != '\0' ? text : "?");
        }
    }
    symbols_close(symbols);
    if (list != NULL) {
        print_json(list);
    }
}

static void dump_binary(const char *path, const struct request *request)
{
    struct popcorn_pack *pack = open_pack(path);

    if (request->want == ADDRESSES) {
        dump_addresses(path, pack, request);
    } else if (request->want == FRAME_MAPS) {
        dump_images(path, pack, request);
    } else if (request->json) {
        print_json(dump_manifest_json(popcorn_pack_info(pack)));
    } else {
        dump_manifest_text(path, popcorn_pack_info(pack));
    }
    popcorn_pack_close(pack);
}

static enum want kind_of(const char *path, const uint8_t *bytes,
                         size_t size_bytes)
{
    uint32_t magic = 0;

    memcpy(&magic, bytes, size_bytes < 4 ? size_bytes : 4);
    if (magic == PTS_MAGIC) {
        return PTS;
    }
    if (magic == FRAME_MAP_MAGIC) {
        return FRAME_MAPS;
    }
    if (magic == 0x464c457fu) { /* ELF */
        return MANIFEST;
    }
    fail("%s: neither a multi-ISA binary, nor frame maps, nor a portable "
         "thread state",
         path);
}

static void dump_file(const char *path, const struct request *request)
{
    size_t size_bytes;
    uint8_t *bytes = read_file(path, &size_bytes);
    enum want kind = kind_of(path, bytes, size_bytes);
    struct popcorn_pack *pack = NULL;

    if ((request->want == PTS && kind != PTS) ||
        ((request->want == MANIFEST || request->want == ADDRESSES) &&
         kind != MANIFEST) ||
        (request->want == FRAME_MAPS && kind == PTS)) {
        fail("%s: is not what the options ask for", path);
    }
    if (kind == MANIFEST) {
        dump_binary(path, request);
    } else if (kind == FRAME_MAPS) {
        dump_blob(path, bytes, size_bytes, request);
    } else {
        if (request->program != NULL) {
            pack = open_pack(request->program);
        }
        dump_pts(path, bytes, size_bytes, pack, request->json);
        popcorn_pack_close(pack);
    }
    free(bytes);
}

static void add_address(struct request *request, const char *text)
{
    char *end;

    request->want = ADDRESSES;
    request->address = realloc(request->address, (request->address_count + 1) *
                                                     sizeof *request->address);
    if (request->address == NULL) {
        fail("out of memory");
    }
    errno = 0;
    request->address[request->address_count++] = strtoull(text, &end, 0);
    if (errno != 0 || end == text || *end != '\0' || strchr(text, '-')) {
        fail("--address %s: is not an address", text);
    }
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"json", no_argument, NULL, 'j'},
        {"manifest", no_argument, NULL, 'm'},
        {"frame-maps", no_argument, NULL, 'f'},
        {"pts", no_argument, NULL, 'p'},
        {"isa", required_argument, NULL, 'i'},
        {"program", required_argument, NULL, 'P'},
        {"address", required_argument, NULL, 'a'},
        {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'V'},
        {0}};
    struct request request = {0};
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 'j':
            request.json = true;
            break;
        case 'm':
            request.want = MANIFEST;
            break;
        case 'f':
            request.want = FRAME_MAPS;
            break;
        case 'p':
            request.want = PTS;
            break;
        case 'i':
            request.isa = optarg;
            break;
        case 'P':
            request.program = optarg;
            break;
        case 'a':
            add_address(&request, optarg);
            break;
        case 'h':
            fputs(usage, stdout);
            return 0;
        case 'V':
            puts("popcorn-dump " POPCORN_VERSION);
            return 0;
        default:
            fputs(usage, stderr);
            return 1;
        }
    }
    if (argc - optind != 1) {
        fputs(usage, stderr);
        return 1;
    }
    dump_file(argv[optind], &request);
    free(request.address);
    if (fflush(stdout) != 0) {
        fail("cannot write: %s", strerror(errno));
    }
    return 0;
}
