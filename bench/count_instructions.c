/* A QEMU plugin that counts the guest instructions a program executes.
 *
 *   qemu-ISA -plugin libpopcorn-count.so=FILE ./program
 *
 * FILE is given as out=FILE and receives one decimal number at exit.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "bench/qemu_plugin.h"

int qemu_plugin_version = 1;

static uint64_t executed;
static char out[256];

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    (void)id;
    qemu_plugin_register_vcpu_tb_exec_inline(
        tb, QEMU_PLUGIN_INLINE_ADD_U64, &executed, qemu_plugin_tb_n_insns(tb));
}

static void finished(qemu_plugin_id_t id, void *data)
{
    (void)id;
    (void)data;
    FILE *f = fopen(out, "w");
    if (f) {
        fprintf(f, "%" PRIu64 "\n", executed);
        fclose(f);
    }
}

int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc,
                        char **argv)
{
    (void)info;
    for (int i = 0; i < argc; i++) {
        if (strncmp(argv[i], "out=", 4) == 0) {
            snprintf(out, sizeof out, "%s", argv[i] + 4);
        }
    }
    if (!out[0]) {
        fprintf(stderr, "count_instructions: out=FILE is missing\n");
        return 1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, finished, NULL);
    return 0;
}
