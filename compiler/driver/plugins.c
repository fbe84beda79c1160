/* Plugins: stand-ins of shared objects in the program, for dlopen to find
 * (-popcorn-dlopen=FILE).
 *
 * popcorn-align calls what a plugin defines NAME.plugin.FILE.  Here the table is
 * made that libc's dlopen and dlsym read (overlay/arch/popcorn/bits/plugins.h), as
 * a C source.
 */
#include "config.h"
#include "driver.h"
#include "linker/object/archive.h"
#include "linker/pack/elf_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

char *plugin_name(const char *path)
{
    return format("plugin.%s", base_name(path));
}

/* --- the table --- */

struct table {
    FILE *declarations, *symbols, *files;
    size_t plugin, symbol;
};

static void put_string(FILE *out, const char *text)
{
    putc('"', out);
    for (; *text != '\0'; text++) {
        fprintf(out, strchr("\"\\?", *text) != NULL ? "\\%c" : "%c", *text);
    }
    putc('"', out);
}

static void add_symbol(struct table *t, const char *path, const char *name)
{
    fprintf(t->declarations, "extern char s%zu_%zu[] __asm__(", t->plugin,
            t->symbol);
    put_string(t->declarations, format("%s.%s", name, plugin_name(path)));
    fputs(");\n", t->declarations);
    fputs("    {", t->symbols);
    put_string(t->symbols, name);
    fprintf(t->symbols, ", s%zu_%zu},\n", t->plugin, t->symbol++);
}

/* What the merged host part of the bundle defines is what it gives away. */
static void add_symbols(struct table *t, const char *path,
                        const struct elf_view *bundle)
{
    struct popcorn_error ignored = {0};
    struct elf_symbols symbols;

    if (elf_view_symbols(bundle, &symbols, &ignored) != 0) {
        return; /* popcorn-align says what is wrong */
    }
    for (uint64_t i = 1; i < symbols.count; i++) {
        Elf64_Sym symbol = elf_symbol(&symbols, i);
        if (ELF64_ST_BIND(symbol.st_info) != STB_LOCAL &&
            ELF64_ST_TYPE(symbol.st_info) != STT_TLS &&
            symbol.st_shndx != SHN_UNDEF) {
            add_symbol(t, path, elf_symbol_name(&symbols, &symbol));
        }
    }
}

static void add_plugin(struct table *t, struct driver *d, const char *path)
{
    struct popcorn_error error = {0};
    struct elf_view bundle;
    const uint8_t *bytes;
    uint64_t size_bytes;
    char *file = bundle_of_stand_in(d, path, t->plugin);

    fprintf(t->symbols, "static const struct popcorn_symbol in%zu[] = {\n",
            t->plugin);
    if (elf_map_file(file, &bytes, &size_bytes, &error) == 0) {
        if (elf_view_open(&bundle, file, bytes, size_bytes, &error) == 0) {
            add_symbols(t, path, &bundle);
        }
        munmap((void *)bytes, size_bytes);
    }
    fputs("    {0}};\n", t->symbols);
    fputs("    {", t->files);
    put_string(t->files, base_name(path));
    fprintf(t->files, ", in%zu},\n", t->plugin);
    t->plugin++;
    t->symbol = 0;
}

static void check_plugins(const struct strings *plugins)
{
    for (size_t i = 0; i < plugins->count; i++) {
        const char *path = plugins->item[i];
        struct strings ignored = {0};
        if (!exists(path)) {
            fail("-popcorn-dlopen=%s: no such file", path);
        }
        if (!read_stand_in(path, &ignored)) {
            fail("-popcorn-dlopen=%s: not made with popcorn-clang -shared",
                 path);
        }
        for (size_t k = 0; k < i; k++) {
            if (strcmp(base_name(plugins->item[k]), base_name(path)) == 0) {
                fail("-popcorn-dlopen=%s: another plugin is called so: %s",
                     path, plugins->item[k]);
            }
        }
    }
}

static void write_table(struct driver *d, const char *path)
{
    const struct strings *plugins = &d->options.plugins;
    char *text[3] = {NULL};
    size_t bytes;
    struct table t = {.declarations = open_memstream(&text[0], &bytes),
                      .symbols = open_memstream(&text[1], &bytes),
                      .files = open_memstream(&text[2], &bytes)};
    FILE *out = fopen(path, "w");

    if (t.declarations == NULL || t.symbols == NULL || t.files == NULL ||
        out == NULL) {
        fail("%s: cannot be written", path);
    }
    for (size_t i = 0; i < plugins->count; i++) {
        add_plugin(&t, d, plugins->item[i]);
    }
    fclose(t.declarations);
    fclose(t.symbols);
    fclose(t.files);
    fprintf(out,
            "#include <bits/plugins.h>\n%s%s"
            "const struct popcorn_plugin popcorn_plugins[] = {\n%s    {0}};\n",
            text[0], text[1], text[2]);
    if (fclose(out) != 0) {
        fail("%s: cannot be written", path);
    }
    for (size_t i = 0; i < 3; i++) {
        free(text[i]);
    }
}

int compile_plugin_table(struct driver *d, char **object)
{
    /* The user's options are for the user's sources. */
    struct driver plain = {.root = d->root,
                           .temp = d->temp,
                           .options = {.output = d->options.output,
                                       .verbose = d->options.verbose,
                                       .dry_run = d->options.dry_run}};
    struct input source = {.kind = INPUT_SOURCE};

    check_plugins(&d->options.plugins);
    source.text = temp_path(d, "plugins.c");
    write_table(d, source.text);
    plain.temp = d->temp;
    return compile_for_link(&plain, &source, d->options.input_count, object);
}
