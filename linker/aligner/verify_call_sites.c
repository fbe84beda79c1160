/* Compares the call sites of the images: each id of one ISA's stack maps should
 * be in every other's.
 *
 * A back end may drop a call it proves unreachable, so a difference is not
 * itself wrong: a thread at such a call site cannot move to the ISA that lacks
 * it and the runtime declines cleanly.  But it is rare and worth a warning.
 * Format: LLVM's stack map section, version 3, one or more concatenated.
 */
#include "linker/aligner/verify.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linker/aligner/aligner.h"

struct call_site {
    uint32_t id;
    uint64_t function; /* address */
};

struct call_sites {
    struct call_site *sites; /* sorted by id, each id once */
    uint64_t count;
};

struct cursor {
    const uint8_t *start, *next, *end;
};

static bool take(struct cursor *cursor, void *out, uint64_t bytes)
{
    if (bytes > (uint64_t)(cursor->end - cursor->next)) {
        return false;
    }
    if (out != NULL) {
        memcpy(out, cursor->next, bytes);
    }
    cursor->next += bytes;
    return true;
}

static bool align_to_8(struct cursor *cursor)
{
    uint64_t misaligned = (uint64_t)(cursor->next - cursor->start) % 8;
    return misaligned == 0 || take(cursor, NULL, 8 - misaligned);
}

static void add_site(struct call_sites *list, uint32_t id, uint64_t function)
{
    list->sites = align_room(list->sites, list->count, sizeof(*list->sites));
    list->sites[list->count++] = (struct call_site){id, function};
}

/* Steps over one record and notes its id. */
static bool read_record(struct cursor *cursor, uint64_t function,
                        struct call_sites *list)
{
    uint64_t id;
    uint16_t locations, live_outs;
    if (!take(cursor, &id, 8) || !take(cursor, NULL, 6) ||
        !take(cursor, &locations, 2) ||
        !take(cursor, NULL, 12ull * locations) || !align_to_8(cursor) ||
        !take(cursor, NULL, 2) || !take(cursor, &live_outs, 2) ||
        !take(cursor, NULL, 4ull * live_outs) || !align_to_8(cursor)) {
        return false;
    }
    if (function != 0) { /* 0: the linker dropped the function */
        add_site(list, (uint32_t)id, function);
    }
    return true;
}

static bool read_map(struct cursor *cursor, struct call_sites *list)
{
    struct {
        uint8_t version, reserved[3];
        uint32_t functions, constants, records;
    } header;
    struct {
        uint64_t address, stack_bytes, records;
    } function;
    if (!take(cursor, &header, sizeof(header)) || header.version != 3) {
        return false;
    }
    struct cursor functions = *cursor;
    if (!take(cursor, NULL, 24ull * header.functions) ||
        !take(cursor, NULL, 8ull * header.constants)) {
        return false;
    }
    for (uint32_t i = 0; i < header.functions; i++) {
        if (!take(&functions, &function, sizeof(function))) {
            return false;
        }
        for (uint64_t k = 0; k < function.records; k++) {
            if (!read_record(cursor, function.address, list)) {
                return false;
            }
        }
    }
    return align_to_8(cursor);
}

static int compare_sites(const void *a, const void *b)
{
    uint32_t x = ((const struct call_site *)a)->id;
    uint32_t y = ((const struct call_site *)b)->id;
    return x < y ? -1 : x > y;
}

