/* Thread pointer, x86-64 (psABI TLS variant II): FS base is the end of the TLS
 * block, rounded up to its alignment, and the word there points to itself. */
#include "isa/libc_entry.h"
#include "isa/native.h"
#include "isa/native_libc.h"

#define X86_64_ARCH_PRCTL 158
#define ARCH_SET_FS 0x1002

uint64_t isa_thread_pointer_of(void *tls_block)
{
    uint64_t base = (uint64_t)(uintptr_t)tls_block + popcorn_tls_extent();

    *(uint64_t *)(uintptr_t)base = base;
    return base;
}

void isa_set_thread_pointer(void *tls_block)
{
    isa_raw_syscall(X86_64_ARCH_PRCTL, ARCH_SET_FS,
                    (long)isa_thread_pointer_of(tls_block), 0, 0, 0, 0);
}

void *isa_get_thread_pointer(void)
{
    uint64_t base;

    __asm__("movq %%fs:0, %0" : "=r"(base));
    return (void *)(uintptr_t)(base - popcorn_tls_extent());
}
