/* See verify.h. A symbol is *shared* if it is thread-local or lies between
 * __popcorn_shared_text_start and __popcorn_shared_end. */
#include "linker/aligner/verify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "linker/aligner/aligner.h"
#include "linker/pack/digest.h"
#include "runtime/base/layout.h"

struct symbol {
    const char *name;
    uint64_t value; /* TLS: offset in the TLS image */
    uint64_t size_bytes;
    unsigned type;
    bool global;
};

struct symbol_list {
    struct symbol *symbols; /* sorted by name, then value */
    uint64_t count;
};

static int compare_symbols(const void *a, const void *b)
{
    const struct symbol *x = a;
    const struct symbol *y = b;
    int order = strcmp(x->name, y->name);
    return order != 0 ? order : x->value < y->value ? -1 : x->value > y->value;
}

bool verify_symbol(const struct elf_view *image, const char *name,
                   uint64_t *value)
{
    struct popcorn_error ignored = {0};
    struct elf_symbols symbols;
    if (elf_view_symbols(image, &symbols, &ignored) != 0) {
        return false;
    }
    for (uint64_t i = 1; i < symbols.count; i++) {
        Elf64_Sym symbol = elf_symbol(&symbols, i);
        if (symbol.st_shndx != SHN_UNDEF &&
            strcmp(elf_symbol_name(&symbols, &symbol), name) == 0) {
            *value = symbol.st_value;
            return true;
        }
    }
    return false;
}

/* Every function, datum and TLS symbol; only shared ones if `shared_only`. */
static int read_symbols(const struct elf_view *image, bool shared_only,
                        struct symbol_list *list, struct popcorn_error *error)
{
    struct elf_symbols symbols;
    uint64_t start = 0;
    uint64_t end = UINT64_MAX;
    int result = elf_view_symbols(image, &symbols, error);
    *list = (struct symbol_list){0};
    if (result != 0) {
        return result;
    }
    if (shared_only &&
        (!verify_symbol(image, "__popcorn_shared_text_start", &start) ||
         !verify_symbol(image, "__popcorn_shared_end", &end))) {
        return elf_fail(error, -EBADMSG, "%s: no symbol __popcorn_shared_end",
                        image->name);
    }
    list->symbols = align_alloc(symbols.count, sizeof(*list->symbols));
    for (uint64_t i = 1; i < symbols.count; i++) {
        Elf64_Sym symbol = elf_symbol(&symbols, i);
        unsigned type = ELF64_ST_TYPE(symbol.st_info);
        bool code_or_data = type == STT_FUNC || type == STT_OBJECT;
        Elf64_Shdr section;
        if (symbol.st_shndx == SHN_UNDEF ||
            !elf_view_section(image, symbol.st_shndx, &section) ||
            (section.sh_flags & SHF_ALLOC) == 0 ||
            (type != STT_TLS && (!code_or_data || symbol.st_value < start ||
                                 symbol.st_value >= end))) {
            continue;
        }
        list->symbols[list->count++] = (struct symbol){
            elf_symbol_name(&symbols, &symbol), symbol.st_value, symbol.st_size,
            type, ELF64_ST_BIND(symbol.st_info) != STB_LOCAL};
    }
    qsort(list->symbols, list->count, sizeof(*list->symbols), compare_symbols);
    return 0;
}

static int missing(const struct symbol *symbol, const char *has,
                   const char *lacks, struct popcorn_error *error)
{
    return elf_fail(error, -EBADMSG,
                    "%s is in the %s image but not in the %s image's shared "
                    "part",
                    symbol->name, has, lacks);
}

static int compare_lists(const struct verify_image *x,
                         const struct symbol_list *a,
                         const struct verify_image *y,
                         const struct symbol_list *b,
                         struct popcorn_error *error)
{
    for (uint64_t i = 0; i < a->count || i < b->count; i++) {
        const struct symbol *s = &a->symbols[i];
        const struct symbol *t = &b->symbols[i];
        int order = i >= a->count   ? 1
                    : i >= b->count ? -1
                                    : strcmp(s->name, t->name);
        if (order != 0) {
            return order < 0 ? missing(s, x->isa, y->isa, error)
                             : missing(t, y->isa, x->isa, error);
        }
        if (s->value != t->value) {
            return elf_fail(error, -EBADMSG,
                            "%s is at 0x%llx on %s but at 0x%llx on %s",
                            s->name, (unsigned long long)s->value, x->isa,
                            (unsigned long long)t->value, y->isa);
        }
        if (s->type != t->type ||
            (s->type != STT_FUNC && s->size_bytes != t->size_bytes)) {
            return elf_fail(error, -EBADMSG,
                            "%s has %llu bytes on %s but %llu on %s", s->name,
                            (unsigned long long)s->size_bytes, x->isa,
                            (unsigned long long)t->size_bytes, y->isa);
        }
    }
    return 0;
}

