/* longjmp to a setjmp made before the thread moved.
 *
 * The registers and stack pointer in the jmp_buf are of another stack, maybe of
 * another ISA. The frame that called setjmp is on the present stack all the
 * same, known by its token, and each of its call sites can be resumed at,
 * the setjmp among them: nothing is live there but the token.
 */
#include "isa/native.h"
#include "runtime/migrate/member.h"
#include "runtime/stack-transform/jmp_buf.h"
#include "runtime/stack-transform/native_hooks.h"

void popcorn_longjmp_slow(const struct popcorn_context *ctx,
                          const uint64_t *env, int value)
{
    const struct frame_maps *maps = popcorn_frame_maps();
    struct popcorn_context target;
    struct popcorn_error error;
    struct stack_view stack;

    error.code = 0;
    if (maps == NULL) {
        popcorn_fatal("longjmp across a move needs the frame maps");
    }
    if (ctx->sp < popcorn_member.control_low ||
        ctx->sp >= popcorn_member.control_top) {
        popcorn_fatal("longjmp across a move was called on another stack than "
                      "the thread's own");
    }
    stack.base = ctx->sp;
    stack.bytes = (uint8_t *)(uintptr_t)ctx->sp;
    stack.size_bytes = popcorn_member.control_top - ctx->sp;
    if (stack_unwind_to_token(maps, ctx, &stack,
                              (uint64_t)(uintptr_t)popcorn_outermost_return,
                              env[JMP_BUF_TOKEN],
                              (uint32_t)env[JMP_BUF_SITE], &target,
                              &error) != 0) {
        popcorn_fatal(error.text);
    }
    target.reg[maps->isa->result_slot] = (uint64_t)(int64_t)value;
    popcorn_set_jump(env);
    popcorn_resume(&target);
}