static int read_sites(const struct verify_image *image, struct call_sites *list,
                      struct popcorn_error *error)
{
    Elf64_Shdr section;
    if (elf_view_find(image->sites, ".llvm_stackmaps", &section) == 0) {
        return 0;
    }
    const uint8_t *bytes = elf_view_data(image->sites, &section);
    struct cursor cursor = {bytes, bytes,
                            bytes == NULL ? NULL : bytes + section.sh_size};
    bool ok = bytes != NULL;
    while (ok && cursor.next < cursor.end) {
        ok = read_map(&cursor, list);
    }
    if (!ok) {
        return elf_fail(error, -EBADMSG,
                        "the %s image's .llvm_stackmaps is malformed",
                        image->isa);
    }
    qsort(list->sites, list->count, sizeof(*list->sites), compare_sites);
    uint64_t kept = 0;
    for (uint64_t i = 0; i < list->count; i++) {
        if (kept == 0 || list->sites[kept - 1].id != list->sites[i].id) {
            list->sites[kept++] = list->sites[i];
        }
    }
    list->count = kept;
    return 0;
}

static const char *function_at(const struct elf_view *image, uint64_t address)
{
    struct popcorn_error ignored = {0};
    struct elf_symbols symbols;
    if (elf_view_symbols(image, &symbols, &ignored) == 0) {
        for (uint64_t i = 1; i < symbols.count; i++) {
            Elf64_Sym symbol = elf_symbol(&symbols, i);
            if (symbol.st_value == address &&
                ELF64_ST_TYPE(symbol.st_info) == STT_FUNC) {
                return elf_symbol_name(&symbols, &symbol);
            }
        }
    }
    return "?";
}

static bool has_site(const struct call_sites *list,
                     const struct call_site *site)
{
    return list->count != 0 && bsearch(site, list->sites, list->count,
                                       sizeof(*site), compare_sites) != NULL;
}

/* The unwinder finds a call's landing by halves (docs/exceptions.md). */
static int check_landings(const struct verify_image *image,
                          const struct call_sites *list,
                          struct popcorn_error *error)
{
    uint64_t start, end;
    if (!verify_symbol(image->image, "__start_popcorn_landings", &start) ||
        !verify_symbol(image->image, "__stop_popcorn_landings", &end)) {
        return 0;
    }
    const uint8_t *row = verify_bytes(image->image, start, end - start);
    if (row == NULL) {
        return 0;
    }
    struct call_site call = {0};
    for (; end - start >= 16; start += 16, row += 16) {
        uint32_t before = call.id;
        struct call_site landing = {0};
        memcpy(&call.id, row, sizeof(call.id));
        memcpy(&landing.id, row + 4, sizeof(landing.id));
        if (call.id <= before) {
            return elf_fail(error, -EBADMSG,
                            "the %s image's landings are out of order: call "
                            "site %u behind %u",
                            image->isa, call.id, before);
        }
        if (has_site(list, &call) && !has_site(list, &landing)) {
            return elf_fail(error, -EBADMSG,
                            "call site %u of the %s image lands at %u, which "
                            "is no call site there",
                            call.id, image->isa, landing.id);
        }
    }
    return 0;
}

int verify_call_sites(const struct verify_image *images, unsigned count,
                      unsigned *differing, char *text, uint64_t text_bytes,
                      struct popcorn_error *error)
{
    struct call_sites list[ALIGN_MAX_ISAS] = {0};
    int result = 0;
    *differing = 0;
    text[0] = '\0';
    for (unsigned i = 0; i < count && result == 0; i++) {
        result = read_sites(&images[i], &list[i], error);
        if (result == 0) {
            result = check_landings(&images[i], &list[i], error);
        }
    }
    for (unsigned i = 0; i < count && result == 0; i++) {
        for (unsigned k = 0; k < count; k++) {
            for (uint64_t n = 0; n < list[i].count; n++) {
                const struct call_site *site = &list[i].sites[n];
                if (has_site(&list[k], site)) {
                    continue;
                }
                if (++*differing == 1) {
                    snprintf(text, text_bytes,
                             "call site %u in %s exists on %s but not on %s",
                             site->id,
                             function_at(images[i].image, site->function),
                             images[i].isa, images[k].isa);
                }
            }
        }
    }
    for (unsigned i = 0; i < count; i++) {
        free(list[i].sites);
    }
    return result;
}