/* Any symbol of a name, or a global one. */
static bool list_has(const struct symbol_list *list, const char *name,
                     bool global)
{
    uint64_t low = 0;
    for (uint64_t high = list->count; low < high;) {
        uint64_t middle = low + (high - low) / 2;
        if (strcmp(list->symbols[middle].name, name) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low < list->count && strcmp(list->symbols[low].name, name) == 0;
         low++) {
        if (list->symbols[low].global || !global) {
            return true;
        }
    }
    return false;
}

/* A global an object defines and the image has must be in the shared part.
 * Static functions of native code may have its name, if it was dropped. */
static int check_object_placed(const struct verify_image *image,
                               const struct elf_view *object,
                               const struct symbol_list *all,
                               const struct symbol_list *shared,
                               struct popcorn_error *error)
{
    struct elf_symbols symbols;
    int result = elf_view_symbols(object, &symbols, error);
    for (uint64_t i = 1; result == 0 && i < symbols.count; i++) {
        Elf64_Sym symbol = elf_symbol(&symbols, i);
        unsigned type = ELF64_ST_TYPE(symbol.st_info);
        if (symbol.st_shndx == SHN_UNDEF || symbol.st_shndx >= SHN_LORESERVE ||
            ELF64_ST_BIND(symbol.st_info) != STB_GLOBAL ||
            (type != STT_FUNC && type != STT_OBJECT)) {
            continue;
        }
        const char *name = elf_symbol_name(&symbols, &symbol);
        if (list_has(all, name, true) && !list_has(shared, name, false)) {
            result = elf_fail(error, -EBADMSG,
                              "%s is in an ISA-private part of the %s image",
                              name, image->isa);
        }
    }
    return result;
}

static int check_placed(const struct verify_image *image,
                        const struct symbol_list *shared,
                        struct popcorn_error *error)
{
    struct symbol_list all = {0};
    int result = read_symbols(image->image, false, &all, error);
    for (unsigned i = 0; i < image->object_count && result == 0; i++) {
        result =
            check_object_placed(image, image->objects[i], &all, shared, error);
    }
    free(all.symbols);
    return result;
}

static const char *symbol_covering(const struct symbol_list *list,
                                   uint64_t address, uint64_t tls_start,
                                   uint64_t *offset)
{
    const char *name = "(no symbol)";
    *offset = address;
    for (uint64_t i = 0; i < list->count; i++) {
        const struct symbol *s = &list->symbols[i];
        uint64_t start = s->value + (s->type == STT_TLS ? tls_start : 0);
        if (address >= start && address - start < s->size_bytes) {
            *offset = address - start;
            name = s->name;
        }
    }
    return name;
}

/* One section: same address and size everywhere, and same bytes if asked. */
static int compare_section(const struct verify_image *x,
                           const struct verify_image *y, const char *name,
                           bool same_bytes, const struct symbol_list *list,
                           struct popcorn_error *error)
{
    Elf64_Shdr a, b;
    bool in_a = elf_view_find(x->image, name, &a) != 0;
    bool in_b = elf_view_find(y->image, name, &b) != 0;
    if (!in_a && !in_b) {
        return 0;
    }
    if (in_a != in_b || a.sh_addr != b.sh_addr || a.sh_size != b.sh_size ||
        a.sh_type != b.sh_type) {
        return elf_fail(error, -EBADMSG,
                        "section %s differs in address, size or type between "
                        "%s and %s",
                        name, x->isa, y->isa);
    }
    if (!same_bytes || a.sh_type == SHT_NOBITS) {
        return 0;
    }
    const uint8_t *p = elf_view_data(x->image, &a);
    const uint8_t *q = elf_view_data(y->image, &b);
    if (p == NULL || q == NULL) {
        return elf_fail(error, -EBADMSG, "section %s is truncated", name);
    }
    for (uint64_t i = 0; i < a.sh_size; i++) {
        if (p[i] != q[i]) {
            uint64_t offset, tls = 0;
            verify_symbol(x->image, "__popcorn_tls_start", &tls);
            const char *symbol =
                symbol_covering(list, a.sh_addr + i, tls, &offset);
            return elf_fail(error, -EBADMSG,
                            "%s+0x%llx (section %s) is byte 0x%02x on %s but "
                            "0x%02x on %s: it holds something that is not the "
                            "same on every ISA",
                            symbol, (unsigned long long)offset, name, p[i],
                            x->isa, q[i], y->isa);
        }
    }
    return 0;
}

static int compare_sections(const struct verify_image *x,
                            const struct verify_image *y,
                            const struct symbol_list *list,
                            struct popcorn_error *error)
{
    static const struct {
        const char *name;
        bool same_bytes;
    } shared[] = {
        {".text", false},      {".rodata", true},     {".preinit_array", true},
        {".init_array", true}, {".fini_array", true}, {".tdata", true},
        {".tbss", false},      {".data", true},       {".bss", false}};
    int result = 0;
    for (unsigned i = 0; i < sizeof(shared) / sizeof(*shared) && result == 0;
         i++) {
        result = compare_section(x, y, shared[i].name, shared[i].same_bytes,
                                 list, error);
    }
    return result;
}

static int compare_boundaries(const struct verify_image *x,
                              const struct verify_image *y,
                              struct popcorn_error *error)
{
    static const char *const names[] = {
        "__popcorn_poll_word",      "__popcorn_shared_text_start",
        "__popcorn_shared_start",   "__popcorn_shared_file_end",
        "__popcorn_rodata_start",   "__popcorn_shared_text_size",
        "__popcorn_rodata_size",    "__popcorn_shared_file_size",
        "__popcorn_shared_size",    "__popcorn_shared_end",
        "__popcorn_tls_start",      "__popcorn_tls_file_size",
        "__popcorn_tls_size",       "__popcorn_tls_align",
        "__popcorn_framemap_start", "__preinit_array_start",
        "__preinit_array_end",      "__init_array_start",
        "__init_array_end",         "__fini_array_start",
        "__fini_array_end"};
    for (unsigned i = 0; i < sizeof(names) / sizeof(*names); i++) {
        uint64_t a = 0, b = 0;
        if (!verify_symbol(x->image, names[i], &a) ||
            !verify_symbol(y->image, names[i], &b) || a != b) {
            return elf_fail(error, -EBADMSG,
                            "linker-defined %s is missing or differs between "
                            "%s and %s",
                            names[i], x->isa, y->isa);
        }
    }
    return 0;
}

/* Loadable segments in order, page-disjoint, not empty, never W and X. */
static int check_segments(const struct verify_image *image,
                          struct popcorn_error *error)
{
    uint64_t free_from = POPCORN_IMAGE_BASE;
    Elf64_Phdr segment;
    if (image->image->header.e_type != ET_EXEC) {
        return elf_fail(error, -EBADMSG, "the %s image is not ET_EXEC",
                        image->isa);
    }
    for (unsigned i = 0; elf_view_segment(image->image, i, &segment); i++) {
        if (segment.p_type != PT_LOAD) {
            continue;
        }
        uint64_t end = segment.p_vaddr + segment.p_memsz;
        if (segment.p_vaddr < free_from || segment.p_memsz == 0 ||
            segment.p_align < POPCORN_SEGMENT_ALIGN ||
            (segment.p_flags & (PF_W | PF_X)) == (PF_W | PF_X) ||
            segment.p_offset > image->image->size_bytes ||
            segment.p_filesz > image->image->size_bytes - segment.p_offset) {
            return elf_fail(error, -EBADMSG,
                            "the %s image's segment at 0x%llx overlaps "
                            "another, is empty or is malformed",
                            image->isa, (unsigned long long)segment.p_vaddr);
        }
        if ((segment.p_flags & PF_X) && end > POPCORN_IMAGE_TEXT_LIMIT) {
            return elf_fail(error, -EBADMSG,
                            "the %s image's code ends at 0x%llx, beyond 0x%x: "
                            "the program is too large",
                            image->isa, (unsigned long long)end,
                            POPCORN_IMAGE_TEXT_LIMIT);
        }
        free_from = (end + POPCORN_SEGMENT_ALIGN - 1) / POPCORN_SEGMENT_ALIGN *
                    POPCORN_SEGMENT_ALIGN;
    }
    return 0;
}

/* Memory that no segment or rule above speaks for must not exist. */
static int check_known_sections(const struct verify_image *image,
                                struct popcorn_error *error)
{
    static const char *const known[] = {
        ".popcorn.node", ".text.private", ".rodata.private",  ".data.private",
        ".bss.private",  ".text",         ".rodata",          ".preinit_array",
        ".init_array",   ".fini_array",   ".tdata",           ".tbss",
        ".data",         ".bss",          ".popcorn.framemap"};
    Elf64_Shdr section;
    for (unsigned i = 1; elf_view_section(image->image, i, &section); i++) {
        const char *name = elf_view_section_name(image->image, &section);
        bool found = (section.sh_flags & SHF_ALLOC) == 0;
        for (unsigned k = 0; k < sizeof(known) / sizeof(*known); k++) {
            found |= strcmp(name, known[k]) == 0;
        }
        if (!found) {
            return elf_fail(error, -EBADMSG,
                            "the %s image has a section %s, for which the "
                            "layout has no place",
                            image->isa, name);
        }
    }
    return 0;
}

const uint8_t *verify_bytes(const struct elf_view *image, uint64_t address,
                            uint64_t size_bytes)
{
    Elf64_Phdr segment;
    for (unsigned i = 0; elf_view_segment(image, i, &segment); i++) {
        if (segment.p_type == PT_LOAD && address >= segment.p_vaddr &&
            size_bytes <= segment.p_filesz &&
            address - segment.p_vaddr <= segment.p_filesz - size_bytes) {
            return image->bytes + segment.p_offset +
                   (address - segment.p_vaddr);
        }
    }
    return NULL;
}

static int check_program_id(const struct verify_image *images, unsigned count,
                            uint8_t *program_id, struct popcorn_error *error)
{
    for (unsigned i = 0; i < count; i++) {
        uint64_t address = 0;
        const uint8_t *id = NULL;
        if (verify_symbol(images[i].image, "__popcorn_program_id", &address)) {
            id = verify_bytes(images[i].image, address, 32);
        }
        if (id == NULL) {
            return elf_fail(error, -EBADMSG,
                            "the %s image has no __popcorn_program_id: the "
                            "object is not from popcorn-codegen",
                            images[i].isa);
        }
        if (i == 0) {
            memcpy(program_id, id, 32);
        } else if (memcmp(program_id, id, 32) != 0) {
            return elf_fail(error, -EBADMSG,
                            "the %s and %s objects have different program ids: "
                            "they are not from one popcorn-codegen run",
                            images[0].isa, images[i].isa);
        }
    }
    return 0;
}

/* SHA-256 over the sorted shared symbols: name with its NUL, then value and
 * size (0 for functions: code differs) as little-endian u64. */
static int hash_layout(const struct symbol_list *list, uint8_t *digest)
{
    uint64_t bytes = 0;
    for (uint64_t i = 0; i < list->count; i++) {
        bytes += strlen(list->symbols[i].name) + 1 + 16;
    }
    uint8_t *buffer = align_alloc(bytes, 1);
    uint8_t *next = buffer;
    for (uint64_t i = 0; i < list->count; i++) {
        const struct symbol *s = &list->symbols[i];
        size_t length = strlen(s->name) + 1;
        uint64_t size_bytes = s->type == STT_FUNC ? 0 : s->size_bytes;
        memcpy(next, s->name, length);
        next += length;
        for (unsigned k = 0; k < 8; k++) {
            next[k] = (uint8_t)(s->value >> (8 * k));
            next[8 + k] = (uint8_t)(size_bytes >> (8 * k));
        }
        next += 16;
    }
    int result = digest_bytes(buffer, bytes, digest);
    free(buffer);
    return result;
}

int verify_images(const struct verify_image *images, unsigned count,
                  uint8_t *program_id, uint8_t *layout_hash,
                  struct popcorn_error *error)
{
    struct symbol_list list[ALIGN_MAX_ISAS] = {0};
    int result = check_program_id(images, count, program_id, error);
    for (unsigned i = 0; i < count && result == 0; i++) {
        result = read_symbols(images[i].image, true, &list[i], error);
        if (result == 0) {
            result = check_placed(&images[i], &list[i], error);
        }
        if (result == 0) {
            result = check_segments(&images[i], error);
        }
        if (result == 0) {
            result = check_known_sections(&images[i], error);
        }
    }
    for (unsigned i = 1; i < count && result == 0; i++) {
        result =
            compare_lists(&images[0], &list[0], &images[i], &list[i], error);
        if (result == 0) {
            result = compare_sections(&images[0], &images[i], &list[0], error);
        }
        if (result == 0) {
            result = compare_boundaries(&images[0], &images[i], error);
        }
    }
    if (result == 0 && hash_layout(&list[0], layout_hash) != 0) {
        result = elf_fail(error, -EIO, "libcrypto cannot compute SHA-256");
    }
    for (unsigned i = 0; i < count; i++) {
        free(list[i].symbols);
    }
    return result;
}

/* Has the image a function of this address and size? */
static bool has_function(const struct symbol_list *by_value, uint64_t value,
                         uint64_t size_bytes)
{
    uint64_t low = 0;
    for (uint64_t high = by_value->count; low < high;) {
        uint64_t middle = low + (high - low) / 2;
        if (by_value->symbols[middle].value < value) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low < by_value->count && by_value->symbols[low].value == value;
         low++) {
        if (by_value->symbols[low].type == STT_FUNC &&
            by_value->symbols[low].size_bytes == size_bytes) {
            return true;
        }
    }
    return false;
}

static int compare_values(const void *a, const void *b)
{
    const struct symbol *x = a;
    const struct symbol *y = b;
    return x->value < y->value ? -1 : x->value > y->value;
}

static bool list_has_at(const struct symbol_list *list,
                        const struct symbol *wanted)
{
    return bsearch(wanted, list->symbols, list->count, sizeof(*wanted),
                   compare_symbols) != NULL;
}

/* DWARF's .debug_frame, with 32-bit lengths: length, then 0xffffffff (a common
 * entry) or the place of one, the function's address and size. */
static int check_call_frames(const struct verify_image *image,
                             const struct symbol_list *by_value,
                             struct popcorn_error *error)
{
    Elf64_Shdr section;
    const uint8_t *bytes =
        elf_view_find(image->sites, ".debug_frame", &section) != 0
            ? elf_view_data(image->sites, &section)
            : NULL;
    uint64_t size_bytes = bytes != NULL ? section.sh_size : 0;
    for (uint64_t at = 0; size_bytes - at >= 24;) {
        uint32_t length, id;
        uint64_t address, covered;
        memcpy(&length, bytes + at, 4);
        memcpy(&id, bytes + at + 4, 4);
        memcpy(&address, bytes + at + 8, 8);
        memcpy(&covered, bytes + at + 16, 8);
        if (length > size_bytes - at - 4 || length < 4) {
            return elf_fail(error, -EBADMSG,
                            "the %s image's call-frame information is "
                            "malformed",
                            image->isa);
        }
        if (id != UINT32_MAX && address != 0 &&
            !has_function(by_value, address, covered)) {
            return elf_fail(error, -EBADMSG,
                            "call-frame information for 0x%llx is of no "
                            "function of the %s image",
                            (unsigned long long)address, image->isa);
        }
        at += 4 + (uint64_t)length;
    }
    return 0;
}

int verify_site_places(const struct verify_image *image,
                       struct popcorn_error *error)
{
    struct symbol_list list = {0};
    struct elf_symbols symbols;
    int result = read_symbols(image->image, false, &list, error);
    if (result == 0) {
        result = elf_view_symbols(image->sites, &symbols, error);
    }
    for (uint64_t i = 1; result == 0 && i < symbols.count; i++) {
        Elf64_Sym symbol = elf_symbol(&symbols, i);
        struct symbol wanted = {elf_symbol_name(&symbols, &symbol),
                                symbol.st_value, symbol.st_size,
                                ELF64_ST_TYPE(symbol.st_info), false};
        if (wanted.type == STT_FUNC && !list_has_at(&list, &wanted)) {
            result = elf_fail(error, -EBADMSG,
                              "%s is not at 0x%llx in the %s image, where its "
                              "frame maps have it",
                              wanted.name, (unsigned long long)wanted.value,
                              image->isa);
        }
    }
    if (result == 0) {
        qsort(list.symbols, list.count, sizeof(*list.symbols), compare_values);
        result = check_call_frames(image, &list, error);
    }
    free(list.symbols);
    return result;
}
