/* Plants one fault after another in finished images and expects the verifier to
 * name it. Arguments: ISA OBJECT IMAGE, twice (from popcorn-align --keep). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linker/aligner/verify.h"

struct file {
    struct elf_view object, image;
    const struct elf_view *objects[1];
    uint8_t *copy; /* of the image, writable */
    uint64_t size_bytes;
};

static struct file files[2];
static struct verify_image images[2];
static unsigned failures;

static void open_view(const char *path, struct elf_view *view)
{
    struct popcorn_error error = {0};
    const uint8_t *bytes;
    uint64_t size_bytes;
    if (elf_map_file(path, &bytes, &size_bytes, &error) != 0 ||
        elf_view_open(view, path, bytes, size_bytes, &error) != 0) {
        fprintf(stderr, "%s\n", error.text);
        exit(1);
    }
}

static void reset(void)
{
    for (unsigned i = 0; i < 2; i++) {
        struct popcorn_error error = {0};
        struct file *f = &files[i];
        memcpy(f->copy, f->image.bytes, f->size_bytes);
        static struct elf_view view[2];
        elf_view_open(&view[i], images[i].isa, f->copy, f->size_bytes, &error);
        images[i].image = &view[i];
    }
}

/* The verifier on the changed images: it must fail and say `expected`. */
static void expect(const char *fault, const char *expected)
{
    struct popcorn_error error = {0};
    uint8_t id[32], hash[32];
    int result = verify_images(images, 2, id, hash, &error);
    bool ok = expected == NULL
                  ? result == 0
                  : result == -EBADMSG && strstr(error.text, expected) != NULL;
    if (!ok) {
        fprintf(stderr, "FAILED %s: result %d, \"%s\", expected \"%s\"\n",
                fault, result, error.text,
                expected != NULL ? expected : "success");
        failures++;
    }
    reset();
}

/* A symbol of image 1, in place. */
static Elf64_Sym *symbol(const char *name)
{
    struct popcorn_error error = {0};
    struct elf_symbols symbols;
    elf_view_symbols(images[1].image, &symbols, &error);
    for (uint64_t i = 1; i < symbols.count; i++) {
        Elf64_Sym s = elf_symbol(&symbols, i);
        if (strcmp(elf_symbol_name(&symbols, &s), name) == 0) {
            return (Elf64_Sym *)(symbols.entries + i * sizeof(s));
        }
    }
    fprintf(stderr, "FAILED: no symbol %s\n", name);
    exit(1);
}

/* The header of a section of image 1, in place. */
static Elf64_Shdr *section(const char *name)
{
    Elf64_Shdr ignored;
    unsigned index = elf_view_find(images[1].image, name, &ignored);
    if (index == 0) {
        fprintf(stderr, "FAILED: no section %s\n", name);
        exit(1);
    }
    return (Elf64_Shdr *)(files[1].copy + images[1].image->header.e_shoff +
                          index * sizeof(ignored));
}

static Elf64_Phdr *segment(unsigned index)
{
    return (Elf64_Phdr *)(files[1].copy + images[1].image->header.e_phoff) +
           index;
}

static void plant_symbol_faults(void)
{
    symbol("choose")->st_value += 16;
    expect("moved function", "choose is at 0x");
    symbol("counter")->st_value += 4;
    expect("moved datum", "counter is at 0x");
    symbol("tls_b")->st_value += 8;
    expect("moved TLS symbol", "tls_b is at 0x");
    symbol("zeroed")->st_size += 4;
    expect("data size", "zeroed has 4000 bytes on");
    symbol("tls_a")->st_size = 8;
    expect("TLS size", "tls_a has 4 bytes on");
    symbol("choose")->st_shndx = SHN_UNDEF;
    expect("missing function", "choose is in the");
    symbol("counter")->st_name = 0;
    expect("missing datum", "is in the");
    symbol("choose")->st_value = symbol("_start")->st_value;
    expect("function in a private part", "choose is in an ISA-private part");
    symbol("choose")->st_size += 4;
    expect("function size (may differ)", NULL);
    symbol("__popcorn_shared_file_end")->st_value += 8;
    expect("boundary", "linker-defined __popcorn_shared_file_end");
    symbol("__init_array_end")->st_value += 8;
    expect("init array", "linker-defined __init_array_end");
    symbol("__popcorn_program_id")->st_shndx = SHN_UNDEF;
    expect("no program id", "has no __popcorn_program_id");
}

