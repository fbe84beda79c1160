/* longjmp to a setjmp made before the thread moved.
 *
 * The registers and stack pointer in the jmp_buf are of another stack, maybe of
 * another ISA. The frame that called setjmp is on the present stack all the
 * same, known by its token, and each of its call sites can be resumed at,
 * the setjmp among them: nothing is live there but the token.
 *
 * Out of a signal handler no walk leads: the interrupted frame is not at a call
 * site, and the handler may be on another stack. But the frame that called
 * setjmp was rebuilt at the last arrival, has not moved since, and what the
 * frames outside of it keep in registers has not changed since: the rebuild
 * listed it.
 */
#include "runtime/member/move/longjmp.h"
#include "isa/native.h"
#include "runtime/member/move/move.h"
#include "runtime/stack/jmp_buf.h"

extern __thread char *__popcorn_data_stack
    __attribute__((tls_model("local-exec")));

/* The thread's jump variables and data stack as they were at the setjmp. */
static void restore_jump(const uint64_t *env)
{
    __popcorn_jump[0] = env[JMP_BUF_TOKEN];
    __popcorn_jump[1] = env[JMP_BUF_SITE];
    __popcorn_data_stack = (char *)(uintptr_t)env[JMP_BUF_DATA_STACK];
}

void popcorn_longjmp_slow(const struct popcorn_context *ctx,
                          const uint64_t *env, int value)
{
    const struct frame_maps *maps = popcorn_frame_maps();
    struct popcorn_context target;
    struct popcorn_error error;
    struct stack_view stack;
    const struct popcorn_seat *seat = popcorn_seat();
    int on_stack, result;

    error.code = 0;
    if (maps == NULL) {
        popcorn_fatal("longjmp across a move needs the frame maps");
    }
    on_stack = ctx->sp >= seat->control_low && ctx->sp < seat->control_top;
    stack.base = ctx->sp;
    stack.bytes = (uint8_t *)(uintptr_t)ctx->sp;
    stack.size_bytes = on_stack ? seat->control_top - ctx->sp : 0;
    result = !on_stack ? -NEUTRAL_EBUSY
                       : stack_unwind_to_token(
                             maps, ctx, &stack,
                             (uint64_t)(uintptr_t)popcorn_outermost_return,
                             env[JMP_BUF_TOKEN], (uint32_t)env[JMP_BUF_SITE],
                             &target, &error);
    if (result == -NEUTRAL_EBUSY) {
        error.code = 0;
        result = stack_find_token(maps, &seat->tokens, env[JMP_BUF_TOKEN],
                                  (uint32_t)env[JMP_BUF_SITE], &target, &error);
    }
    if (result != 0) {
        popcorn_fatal(error.text);
    }
    if (on_stack && target.sp < ctx->sp) {
        popcorn_fatal("longjmp: the function that called setjmp has returned");
    }
    target.reg[maps->isa->result_slot] = (uint64_t)(int64_t)value;
    restore_jump(env);
    popcorn_resume(&target);
}
