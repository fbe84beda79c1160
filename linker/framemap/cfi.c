/* The unwind rule at each call site, from .debug_frame or .eh_frame.
 *
 * The rule is taken one byte before the return address: what holds during the
 * call. At the return address itself the next region, maybe of the next
 * function, may have begun. The rule is per site, because a shrink-wrapped
 * function saves registers only on some paths.
 */
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <stdlib.h>
#include <string.h>

#include "linker/framemap/framemap.h"

static Dwarf_Frame *frame_at(const struct image *image,
                             const struct call_site *site, Dwarf_CFI *debug,
                             Dwarf_CFI *eh)
{
    Dwarf_Frame *frame = NULL;

    if (debug != NULL &&
        dwarf_cfi_addrframe(debug, site->pc - 1, &frame) == 0) {
        return frame;
    }
    if (eh != NULL && dwarf_cfi_addrframe(eh, site->pc - 1, &frame) == 0) {
        return frame;
    }
    fail_at(image, site,
            "has no call-frame information: the code generator "
            "must emit .debug_frame for every function");
}

/* The CFA as register + offset. */
static void read_cfa(const struct image *image, const struct call_site *site,
                     Dwarf_Frame *frame, unsigned *dwarf_reg, int64_t *offset)
{
    Dwarf_Op *ops = NULL;
    size_t count = 0;

    if (dwarf_frame_cfa(frame, &ops, &count) != 0 || count == 0) {
        fail_at(image, site, "has no CFA rule: %s", dwarf_errmsg(-1));
    }
    if (count == 1 && ops[0].atom == DW_OP_bregx) {
        *dwarf_reg = (unsigned)ops[0].number;
        *offset = (int64_t)ops[0].number2;
    } else if (count == 1 && ops[0].atom >= DW_OP_breg0 &&
               ops[0].atom <= DW_OP_breg31) {
        *dwarf_reg = ops[0].atom - DW_OP_breg0;
        *offset = (int64_t)ops[0].number;
    } else {
        fail_at(image, site,
                "has a CFA that is not register + constant "
                "(operation 0x%x): its frame has no constant size",
                ops[0].atom);
    }
}

/* LLVM's stack size counts neither the return address the call pushed. */
static uint64_t counted_frame(const struct image *image,
                              const struct call_site *site)
{
    if (site->stack_bytes == UINT64_MAX) {
        fail_at(image, site,
                "is in a function with a frame of variable size: "
                "dynamic allocas belong on the data stack");
    }
    return site->stack_bytes - (uint64_t)image->isa->ra_offset_from_cfa;
}

static void read_frame_size(const struct image *image, struct call_site *site,
                            Dwarf_Frame *frame)
{
    struct unwind_rule *unwind = &site->unwind;
    uint64_t counted = counted_frame(image, site);
    unsigned dwarf_reg = 0;
    int64_t offset = 0;
    int slot;

    read_cfa(image, site, frame, &dwarf_reg, &offset);
    if (dwarf_reg == image->isa->sp_dwarf_reg) {
        if (offset <= 0 || (uint64_t)offset != counted) {
            fail_at(image, site,
                    "has a frame of %lld bytes by its call-frame "
                    "information, %llu by its stack map",
                    (long long)offset, (unsigned long long)counted);
        }
    } else {
        slot = slot_of(image->isa, dwarf_reg);
        if (slot < 0 || (image->isa->ra_offset_from_cfa == 0 &&
                         dwarf_reg == image->isa->ra_dwarf_reg)) {
            fail_at(image, site,
                    "has its CFA in DWARF register %u, which "
                    "cannot be a frame pointer",
                    dwarf_reg);
        }
        if (offset % 8 != 0 || offset < 0 || (uint64_t)offset > counted) {
            fail_at(image, site,
                    "has a frame pointer at CFA%+lld, not a "
                    "word of its frame",
                    (long long)-offset);
        }
        unwind->has_fp = true;
        unwind->fp_slot = (uint8_t)slot;
        unwind->fp_offset = (int32_t)-offset;
    }
    if (counted == 0 || counted % image->isa->stack_align != 0 ||
        counted > (1u << 27)) {
        fail_at(image, site,
                "has a frame of %llu bytes: not a positive "
                "multiple of %u",
                (unsigned long long)counted, image->isa->stack_align);
    }
    unwind->frame_bytes = (uint32_t)counted;
}

