/* What the modules' records say of each other, against the definitions that
 * were chosen: the checks that whole-program compilation makes on the merged
 * module (popcorn-objcheck, popcorn-codegen), by the same rules.
 *
 *   require N    N's definition is native, or no call of it may migrate
 *   call N kind  N's definition is variadic exactly if the call is
 *   address N    N is not native: its address would differ from ISA to ISA
 */
#include <elf.h>
#include <stdio.h>
#include <string.h>

#include "linker/aligner/aligner.h"

/* Where a module's relocations name a global: a function or a datum. */
struct user {
    const char *name;
    unsigned type;
};

static void look_in_section(const struct part *part, unsigned section,
                            const Elf64_Shdr *relocations, uint32_t number,
                            bool prefers_data, struct user *user)
{
    const uint8_t *bytes = elf_view_data(&part->object, relocations);
    uint64_t count =
        bytes != NULL ? relocations->sh_size / sizeof(Elf64_Rela) : 0;
    for (uint64_t i = 0; i < count; i++) {
        Elf64_Rela relocation;
        Elf64_Sym symbol;
        if (!part_relocation(part, bytes, i, &relocation, &symbol) ||
            ELF64_ST_BIND(symbol.st_info) == STB_LOCAL ||
            part->global[ELF64_R_SYM(relocation.r_info)] != number) {
            continue;
        }
        unsigned type = STT_NOTYPE;
        const char *name =
            part_symbol_around(part, section, relocation.r_offset, &type);
        bool better =
            user->name == NULL ||
            (prefers_data && user->type == STT_FUNC && type != STT_FUNC);
        if (name != NULL && better) {
            *user = (struct user){name, type};
        }
    }
}

static struct user find_user(const struct module *module, uint32_t number,
                             bool prefers_data)
{
    struct user user = {NULL, STT_NOTYPE};
    const struct part *part = &module->part[0];
    Elf64_Shdr relocations, target;
    for (unsigned i = 1; elf_view_section(&part->object, i, &relocations);
         i++) {
        if (relocations.sh_type == SHT_RELA &&
            elf_view_section(&part->object, relocations.sh_info, &target) &&
            (target.sh_flags & SHF_ALLOC)) {
            look_in_section(part, relocations.sh_info, &relocations, number,
                            prefers_data, &user);
        }
    }
    return user;
}

struct check {
    struct program *program;
    const struct module *module;
    const struct multi_object_fact *fact;
    uint32_t number; /* of the global the fact is about */
    const struct module *definer;
    const struct multi_object_fact *definition; /* NULL: native code's */
};

static void check_require(const struct check *c)
{
    const char *name = c->fact->name;
    if (c->definition != NULL && c->definition->may_migrate) {
        struct user user = find_user(c->module, c->number, false);
        align_report(
            c->program,
            "%s: function '%s' calls '%s' as one in which a thread cannot "
            "move, but in %s it can; compile both with -fno-builtin-%s, or "
            "both with -flto",
            c->module->name, user.name != NULL ? user.name : "?", name,
            c->definer->name, name);
    }
}

static void check_call(const struct check *c)
{
    const char *name = c->fact->name;
    if (c->definition == NULL) {
        if (c->fact->call == 'v' && !c->definer->runtime) {
            align_report(c->program,
                         "%s: '%s' is native code with variadic arguments, "
                         "whose place differs between ISAs; give it a fixed "
                         "prototype",
                         c->definer->name, name);
        }
        return;
    }
    if (c->definition->variadic == (c->fact->call == 'v')) {
        return;
    }
    struct user user = find_user(c->module, c->number, false);
    const char *caller = user.name != NULL ? user.name : "?";
    /* A configure script asks for a function with `char f(); f();` and does not
     * run the program. */
    if (c->fact->call == '0') {
        fprintf(stderr,
                "popcorn-align: warning: %s: function '%s' calls '%s' without "
                "arguments and without its prototype\n",
                c->module->name, caller, name);
    } else {
        align_report(c->program,
                     "%s: function '%s' calls '%s' through a declaration that "
                     "disagrees with its definition about '...'; include the "
                     "header that declares it",
                     c->module->name, caller, name);
    }
}

static void check_address(const struct check *c)
{
    if (c->definition != NULL) {
        return;
    }
    struct user user = find_user(c->module, c->number, true);
    align_report(c->program,
                 "%s: %s %s: takes the address of '%s', a native function: its "
                 "address differs from ISA to ISA. Call it through a C "
                 "function of the program and take the address of that.",
                 c->module->name,
                 user.type == STT_FUNC ? "in function"
                                       : "in the initialiser of",
                 user.name != NULL ? user.name : "?", c->fact->name);
}

