/* Thread pointer, AArch64 (TLS variant I): TPIDR_EL0 lies max(16, alignment)
 * below the TLS block; the two words there are the ABI's and stay unused. */
#include "isa/libc_entry.h"
#include "isa/native.h"
#include "isa/native_libc.h"

static uint64_t gap(void)
{
    uint64_t align = popcorn_tls_alignment();

    return align > 16 ? align : 16;
}

uint64_t isa_thread_pointer_of(void *tls_block)
{
    return (uint64_t)(uintptr_t)tls_block - gap();
}

void isa_set_thread_pointer(void *tls_block)
{
    __asm__ volatile("msr tpidr_el0, %0"
                     :
                     : "r"(isa_thread_pointer_of(tls_block))
                     : "memory");
}

void *isa_get_thread_pointer(void)
{
    uint64_t base;

    __asm__("mrs %0, tpidr_el0" : "=r"(base));
    return (void *)(uintptr_t)(base + gap());
}
