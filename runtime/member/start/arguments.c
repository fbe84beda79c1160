/* Copies the kernel's argument block (argc, argv, envp, auxv, strings) into
 * coherent memory, without what only this ISA's process may use.
 */
#include "runtime/member/start/start.h"

enum {
    AUX_NULL = 0,
    AUX_PLATFORM = 15,
    AUX_HWCAP = 16,
    AUX_BASE_PLATFORM = 24,
    AUX_RANDOM = 25,
    AUX_HWCAP2 = 26,
    AUX_RSEQ_SIZE = 27,
    AUX_RSEQ_ALIGN = 28,
    AUX_EXECFN = 31,
    AUX_SYSINFO = 32,
    AUX_MINSIGSTKSZ = 51,
};

static const char preload_name[] = "libpopcorn-uffd.so";

static int ends_with(const char *text, const char *end)
{
    uint64_t text_length = popcorn_text_length(text);
    uint64_t end_length = popcorn_text_length(end);

    return text_length >= end_length &&
           popcorn_starts_with(text + text_length - end_length, end);
}

/* `popcorn run` preloads a library into qemu; the program must not see it. */
static int is_our_preload(const char *entry)
{
    return popcorn_starts_with(entry, "LD_PRELOAD=") &&
           ends_with(entry, preload_name);
}

static int is_text(uint64_t key)
{
    return key == AUX_EXECFN;
}

static int is_dropped(uint64_t key)
{
    return key == AUX_PLATFORM || key == AUX_HWCAP ||
           key == AUX_BASE_PLATFORM || key == AUX_HWCAP2 ||
           key == AUX_SYSINFO || key == AUX_SYSINFO_EHDR ||
           key == AUX_RSEQ_SIZE || key == AUX_RSEQ_ALIGN ||
           key == AUX_MINSIGSTKSZ;
}

static char *push(char *top, const void *bytes, uint64_t size_bytes)
{
    top -= size_bytes;
    popcorn_copy(top, bytes, size_bytes);
    return top;
}

uint64_t popcorn_auxiliary(const long *block, uint64_t key)
{
    const long *at = block + block[0] + 2;

    while (*at != 0) {
        at++;
    }
    for (at++; at[0] != AUX_NULL; at += 2) {
        if ((uint64_t)at[0] == key) {
            return (uint64_t)at[1];
        }
    }
    return 0;
}

/* First the sizes (strings below `top`, then the vectors), then the copy.
 * Vectors are written upwards from a place that surely suffices. */
uint64_t popcorn_copy_arguments(const long *block, uint64_t top_address)
{
    char *top = (char *)(uintptr_t)top_address;
    const long *from = block;
    uint64_t words = 1;
    long *out;
    long *start;

    /* argv and envp with their NULLs, then pairs up to AT_NULL */
    for (int nulls = 0; nulls < 2; words++) {
        nulls += from[words] == 0;
    }
    while (from[words] != AUX_NULL) {
        words += 2;
    }
    words += 2;
    for (uint64_t i = 1, nulls = 0; nulls < 2; i++) {
        if (from[i] == 0) {
            nulls++;
        } else {
            top -= popcorn_text_length((const char *)from[i]) + 1;
        }
    }
    top -= 16 + 4096; /* AT_RANDOM's bytes and AT_EXECFN */
    start = (long *)(((uintptr_t)top - words * 8) & ~(uintptr_t)63);
    out = start;
    top = (char *)(uintptr_t)top_address;
    *out++ = *from++;
    for (int nulls = 0; nulls < 2; from++) {
        const char *text = (const char *)*from;
        if (text == NULL) {
            nulls++;
            *out++ = 0;
        } else if (nulls == 0 || !is_our_preload(text)) {
            top = push(top, text, popcorn_text_length(text) + 1);
            *out++ = (long)top;
        }
    }
    for (; from[0] != AUX_NULL; from += 2) {
        uint64_t key = (uint64_t)from[0];
        long value = from[1];

        if (is_dropped(key)) {
            continue;
        }
        if (key == AUX_RANDOM) {
            top = push(top, (const void *)value, 16);
            value = (long)top;
        } else if (is_text(key)) {
            uint64_t length = popcorn_text_length((const char *)value) + 1;
            if (length > 4000) {
                continue;
            }
            top = push(top, (const void *)value, length);
            value = (long)top;
        }
        *out++ = (long)key;
        *out++ = value;
    }
    *out++ = AUX_NULL;
    *out++ = 0;
    return (uint64_t)(uintptr_t)start;
}
