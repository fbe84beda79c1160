/* From the kernel's entry to the program's first neutral function.
 *
 * Every program starts here, so the standalone path is two system calls: one
 * mapping for the data stack, one for the thread pointer.  The TLS block and
 * the data stack share that mapping:
 *
 *     ARENA_BASE ... data stack, growing down ... | TLS block | end
 *
 * Under `popcorn run` the environment has POPCORN_MEMBER, and member_start()
 * does the rest.
 */
#include "runtime/member/start/start.h"

extern long *__popcorn_argument_block;
extern __thread char *__popcorn_data_stack
    __attribute__((tls_model("local-exec")));

/* `popcorn run` appends POPCORN_MEMBER, and QEMU hands the environment to its
 * guest backwards: if the variable comes first, the rest is turned round. */
static void restore_order(char **environment)
{
    char **last = environment;

    while (*last != NULL) {
        last++;
    }
    while (environment < last && environment < --last) {
        char *entry = *environment;

        *environment++ = *last;
        *last = entry;
    }
}

/* The value of POPCORN_MEMBER, taken out of the environment, or NULL. What
 * follows moves down by a word, the auxiliary vector too: it is found by its
 * place right behind the environment. */
static const char *take_member_variable(char **environment)
{
    for (char **entry = environment; *entry != NULL; entry++) {
        if (popcorn_starts_with(*entry, POPCORN_MEMBER_VARIABLE "=")) {
            const char *value = *entry + sizeof POPCORN_MEMBER_VARIABLE;
            int is_first = entry == environment;

            for (; *entry != NULL; entry++) {
                entry[0] = entry[1];
            }
            for (; entry[1] != NULL; entry += 2) { /* key and value */
                entry[0] = entry[1];
                entry[1] = entry[2];
            }
            entry[0] = entry[1];
            if (is_first) {
                restore_order(environment);
            }
            return value;
        }
    }
    return NULL;
}

static void standalone_start(long *kernel_sp)
{
    long address =
        isa_syscall(NEUTRAL_mmap, POPCORN_ARENA_BASE, POPCORN_DATA_STACK_SIZE,
                    NEUTRAL_PROT_READ | NEUTRAL_PROT_WRITE,
                    NEUTRAL_MAP_PRIVATE | NEUTRAL_MAP_ANONYMOUS |
                        NEUTRAL_MAP_NORESERVE | NEUTRAL_MAP_FIXED_NOREPLACE,
                    -1, 0);

    if (address != POPCORN_ARENA_BASE) {
        popcorn_fatal("cannot map the 64 MiB data stack: is the address "
                      "space limited (ulimit -v)?");
    }
    __popcorn_argument_block = kernel_sp;
    popcorn_vdso_is_at(popcorn_auxiliary(kernel_sp, AUX_SYSINFO_EHDR));
    popcorn_set_up_main_thread((char *)address + POPCORN_DATA_STACK_SIZE);
}

void popcorn_start(long *kernel_sp)
{
    char **environment = (char **)(kernel_sp + kernel_sp[0] + 2);
    const char *value = take_member_variable(environment);
    uint64_t stack_top = (uint64_t)(uintptr_t)kernel_sp & ~(uint64_t)15;

    if (value != NULL) {
        popcorn_member_start(value, kernel_sp, stack_top);
    } else {
        popcorn_start_under_run(kernel_sp);
        standalone_start(kernel_sp);
    }
    popcorn_enter(__popcorn_entry, NULL, stack_top);
}