/* What neutral code says of a definition. False if there is nothing to check:
 * nobody defines it, or the link itself does. */
static bool find_definition(struct check *c)
{
    const struct global *global = symbol_find(c->program, c->fact->name);
    c->definer = global != NULL ? symbol_module(c->program, global, 0) : NULL;
    if (c->definer == NULL || c->definer->kind == MODULE_OWN) {
        return false;
    }
    c->number = (uint32_t)(global - c->program->globals);
    c->definition = NULL;
    if (c->definer->kind != MODULE_NEUTRAL) {
        return true;
    }
    c->definition = module_definition(c->definer, c->fact->name);
    if (c->definition == NULL) {
        align_report(c->program,
                     "%s: corrupt: it defines %s, of which its record says "
                     "nothing",
                     c->definer->name, c->fact->name);
    }
    return c->definition != NULL;
}

static void check_facts(const struct options *options, struct check *c)
{
    const struct multi_object *object = &c->module->object;
    for (unsigned i = 0; i < object->fact_count; i++) {
        c->fact = &object->facts[i];
        if (c->fact->kind == FACT_DEFINE || !find_definition(c)) {
            continue;
        }
        switch (c->fact->kind) {
        case FACT_REQUIRE:
            if (options->fault != FAULT_MISSED_REQUIRE) {
                check_require(c);
            }
            break;
        case FACT_CALL:
            check_call(c);
            break;
        case FACT_ADDRESS:
            check_address(c);
            break;
        case FACT_DEFINE:
            break;
        }
    }
}

/* The user's native code passes arguments as its ISA does. */
static void check_native(struct program *program, const struct module *module,
                         unsigned isa_index)
{
    const struct part *part = &module->part[isa_index];
    for (uint64_t i = 1; i < part->symbols.count; i++) {
        Elf64_Sym symbol = elf_symbol(&part->symbols, i);
        if (ELF64_ST_BIND(symbol.st_info) == STB_LOCAL ||
            symbol.st_shndx != SHN_UNDEF) {
            continue;
        }
        const struct global *global = &program->globals[part->global[i]];
        const struct module *definer =
            symbol_module(program, global, isa_index);
        const struct multi_object_fact *definition =
            definer != NULL && definer->kind == MODULE_NEUTRAL
                ? module_definition(definer, global->name)
                : NULL;
        if (definition != NULL && definition->variadic) {
            align_report(program,
                         "%s: native code calls the variadic function '%s', "
                         "whose arguments are passed in another way in neutral "
                         "code; call a function with a fixed prototype",
                         module->name, global->name);
        }
    }
}

/* A module that dlopen would have found before a plugin. */
static const struct module *find_other(const struct program *program,
                                       const char *name)
{
    const struct global *global = symbol_find(program, name);
    const struct module *module =
        global != NULL ? symbol_module(program, global, 0) : NULL;
    return module != NULL && !module->runtime && module->library == NULL
               ? module
               : NULL;
}

/* A name that a plugin and the program define is each one's own here. */
static void warn_of_plugins(const struct program *program)
{
    for (unsigned i = 0; i < program->library_count; i++) {
        const struct library *library = program->libraries[i];
        for (unsigned k = 0; k < library->given_count; k++) {
            const struct module *other = find_other(program, library->given[k]);
            if (other != NULL) {
                fprintf(stderr,
                        "popcorn-align: warning: %s is defined by %s and by "
                        "%s, which uses its own; a shared object that is "
                        "opened would use the program's\n",
                        library->given[k], module_describe(other),
                        library->name);
            }
        }
    }
}

void check_program(const struct options *options, struct program *program)
{
    for (unsigned m = 0; m < program->module_count; m++) {
        const struct module *module = program->modules[m];
        struct check check = {.program = program, .module = module};
        check_facts(options, &check);
        bool users = module->kind == MODULE_NATIVE ||
                     (module->kind == MODULE_MEMBER && !module->runtime);
        unsigned before = program->errors;
        for (unsigned i = 0;
             users && i < program->isa_count && program->errors == before;
             i++) {
            check_native(program, module, i);
        }
    }
    if (options->export_dynamic) {
        warn_of_plugins(program);
    }
}
