/* Lines on standard error. */
#include "runtime/member/core/core.h"
#include "runtime/message/printable.h"

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
        length += text_printable(line + length, sizeof line - 32 - length,
                                 detail, popcorn_text_length(detail));
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
