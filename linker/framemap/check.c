/* What the encoder refuses: a frame map is never hoped to be right. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linker/framemap/framemap.h"

void fail(const char *format, ...)
{
    va_list values;

    fputs("popcorn-framemap: ", stderr);
    va_start(values, format);
    vfprintf(stderr, format, values);
    va_end(values);
    fputc('\n', stderr);
    exit(1);
}

void fail_at(const struct image *image, const struct call_site *site,
             const char *format, ...)
{
    const struct symbol *found = NULL;
    va_list values;

    for (size_t i = 0; i < image->symbol_count; i++) {
        if (image->symbols[i].address < site->pc) {
            found = &image->symbols[i];
        }
    }
    fprintf(stderr, "popcorn-framemap: %s: ", image->path);
    if (found != NULL) {
        fprintf(stderr, "%s+0x%llx", found->name,
                (unsigned long long)(site->pc - found->address));
    } else {
        fprintf(stderr, "0x%llx", (unsigned long long)site->pc);
    }
    fprintf(stderr, ", call site %u on %s: ", site->id, image->isa->name);
    va_start(values, format);
    vfprintf(stderr, format, values);
    va_end(values);
    fputc('\n', stderr);
    exit(1);
}

void *allocate(void *old, size_t count, size_t size_bytes)
{
    void *memory = reallocarray(old, count, size_bytes);

    if (memory == NULL) {
        fail("out of memory");
    }
    return memory;
}

int slot_of(const struct isa *isa, unsigned dwarf_reg)
{
    for (unsigned i = 0; i < isa->reg_count; i++) {
        if (isa->regs[i].dwarf_reg == dwarf_reg) {
            return isa->regs[i].slot;
        }
    }
    return -1;
}

const struct isa_reg *reg_of_slot(const struct isa *isa, unsigned slot)
{
    for (unsigned i = 0; i < isa->reg_count; i++) {
        if (isa->regs[i].slot == slot) {
            return &isa->regs[i];
        }
    }
    return NULL;
}

int64_t sp_offset_of(const struct image *image, const struct call_site *site,
                     const struct raw_location *location)
{
    const struct unwind_rule *unwind = &site->unwind;
    int slot = slot_of(image->isa, location->dwarf_reg);

    if (location->dwarf_reg == image->isa->sp_dwarf_reg) {
        return location->offset;
    }
    if (unwind->has_fp && slot == unwind->fp_slot) {
        return (int64_t)unwind->frame_bytes + unwind->fp_offset +
               location->offset;
    }
    fail_at(image, site,
            "has a live value relative to %s, which is neither "
            "stack nor frame pointer",
            slot >= 0 ? reg_of_slot(image->isa, (unsigned)slot)->name
                      : "a vector register");
}

/* A callee-saved register the frame has not saved belongs to a caller. */
static void check_register(const struct image *image,
                           const struct call_site *site, unsigned number,
                           const struct raw_location *location)
{
    int slot = slot_of(image->isa, location->dwarf_reg);

    if (slot < 0 || location->dwarf_reg == image->isa->sp_dwarf_reg) {
        fail_at(image, site,
                "live value %u is in DWARF register %u, which is "
                "no general register",
                number, location->dwarf_reg);
    }
    if (site->unwind.has_fp && slot == site->unwind.fp_slot) {
        fail_at(image, site, "live value %u is in the frame pointer", number);
    }
    for (unsigned i = 0; i < site->unwind.saved_count; i++) {
        if (site->unwind.saved[i].slot == slot) {
            return;
        }
    }
    if (reg_of_slot(image->isa, (unsigned)slot)->callee_saved != 0) {
        fail_at(image, site,
                "live value %u is in %s, which the function did "
                "not save for its caller",
                number, reg_of_slot(image->isa, (unsigned)slot)->name);
    }
}

/* A word that rebuild fills by itself: a saved register, the return address. */
static bool is_unwind_word(const struct image *image,
                           const struct call_site *site, int64_t sp_offset)
{
    const struct unwind_rule *unwind = &site->unwind;
    int64_t below_cfa = (int64_t)unwind->frame_bytes - sp_offset;
    int ra_offset = image->isa->ra_offset_from_cfa;

    for (unsigned i = 0; i < unwind->saved_count; i++) {
        if (unwind->saved[i].below_cfa == below_cfa) {
            return true;
        }
    }
    return ra_offset != 0 && below_cfa == -ra_offset;
}

static void check_value(const struct image *image, const struct call_site *site,
                        unsigned number)
{
    const struct raw_location *location = &site->values[number];
    int64_t offset;

    if (location->size_bytes != 8) {
        fail_at(image, site, "live value %u has %u bytes, not 8", number,
                location->size_bytes);
    }
    switch ((enum raw_kind)location->kind) {
    case RAW_REGISTER:
        check_register(image, site, number, location);
        return;
    case RAW_INDIRECT:
        offset = sp_offset_of(image, site, location);
        if (offset < 0 || offset % 8 != 0 || offset / 8 > (1 << 24)) {
            fail_at(image, site,
                    "live value %u is at stack pointer %+lld, "
                    "not in a word of the frame",
                    number, (long long)offset);
        }
        if (is_unwind_word(image, site, offset)) {
            fail_at(image, site,
                    "live value %u is where the frame keeps its "
                    "return address or a saved register",
                    number);
        }
        return;
    case RAW_CONSTANT:
    case RAW_CONSTANT_INDEX:
        return;
    case RAW_DIRECT:
        fail_at(image, site,
                "live value %u is an address in the control "
                "stack: every alloca belongs on the data stack",
                number);
    }
    fail_at(image, site, "live value %u has a location of unknown kind %u",
            number, location->kind);
}

static int by_id(const void *a, const void *b)
{
    const struct call_site *x = a, *y = b;

    return x->id != y->id   ? (x->id < y->id ? -1 : 1)
           : x->pc != y->pc ? (x->pc < y->pc ? -1 : 1)
                            : 0;
}

/* Ids are dense from 1, but a back end may drop calls: a much higher one is
 * damage, and would cost memory for each id below it. */
static void check_id(const struct image *image, const struct call_site *site)
{
    if (site->id / 16 > image->record_count) {
        fail_at(image, site,
                "has an id far above the %zu call sites there "
                "are: .llvm_stackmaps is corrupt",
                image->record_count);
    }
}

void check_sites(struct image *image)
{
    if (image->site_count == 0) {
        return;
    }
    qsort(image->sites, image->site_count, sizeof *image->sites, by_id);
    for (size_t i = 0; i < image->site_count; i++) {
        const struct call_site *site = &image->sites[i];
        check_id(image, site);
        for (unsigned k = 0; k < site->value_count; k++) {
            check_value(image, site, k);
        }
        if (site->token && site->value_count == 0) {
            fail_at(image, site,
                    "should list its frame token and lists "
                    "nothing");
        }
        /* A duplicated block: capture may stop at either copy. */
        if (i != 0 && site->id == site[-1].id &&
            (site->value_count != site[-1].value_count ||
             site->token != site[-1].token)) {
            fail_at(image, site,
                    "has %u live values, at its other return "
                    "address 0x%llx %u",
                    site->value_count, (unsigned long long)site[-1].pc,
                    site[-1].value_count);
        }
    }
}
