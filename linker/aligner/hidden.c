/* -r --library: which names a stand-in of a shared object keeps to itself. */
#include <elf.h>
#include <string.h>

#include "linker/aligner/aligner.h"

/* `module`: ARCHIVE(MEMBER), or no member of any. */
static bool is_excluded(const struct options *options, const char *module)
{
    const char *slash = strrchr(module, '/');
    const char *name = slash != NULL ? slash + 1 : module;
    const char *member = strchr(name, '(');
    for (unsigned i = 0; member != NULL && i < options->exclude_libs_count;
         i++) {
        const char *excluded = options->exclude_libs[i];
        if (strcmp(excluded, "ALL") == 0 ||
            (strlen(excluded) == (size_t)(member - name) &&
             strncmp(excluded, name, strlen(excluded)) == 0)) {
            return true;
        }
    }
    return false;
}

/* `script`: or NULL. */
static void add_hidden(const struct options *options,
                       const struct version_script *script,
                       const struct module *module, struct bytes *text)
{
    const struct part *part = &module->part[0];
    bool excluded = is_excluded(options, module->name);
    for (uint64_t i = 1; i < part->symbols.count; i++) {
        Elf64_Sym symbol = elf_symbol(&part->symbols, i);
        unsigned visibility = ELF64_ST_VISIBILITY(symbol.st_other);
        const char *name = elf_symbol_name(&part->symbols, &symbol);
        if (ELF64_ST_BIND(symbol.st_info) != STB_LOCAL &&
            symbol.st_shndx != SHN_UNDEF &&
            (excluded || visibility == STV_HIDDEN ||
             visibility == STV_INTERNAL ||
             (script != NULL && version_script_hides(script, name)))) {
            bytes_append(text, name, strlen(name) + 1);
        }
    }
}

int hidden_find(const struct options *options, const struct program *program,
                struct bytes *text, struct popcorn_error *error)
{
    struct version_script *script = NULL;
    int result = 0;
    if (options->library == NULL) {
        return 0;
    }
    bytes_append(text, options->library, strlen(options->library) + 1);
    if (options->version_script != NULL) {
        result = version_script_read(options->version_script, &script, error);
    }
    for (unsigned i = 0; result == 0 && i < program->module_count; i++) {
        add_hidden(options, script, program->modules[i], text);
    }
    return result;
}

int hidden_mask(const struct library *library, const struct elf_view *merged,
                uint8_t *bytes, struct popcorn_error *error)
{
    struct elf_symbols symbols;
    int result = elf_view_symbols(merged, &symbols, error);
    for (uint64_t i = 1; result == 0 && i < symbols.count; i++) {
        Elf64_Sym symbol = elf_symbol(&symbols, i);
        if (ELF64_ST_BIND(symbol.st_info) != STB_LOCAL &&
            library_hides(library, elf_symbol_name(&symbols, &symbol))) {
            symbol.st_info =
                ELF64_ST_INFO(STB_WEAK, ELF64_ST_TYPE(symbol.st_info));
            symbol.st_shndx = SHN_UNDEF;
            symbol.st_value = 0;
            memcpy(bytes + (symbols.entries - bytes) + i * sizeof(symbol),
                   &symbol, sizeof(symbol));
        }
    }
    return result;
}
