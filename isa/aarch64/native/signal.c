/* Signal handlers on AArch64: this kernel's ucontext is the neutral one. */
#include "isa/aarch64/native/syscall.h"
#include "isa/libc_entry.h"
#include "isa/neutral/abi.h"

long aarch64_rt_sigaction(long signal, long new_action, long old_action,
                          long mask_bytes)
{
    static const struct popcorn_signal_entry entry = {popcorn_run_handler, 0,
                                                      48};

    return popcorn_set_handler(&entry, NEUTRAL_rt_sigaction, signal, new_action,
                               old_action, mask_bytes);
}
