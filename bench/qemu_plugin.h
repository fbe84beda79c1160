/* QEMU's plugin interface, version 1, as far as the plugins here use it. Debian
 * packages no header: names and types are those of QEMU's documented API. */
#ifndef POPCORN_BENCH_QEMU_PLUGIN_H
#define POPCORN_BENCH_QEMU_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum { QEMU_PLUGIN_INLINE_ADD_U64 };
enum { QEMU_PLUGIN_CB_NO_REGS };
/* Loads alone (1) are not reported by QEMU 7.2. */
enum { QEMU_PLUGIN_MEM_RW = 3 };
typedef void (*tb_translated)(qemu_plugin_id_t id, struct qemu_plugin_tb *tb);
typedef void (*at_exit)(qemu_plugin_id_t id, void *data);
typedef void (*at_access)(unsigned cpu, uint32_t info, uint64_t address,
                          void *data);

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
                                           tb_translated callback);
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *tb,
                                              int operation, void *counter,
                                              uint64_t amount);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *
qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *insn,
                                      at_access callback, int flags,
                                      int accesses, void *data);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, at_exit callback,
                                    void *data);

/* Each plugin defines these two. */
extern int qemu_plugin_version;
int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc,
                        char **argv);

#endif
