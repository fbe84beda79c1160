/* What each program of a sanitized build asks of its runtime (sanitize.cmake). */
#include <errno.h>
#include <sanitizer/asan_interface.h>
#include <sanitizer/lsan_interface.h>
#include <sanitizer/ubsan_interface.h>
#include <stddef.h>
#include <string.h>

/* LLVM's archives are not sanitized: what they hand out of a slab that our instance
 * of an allocator's template poisoned would stay poisoned. */
const char *__asan_default_options(void)
{
    return "log_path=" REPORTS ":exitcode=99:allow_user_poisoning=0:"
           "detect_stack_use_after_return=1:strict_string_checks=1";
}

const char *__ubsan_default_options(void)
{
    return "log_path=" REPORTS ":exitcode=99:print_stacktrace=1";
}

/* These work on one input and end; their memory goes with them. */
static const char *const frees_nothing[] = {"popcorn-clang", "popcorn-align",
                                            "popcorn-framemap"};

int __lsan_is_turned_off(void)
{
    const size_t count = sizeof frees_nothing / sizeof *frees_nothing;

    for (size_t i = 0; i < count; i++) {
        if (strcmp(program_invocation_short_name, frees_nothing[i]) == 0) {
            return 1;
        }
    }
    return 0;
}