static bool is_taken(const struct image *image,
                     const struct unwind_rule *unwind, int64_t offset)
{
    for (unsigned i = 0; i < unwind->saved_count; i++) {
        if (unwind->saved[i].below_cfa == -offset) {
            return true;
        }
    }
    return offset == image->isa->ra_offset_from_cfa;
}

static void read_saved(const struct image *image, struct call_site *site,
                       Dwarf_Frame *frame, const struct isa_reg *reg)
{
    struct unwind_rule *unwind = &site->unwind;
    Dwarf_Op memory[3], *ops = NULL;
    size_t count = 0;
    int64_t offset;

    if (dwarf_frame_register(frame, reg->dwarf_reg, memory, &ops, &count)) {
        fail_at(image, site, "%s: %s", reg->name, dwarf_errmsg(-1));
    }
    if (count == 0) {
        return; /* unchanged, or of no interest to the caller */
    }
    offset = count >= 2 ? (int64_t)ops[1].number : 0;
    if (ops[0].atom != DW_OP_call_frame_cfa || count > 2 ||
        (count == 2 && ops[1].atom != DW_OP_plus_uconst) || offset >= 0 ||
        offset % 8 != 0 || -offset > (int64_t)unwind->frame_bytes) {
        fail_at(image, site, "saves %s elsewhere than in a word of its frame",
                reg->name);
    }
    if (is_taken(image, unwind, offset)) {
        fail_at(image, site,
                "saves %s where it keeps its return address or "
                "another register",
                reg->name);
    }
    unwind->saved[unwind->saved_count++] =
        (struct saved_register){reg->slot, (uint32_t)-offset};
}

static bool is_saved(const struct unwind_rule *unwind, int slot)
{
    for (unsigned i = 0; i < unwind->saved_count; i++) {
        if (unwind->saved[i].slot == slot) {
            return true;
        }
    }
    return false;
}

static void read_site(struct image *image, struct call_site *site,
                      Dwarf_CFI *debug, Dwarf_CFI *eh)
{
    const struct isa *isa = image->isa;
    Dwarf_Frame *frame = frame_at(image, site, debug, eh);

    image->frame = frame;
    read_frame_size(image, site, frame);
    for (unsigned i = 0; i < isa->reg_count; i++) {
        if (isa->regs[i].callee_saved != 0) {
            read_saved(image, site, frame, &isa->regs[i]);
        }
    }
    if (isa->ra_offset_from_cfa == 0 &&
        !is_saved(&site->unwind, slot_of(isa, isa->ra_dwarf_reg))) {
        fail_at(image, site, "does not save its return address");
    }
    if (site->unwind.has_fp && !is_saved(&site->unwind, site->unwind.fp_slot)) {
        fail_at(image, site, "has a frame pointer it did not save");
    }
    free(frame);
    image->frame = NULL;
}

void read_unwind_rules(struct image *image)
{
    Dwarf_CFI *debug;

    image->dwarf = dwarf_begin_elf(image->elf, DWARF_C_READ, NULL);
    image->eh_frame = dwarf_getcfi_elf(image->elf);
    debug = image->dwarf != NULL ? dwarf_getcfi(image->dwarf) : NULL;
    for (size_t i = 0; i < image->site_count; i++) {
        read_site(image, &image->sites[i], debug, image->eh_frame);
    }
    end_unwind_rules(image);
}

void end_unwind_rules(struct image *image)
{
    free(image->frame);
    if (image->eh_frame != NULL) {
        dwarf_cfi_end(image->eh_frame);
    }
    dwarf_end(image->dwarf);
    image->frame = NULL;
    image->eh_frame = NULL;
    image->dwarf = NULL;
}
