/* Writes the linker script of a link: the same for every ISA.
 *
 * Each kind of shared section is one pattern: ld.lld tries every pattern on
 * every section, so one pattern per section would take quadratic time. Other
 * patterns catch what is private.  `.popcorn.unplaced` and `.popcorn.refused.*`
 * catch what should not be there; map.c reports it.
 */
#include "linker/aligner/aligner.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/layout.h"

/* Parts that may be empty get no segment: loaders (QEMU's too) take the address
 * of an empty one seriously. The private ones are never empty. */
static void write_program_headers(FILE *out, const struct layout *layout,
                                  bool has_framemap)
{
    bool rodata =
        layout->kind_start[KIND_RODATA] != layout->kind_end[KIND_TDATA];
    bool data = layout->kind_start[KIND_DATA] != layout->kind_end[KIND_BSS];
    bool text = layout->kind_start[KIND_TEXT] != layout->kind_end[KIND_TEXT];
    bool tls = layout->kind_start[KIND_TDATA] != layout->kind_end[KIND_TBSS];
    fprintf(out,
            "PHDRS {\n"
            "  node PT_LOAD FLAGS(6);\n"
            "  ptext PT_LOAD FLAGS(5);\n"
            "  prodata PT_LOAD FLAGS(4);\n"
            "  pdata PT_LOAD FLAGS(6);\n"
            "%s%s%s%s%s"
            "  stack PT_GNU_STACK FLAGS(6);\n"
            "}\n",
            text ? "  stext PT_LOAD FLAGS(5);\n" : "",
            rodata ? "  srodata PT_LOAD FLAGS(4);\n" : "",
            data ? "  sdata PT_LOAD FLAGS(6);\n" : "",
            has_framemap ? "  framemap PT_LOAD FLAGS(4);\n" : "",
            tls ? "  tls PT_TLS FLAGS(4);\n" : "");
}

static const char private_sections[] =
    "  .text.private 0x%" PRIx64 " : {\n"
    "    *(.text .text.* .init .fini .plt .iplt)\n"
    "  } :ptext\n"
    "  .rodata.private 0x%" PRIx64 " : {\n"
    "    QUAD(0); *(.rodata .rodata.* .lrodata .eh_frame .gcc_except_table*)\n"
    "  } :prodata\n"
    "  .data.private 0x%" PRIx64 " : {\n"
    "    QUAD(0); *(.data .data.* .got .got.plt .igot.plt .tm_clone_table)\n"
    "  } :pdata\n"
    "  .bss.private : { *(.bss .bss.* COMMON) } :pdata\n"
    "  __popcorn_private_end = .;\n";

static const char refused_sections[] =
    "  .popcorn.refused.tls 0x7e000000 : {\n"
    "    *(.tdata .tdata.* .tbss .tbss.*)\n"
    "  } :NONE\n"
    "  .popcorn.refused.init 0x7e400000 : {\n"
    "    *(.preinit_array .init_array .init_array.* .fini_array\n"
    "      .fini_array.* .ctors .ctors.* .dtors .dtors.*)\n"
    "  } :NONE\n"
    "  .popcorn.unplaced 0x7e800000 : { *(.popcorn.dead.*) } :NONE\n";

#define STRING_(x) #x
#define STRING(x) STRING_(x)
static const char tls_align[] = "ALIGN(" STRING(ALIGN_TLS) ") ";

/* The output section of one kind. Names sort in memory order and sections have
 * slot size, so they fall into their places. */
static void write_kind(FILE *out, const struct layout *layout,
                       enum section_kind kind, const char *section,
                       const char *segments)
{
    if (kind == KIND_TBSS) { /* ld.lld ignores the address of such a section */
        fprintf(out, "  . = 0x%" PRIx64 ";\n", layout->kind_start[kind]);
    }
    fprintf(out, "  %s 0x%" PRIx64 " : %s{\n", section,
            layout->kind_start[kind],
            kind == KIND_TDATA || kind == KIND_TBSS ? tls_align : "");
    fprintf(out, "    KEEP(*(SORT_BY_NAME(.popcorn.%s.*)))\n", kind_name[kind]);
    fprintf(out, "    . = 0x%" PRIx64 ";\n  } %s\n", layout->kind_end[kind],
            segments);
}

/* Here, though it has the lowest address: both it and .data need a 64 KiB
 * aligned file offset, so side by side they cost one hole in the file. */
static void write_node_page(FILE *out)
{
    fprintf(out, "  .popcorn.node 0x%x (NOLOAD) : { . = . + 0x%x; } :node\n",
            POPCORN_NODE_PAGE, POPCORN_SEGMENT_ALIGN);
}

