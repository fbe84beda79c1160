/* Small services of the member runtime: no libc is available to it. */
#include "runtime/message/printable.h"
#include "runtime/member/member.h"

struct popcorn_member popcorn_member = {
    .thread_count = 1, .arena_file = -1, .userfault = -1};

static uint32_t lock_word; /* 0 free, 1 held, 2 held and waited for */

void popcorn_copy(void *to, const void *from, uint64_t size_bytes)
{
    uint8_t *out = to;
    const uint8_t *in = from;

    while (size_bytes >= 8) {
        uint64_t word;
        __builtin_memcpy(&word, in, 8);
        __builtin_memcpy(out, &word, 8);
        in += 8;
        out += 8;
        size_bytes -= 8;
    }
    while (size_bytes-- != 0) {
        *out++ = *in++;
    }
}

void popcorn_zero(void *to, uint64_t size_bytes)
{
    volatile uint8_t *out = to;

    while (size_bytes-- != 0) {
        *out++ = 0;
    }
}

uint64_t popcorn_text_length(const char *text)
{
    uint64_t length = 0;

    while (text[length] != '\0') {
        length++;
    }
    return length;
}

static uint64_t append(char *line, uint64_t length, const char *text)
{
    while (*text != '\0' && length < 500) {
        line[length++] = *text++;
    }
    return length;
}

static uint64_t append_number(char *line, uint64_t length, int64_t number)
{
    char digits[24];
    unsigned count = 0;
    uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;

    do {
        digits[count++] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (number < 0) {
        line[length++] = '-';
    }
    while (count != 0) {
        line[length++] = digits[--count];
    }
    return length;
}

void popcorn_say(const char *text, const char *detail, int64_t number)
{
    char line[540];
    uint64_t length = append(line, 0, "popcorn: ");

    length = append(line, length, text);
    if (detail != NULL) { /* another node's text, perhaps */
        length += text_printable(line + length, sizeof line - 32 - length, detail,
                                 popcorn_text_length(detail));
    }
    if (number != 0) {
        length = append(line, length, " (error ");
        length = append_number(line, length, number);
        length = append(line, length, ")");
    }
    line[length++] = '\n';
    isa_syscall(NEUTRAL_write, 2, (long)line, (long)length, 0, 0, 0);
}

/* A write() would wait for the file's position, which another thread may hold
 * in a write() from a page that never comes. */
void popcorn_say_last(const char *text)
{
    char line[540];
    uint64_t length = append(line, append(line, 0, "popcorn: "), text);
    struct neutral_iovec vector = {line, length + 1};

    line[length] = '\n';
    if (isa_syscall(NEUTRAL_pwritev2, 2, (long)&vector, 1, 0, 0,
                    NEUTRAL_RWF_APPEND) < 0) { /* not a file */
        isa_syscall(NEUTRAL_write, 2, (long)line, (long)(length + 1), 0, 0, 0);
    }
}

void popcorn_exit_now(int status)
{
    for (;;) {
        isa_syscall(NEUTRAL_exit_group, status, 0, 0, 0, 0, 0);
    }
}

void popcorn_fatal(const char *text)
{
    popcorn_say(text, NULL, 0);
    popcorn_exit_now(POPCORN_EXIT_FAILURE);
}

void popcorn_fatal_errno(const char *text, long result)
{
    popcorn_say(text, NULL, -result);
    popcorn_exit_now(POPCORN_EXIT_FAILURE);
}

uint64_t popcorn_block_signals(void)
{
    uint64_t all = ~(uint64_t)0;
    uint64_t old = 0;

    isa_syscall(NEUTRAL_rt_sigprocmask, NEUTRAL_SIG_SETMASK, (long)&all,
                (long)&old, sizeof all, 0, 0);
    return old;
}

void popcorn_restore_signals(uint64_t mask)
{
    isa_syscall(NEUTRAL_rt_sigprocmask, NEUTRAL_SIG_SETMASK, (long)&mask, 0,
                sizeof mask, 0, 0);
}

/* Signals are blocked inside, so the holder cannot be interrupted by a handler
 * that wants the lock. */
uint64_t popcorn_lock(void)
{
    uint64_t mask = popcorn_block_signals();
    uint32_t seen = 0;

    if (__atomic_compare_exchange_n(&lock_word, &seen, 1, 0, __ATOMIC_ACQUIRE,
                                    __ATOMIC_RELAXED)) {
        return mask;
    }
    while (__atomic_exchange_n(&lock_word, 2, __ATOMIC_ACQUIRE) != 0) {
        isa_syscall(NEUTRAL_futex, (long)&lock_word,
                    NEUTRAL_FUTEX_WAIT_PRIVATE, 2, 0, 0, 0);
    }
    return mask;
}

void popcorn_unlock(uint64_t mask)
{
    if (__atomic_exchange_n(&lock_word, 0, __ATOMIC_RELEASE) == 2) {
        isa_syscall(NEUTRAL_futex, (long)&lock_word,
                    NEUTRAL_FUTEX_WAKE_PRIVATE, 1, 0, 0, 0);
    }
    popcorn_restore_signals(mask);
}

void *popcorn_map_private(uint64_t size_bytes)
{
    long address = isa_syscall(
        NEUTRAL_mmap, 0, (long)size_bytes,
        NEUTRAL_PROT_READ | NEUTRAL_PROT_WRITE,
        NEUTRAL_MAP_PRIVATE | NEUTRAL_MAP_ANONYMOUS | NEUTRAL_MAP_NORESERVE,
        -1, 0);

    return address < 0 && address > -4096 ? NULL : (void *)address;
}