static void plant_byte(const char *in_section, uint64_t offset,
                       const char *expected)
{
    files[1].copy[section(in_section)->sh_offset + offset] ^= 1;
    expect(in_section, expected);
}

static void plant_byte_faults(void)
{
    uint64_t table = symbol("table")->st_value - section(".data")->sh_addr;
    uint64_t id =
        symbol("__popcorn_program_id")->st_value - section(".rodata")->sh_addr;
    plant_byte(".data", table + 9, "table+0x9 (section .data)");
    plant_byte(".tdata", 0, "(section .tdata)");
    plant_byte(".init_array", 3, "(section .init_array)");
    plant_byte(".rodata", id + 1, "different program ids");
    plant_byte(".rodata",
               symbol("page_aligned")->st_value - section(".rodata")->sh_addr,
               "page_aligned+0x0 (section .rodata)");
    plant_byte(".text", 0, NULL); /* code differs by nature */
}

static void plant_section_faults(void)
{
    section(".bss")->sh_size += 64;
    expect("bss size", "section .bss differs");
    section(".text")->sh_addr += 64;
    expect("text address", "section .text differs");
    section(".data")->sh_type = SHT_NOBITS;
    expect("section type", "section .data differs");
    section(".data")->sh_size = UINT64_MAX / 2;
    expect("section size", "section .data differs");
    section(".text.private")->sh_name += 2;
    expect("unknown section", "for which the layout has no place");
    segment(2)->p_vaddr = segment(1)->p_vaddr;
    expect("overlap", "overlaps another");
    segment(1)->p_memsz = 0x8000000;
    expect("text limit", "beyond 0x");
    segment(1)->p_flags = PF_R | PF_W | PF_X;
    expect("writable code", "overlaps another, is empty or is malformed");
    segment(1)->p_align = 4096;
    expect("small alignment", "overlaps another, is empty or is malformed");
}

/* `sites` stands for what the frame maps are made of: the unchanged image. */
static void plant_moves(void)
{
    struct popcorn_error error = {0};
    if (verify_site_places(&images[1], &error) != 0) {
        fprintf(stderr, "FAILED: nothing moved: %s\n", error.text);
        failures++;
    }
    symbol("choose")->st_value += 4;
    int result = verify_site_places(&images[1], &error);
    if (result != -EBADMSG ||
        strstr(error.text, "choose is not at 0x") == NULL) {
        fprintf(stderr, "FAILED: move not found: %s\n", error.text);
        failures++;
    }
    reset();
}

int main(int argc, char **argv)
{
    if (argc != 7) {
        fprintf(stderr, "usage: verify_test (ISA OBJECT IMAGE) x 2\n");
        return 2;
    }
    for (unsigned i = 0; i < 2; i++) {
        char **arg = argv + 1 + 3 * i;
        open_view(arg[1], &files[i].object);
        open_view(arg[2], &files[i].image);
        files[i].size_bytes = files[i].image.size_bytes;
        files[i].copy = malloc(files[i].size_bytes);
        images[i].isa = arg[0];
        files[i].objects[0] = &files[i].object;
        images[i].objects = files[i].objects;
        images[i].object_count = 1;
        images[i].sites = &files[i].image;
    }
    reset();
    expect("no fault", NULL);
    plant_symbol_faults();
    plant_byte_faults();
    plant_section_faults();
    plant_moves();
    printf("%u failures\n", failures);
    return failures != 0;
}