static void write_shared(FILE *out, const struct layout *layout)
{
    static const struct {
        const char *section, *segments;
    } output[KIND_COUNT] = {
        [KIND_TEXT] = {".text", ":stext"},
        [KIND_RODATA] = {".rodata", ":srodata"},
        [KIND_PREINIT] = {".preinit_array", ":srodata"},
        [KIND_INIT] = {".init_array", ":srodata"},
        [KIND_FINI] = {".fini_array", ":srodata"},
        [KIND_TDATA] = {".tdata", ":srodata :tls"},
        [KIND_TBSS] = {".tbss", ":tls"},
        [KIND_DATA] = {".data", ":sdata"},
        [KIND_BSS] = {".bss", ":sdata"},
    };
    for (unsigned kind = 0; kind < KIND_COUNT; kind++) {
        if (kind == KIND_DATA) {
            write_node_page(out);
        }
        if (layout->kind_start[kind] != layout->kind_end[kind]) {
            write_kind(out, layout, (enum section_kind)kind,
                       output[kind].section, output[kind].segments);
        }
    }
}

/* A symbol of every image. `provided`: the program may have its own. */
typedef void symbol_visitor(void *context, const char *name, uint64_t value,
                            bool provided);

static void visit_own_symbols(const struct layout *layout, void *context,
                              symbol_visitor *visit)
{
    uint64_t tls_start = layout->kind_start[KIND_TDATA];
    uint64_t tls_size = layout->kind_end[KIND_TBSS] - tls_start;
    const struct {
        const char *name;
        uint64_t value;
    } symbols[] = {
        {"__popcorn_poll_word", POPCORN_NODE_PAGE},
        {"__popcorn_shared_text_start", layout->kind_start[KIND_TEXT]},
        {"__popcorn_shared_text_size",
         layout->kind_end[KIND_TEXT] - layout->kind_start[KIND_TEXT]},
        {"__popcorn_rodata_start", layout->kind_start[KIND_RODATA]},
        {"__popcorn_rodata_size",
         layout->kind_end[KIND_TDATA] - layout->kind_start[KIND_RODATA]},
        {"__popcorn_shared_start", layout->shared_start},
        {"__popcorn_shared_file_size",
         layout->shared_file_end - layout->shared_start},
        {"__popcorn_shared_size", layout->shared_end - layout->shared_start},
        {"__popcorn_shared_file_end", layout->shared_file_end},
        {"__popcorn_shared_end", layout->shared_end},
        {"__popcorn_tls_start", tls_start},
        {"__popcorn_tls_file_size", layout->kind_end[KIND_TDATA] - tls_start},
        {"__popcorn_tls_size",
         (tls_size + ALIGN_TLS - 1) / ALIGN_TLS * ALIGN_TLS},
        {"__popcorn_tls_align", ALIGN_TLS},
        {"__preinit_array_start", layout->kind_start[KIND_PREINIT]},
        {"__preinit_array_end", layout->kind_end[KIND_PREINIT]},
        {"__init_array_start", layout->kind_start[KIND_INIT]},
        {"__init_array_end", layout->kind_end[KIND_INIT]},
        {"__fini_array_start", layout->kind_start[KIND_FINI]},
        {"__fini_array_end", layout->kind_end[KIND_FINI]},
    };
    for (unsigned i = 0; i < sizeof(symbols) / sizeof(*symbols); i++) {
        visit(context, symbols[i].name, symbols[i].value, false);
    }
}

static void visit_usual_symbols(const struct layout *layout, void *context,
                                symbol_visitor *visit)
{
    visit(context, "__executable_start", POPCORN_IMAGE_BASE, true);
    visit(context, "_etext", layout->kind_end[KIND_TEXT], true);
    visit(context, "etext", layout->kind_end[KIND_TEXT], true);
    visit(context, "_edata", layout->shared_file_end, true);
    visit(context, "edata", layout->shared_file_end, true);
    visit(context, "__bss_start", layout->kind_start[KIND_BSS], true);
    visit(context, "_end", layout->shared_end, true);
    visit(context, "end", layout->shared_end, true);
}

static void write_symbol(void *out, const char *name, uint64_t value,
                         bool provided)
{
    fprintf(out,
            provided ? "  PROVIDE(%s = 0x%" PRIx64 ");\n"
                     : "  %s = 0x%" PRIx64 ";\n",
            name, value);
}

static void write_symbols(FILE *out, const struct layout *layout)
{
    visit_own_symbols(layout, out, write_symbol);
    visit_usual_symbols(layout, out, write_symbol);
}

