/* A QEMU plugin that measures how far apart migration points are.
 *
 *   qemu-ISA -plugin libpopcorn-distance.so,out=FILE,word=ADDRESS ./program
 *
 * A point is an access to the poll word, whatever the instruction is, so one
 * plugin serves every ISA.  The distance of two is the guest instructions
 * executed between them, start and end of the program included.  FILE receives
 *
 *   points N
 *   instructions N
 *   wait MEDIAN P99 LONGEST    instructions until the next point, for a request
 *                              that comes at any instruction alike
 *   stretch LENGTH FROM TO     the longest stretches and the pc of the points
 *                              at their ends, longest first (0: start or end)
 *
 * Counting is by translated block, so distances are right to a block.  For
 * programs of one thread.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/qemu_plugin.h"

int qemu_plugin_version = 1;

struct stretch {
    uint64_t length, from, to;
};

/* Lengths by octave and sixteenth of it: quantiles are right to 6 %. */
enum { STEPS = 16, BUCKETS = 64 * STEPS, LONGEST = 8 };

static uint64_t executed, last_executed, last_pc, points, word;
static uint64_t count[BUCKETS], sum[BUCKETS];
static struct stretch longest[LONGEST];
static char out[256];

static unsigned bucket(uint64_t length)
{
    unsigned octave;

    if (length < STEPS) {
        return (unsigned)length;
    }
    octave = 63 - (unsigned)__builtin_clzll(length);
    return octave * STEPS + (unsigned)(length >> (octave - 4)) % STEPS;
}

static void end_stretch(uint64_t pc)
{
    struct stretch s = {executed - last_executed, last_pc, pc};

    count[bucket(s.length)]++;
    sum[bucket(s.length)] += s.length;
    last_executed = executed;
    last_pc = pc;
    for (int i = 0; i < LONGEST && s.length > longest[LONGEST - 1].length;
         i++) {
        /* One row for each pair of points. */
        bool same = longest[i].from == s.from && longest[i].to == s.to;
        if (same && longest[i].length >= s.length) {
            return;
        }
        if (same || s.length > longest[i].length) {
            struct stretch t = longest[i];
            longest[i] = s;
            if (same) {
                return;
            }
            s = t;
            if (s.from == last_pc && s.to == pc) {
                return;
            }
        }
    }
}

static void accessed(unsigned cpu, uint32_t info, uint64_t address, void *data)
{
    (void)cpu;
    (void)info;
    if (address == word) {
        points++;
        end_stretch((uint64_t)(uintptr_t)data);
    }
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    size_t instructions = qemu_plugin_tb_n_insns(tb);

    (void)id;
    qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64,
                                             &executed, instructions);
    for (size_t i = 0; i < instructions; i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        qemu_plugin_register_vcpu_mem_cb(
            insn, accessed, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW,
            (void *)(uintptr_t)qemu_plugin_insn_vaddr(insn));
    }
}

/* The wait w that a share of all instructions exceeds: a stretch of length L
 * has L - w instructions from which the next point is farther than w. */
static uint64_t wait(double share)
{
    double total = (double)executed, above_sum = 0, above_count = 0;

    for (unsigned i = BUCKETS; i-- > 0;) {
        if (count[i] == 0) {
            continue;
        }
        double length = (double)sum[i] / (double)count[i];
        if (above_sum - above_count * length > share * total) {
            return (uint64_t)((above_sum - share * total) / above_count);
        }
        above_sum += (double)sum[i];
        above_count += (double)count[i];
    }
    return above_count > 0
               ? (uint64_t)((above_sum - share * total) / above_count)
               : 0;
}

static void finished(qemu_plugin_id_t id, void *data)
{
    FILE *f = fopen(out, "w");

    (void)id;
    (void)data;
    end_stretch(0);
    if (!f) {
        return;
    }
    fprintf(f, "points %" PRIu64 "\ninstructions %" PRIu64 "\n", points,
            executed);
    fprintf(f, "wait %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", wait(0.5),
            wait(0.01), longest[0].length);
    for (int i = 0; i < LONGEST && longest[i].length != 0; i++) {
        fprintf(f, "stretch %" PRIu64 " %#" PRIx64 " %#" PRIx64 "\n",
                longest[i].length, longest[i].from, longest[i].to);
    }
    fclose(f);
}

int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc,
                        char **argv)
{
    (void)info;
    for (int i = 0; i < argc; i++) {
        if (strncmp(argv[i], "out=", 4) == 0) {
            snprintf(out, sizeof out, "%s", argv[i] + 4);
        } else if (strncmp(argv[i], "word=", 5) == 0) {
            word = strtoull(argv[i] + 5, NULL, 0);
        }
    }
    if (!out[0] || word == 0) {
        fprintf(stderr, "point_distance: out=FILE,word=ADDRESS is missing\n");
        return 1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, finished, NULL);
    return 0;
}
