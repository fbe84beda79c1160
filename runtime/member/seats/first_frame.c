/* Where a control stack begins. */
#include "runtime/member/seats/seats.h"

extern __thread char *__popcorn_data_stack
    __attribute__((tls_model("local-exec")));

void popcorn_set_up_main_thread(char *top)
{
    char *tls_memory = top - popcorn_tls_bytes();

    tls_memory = (char *)((uintptr_t)tls_memory & ~(uintptr_t)63);
    isa_set_thread_pointer(popcorn_tls_init_main(tls_memory));
    __popcorn_data_stack = tls_memory;
}

/* A function's state at entry, called with an empty stack. */
void popcorn_enter(void (*function)(void *), void *argument, uint64_t stack_top)
{
    const struct isa *isa = popcorn_this_isa;
    struct popcorn_context context = {0};
    uint64_t outermost = (uint64_t)(uintptr_t)popcorn_outermost_return;

    context.pc = (uint64_t)(uintptr_t)function;
    context.reg[isa->argument_slot] = (uint64_t)(uintptr_t)argument;
    context.sp = stack_top;
    if (isa->ra_offset_from_cfa != 0) {
        context.sp += (uint64_t)(int64_t)isa->ra_offset_from_cfa;
        *(uint64_t *)(uintptr_t)context.sp = outermost;
    } else {
        for (unsigned i = 0; i < isa->reg_count; i++) {
            if (isa->regs[i].dwarf_reg == isa->ra_dwarf_reg) {
                context.reg[isa->regs[i].slot] = outermost;
            }
        }
    }
    popcorn_resume(&context);
}

void popcorn_outermost_return(void)
{
    popcorn_fatal("internal error: a thread's first function returned");
}