struct search {
    const char *name;
    bool found;
};

static void compare_symbol(void *context, const char *name, uint64_t value,
                           bool provided)
{
    struct search *search = context;
    (void)value;
    (void)provided;
    search->found |= strcmp(search->name, name) == 0;
}

/* __start_X, __stop_X: "X". */
static const char *set_name(const char *name)
{
    return strncmp(name, "__start_", 8) == 0  ? name + 8
           : strncmp(name, "__stop_", 7) == 0 ? name + 7
                                              : "";
}

bool script_defines(const struct layout *layout, const char *name)
{
    static const char *const others[] = {"__popcorn_framemap_start",
                                         "__popcorn_framemap_end",
                                         "__popcorn_private_end",
                                         "_GLOBAL_OFFSET_TABLE_",
                                         "__ehdr_start",
                                         "__popcorn_site_base",
                                         "__dso_handle",
                                         "__rela_iplt_start",
                                         "__rela_iplt_end"};
    struct search search = {name, false};
    visit_own_symbols(layout, &search, compare_symbol);
    visit_usual_symbols(layout, &search, compare_symbol);
    for (unsigned i = 0; i < sizeof(others) / sizeof(*others); i++) {
        search.found |= strcmp(others[i], name) == 0;
    }
    for (unsigned i = 0; i < layout->shared_count && !search.found; i++) {
        search.found = is_c_identifier(layout->shared[i].name) &&
                       strcmp(layout->shared[i].name, set_name(name)) == 0;
    }
    return search.found;
}

/* __start_X and __stop_X of a section the program named X. The parts of one X
 * must be neighbours: kinds apart (const and not) cannot be. */
static int write_start_stop(FILE *out, const struct layout *layout,
                            struct popcorn_error *error)
{
    for (unsigned i = 0; i < layout->live_count;) {
        const struct shared_section *first =
            &layout->shared[layout->by_address[i]];
        const struct shared_section *last = first;
        if (!is_c_identifier(first->name)) {
            i++;
            continue;
        }
        for (i++; i < layout->live_count; i++) {
            const struct shared_section *next =
                &layout->shared[layout->by_address[i]];
            if (next->kind != first->kind || next->order != first->order) {
                break;
            }
            last = next;
        }
        for (unsigned k = i; k < layout->live_count; k++) {
            const struct shared_section *other =
                &layout->shared[layout->by_address[k]];
            if (strcmp(other->name, first->name) == 0) {
                return elf_fail(error, -EINVAL,
                                "section %s holds %s and %s, which differ in "
                                "kind and cannot be neighbours. Give both the "
                                "same type qualifiers",
                                first->name, first->key, other->key);
            }
        }
        char *start = align_format("__start_%s", first->name);
        char *stop = align_format("__stop_%s", first->name);
        write_symbol(out, start, first->address, true);
        write_symbol(out, stop, last->address + last->slot_bytes, true);
        free(start);
        free(stop);
    }
    return 0;
}

static void write_framemap(FILE *out, const struct layout *layout,
                           uint64_t framemap_bytes)
{
    write_symbol(out, "__popcorn_framemap_start", layout->framemap_start,
                 false);
    write_symbol(out, "__popcorn_framemap_end",
                 layout->framemap_start + framemap_bytes, false);
    if (framemap_bytes != 0) {
        fprintf(out,
                "  .popcorn.framemap 0x%" PRIx64
                " : { KEEP(*(.popcorn.framemap)) } :framemap\n",
                layout->framemap_start);
    }
}

int script_write(const struct layout *layout, uint64_t framemap_bytes,
                 const char *path, struct popcorn_error *error)
{
    FILE *out = fopen(path, "w");
    if (out == NULL) {
        return elf_fail(error, -errno, "%s: %s", path, strerror(errno));
    }
    write_program_headers(out, layout, framemap_bytes != 0);
    fprintf(out, "SECTIONS {\n");
    fprintf(out, private_sections, layout->private_start[PRIVATE_TEXT],
            layout->private_start[PRIVATE_RODATA],
            layout->private_start[PRIVATE_DATA]);
    write_shared(out, layout);
    write_framemap(out, layout, framemap_bytes);
    fprintf(out, "%s", refused_sections);
    write_symbols(out, layout);
    int result = write_start_stop(out, layout, error);
    fprintf(out, "  /DISCARD/ : { *(.comment .note.GNU-stack .note.*) }\n");
    fprintf(out, "}\n");
    if (fclose(out) != 0 && result == 0) {
        result = elf_fail(error, -EIO, "%s: cannot write", path);
    }
    return result;
}
