/* The time without a system call: clock_gettime of the code that the kernel maps into
 * each process (vDSO). Only in a program that runs by itself; under `popcorn run` the
 * clocks are home's (clocks.c).
 *
 * The function's name ends alike on every ISA. Nothing of this travels: address and
 * function are this process's. Specification: vdso(7), ELF (gABI 4 and 5).
 */
#include "runtime/member/calls/calls.h"

typedef int clock_function(int clock, void *time);

enum {
    PT_LOAD = 1,
    PT_DYNAMIC = 2,
    DT_HASH = 4,
    DT_STRTAB = 5,
    DT_SYMTAB = 6,
    STT_FUNC = 2
};

struct header {
    uint8_t ident[32];
    uint64_t programs_offset;
    uint8_t between[14];
    uint16_t program_bytes, program_count;
};

struct program {
    uint32_t type, flags;
    uint64_t offset, address, physical, file_bytes, bytes, align;
};

struct dynamic {
    uint64_t tag, value;
};

struct symbol {
    uint32_t name;
    uint8_t info, other;
    uint16_t section;
    uint64_t value, bytes;
};

static uint64_t image;
static clock_function *function;
static int is_searched;

static int is_name(const char *name)
{
    static const char wanted[] = "_clock_gettime";
    uint64_t length = popcorn_text_length(name);

    if (length < sizeof wanted - 1) {
        return 0;
    }
    name += length - (sizeof wanted - 1);
    for (unsigned i = 0; i < sizeof wanted - 1; i++) {
        if (name[i] != wanted[i]) {
            return 0;
        }
    }
    return 1;
}

/* Addresses in the image are from its first segment on. */
static const struct dynamic *find_dynamic(uint64_t *bias)
{
    const struct header *h = (const struct header *)image;
    const char *at = (const char *)image + h->programs_offset;
    const struct dynamic *dynamic = NULL;
    int has_load = 0;

    for (unsigned i = 0; i < h->program_count; i++, at += h->program_bytes) {
        const struct program *p = (const struct program *)at;
        if (p->type == PT_LOAD && !has_load) {
            has_load = 1;
            *bias = image + p->offset - p->address;
        } else if (p->type == PT_DYNAMIC) {
            dynamic = (const struct dynamic *)(image + p->offset);
        }
    }
    return has_load ? dynamic : NULL;
}

static clock_function *find(void)
{
    uint64_t bias = 0, names = 0, symbols = 0, hash = 0, count;
    const struct dynamic *d = find_dynamic(&bias);

    for (; d != NULL && d->tag != 0; d++) {
        names = d->tag == DT_STRTAB ? d->value + bias : names;
        symbols = d->tag == DT_SYMTAB ? d->value + bias : symbols;
        hash = d->tag == DT_HASH ? d->value + bias : hash;
    }
    if (names == 0 || symbols == 0 || (hash == 0 && names < symbols)) {
        return NULL;
    }
    /* Without that table: names are behind the symbols. */
    count = hash != 0 ? ((const uint32_t *)hash)[1]
                      : (names - symbols) / sizeof(struct symbol);
    for (uint64_t i = 0; i < count; i++) {
        const struct symbol *s = (const struct symbol *)symbols + i;
        if (s->section != 0 && (s->info & 15) == STT_FUNC &&
            is_name((const char *)names + s->name)) {
            return (clock_function *)(s->value + bias);
        }
    }
    return NULL;
}

void popcorn_vdso_is_at(uint64_t address)
{
    image = address;
}

/* Found when it is first needed; twice is no harm. */
long popcorn_vdso_clock(long clock, long time)
{
    if (!__atomic_load_n(&is_searched, __ATOMIC_ACQUIRE)) {
        function = image != 0 ? find() : NULL;
        __atomic_store_n(&is_searched, 1, __ATOMIC_RELEASE);
    }
    if (function != NULL && function((int)clock, (void *)time) == 0) {
        return 0;
    }
    return isa_syscall(NEUTRAL_clock_gettime, clock, time, 0, 0, 0, 0);
}
