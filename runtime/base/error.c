/* Error texts without a libc: the code here also runs inside members. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/base/error.h"

struct writer {
    char *next, *end; /* end: where the NUL must fit */
};

static void put(struct writer *writer, char c)
{
    if (writer->next < writer->end) {
        *writer->next++ = c;
    }
}

static void put_number(struct writer *writer, uint64_t value, unsigned radix)
{
    char digits[20];
    unsigned count = 0;

    do {
        digits[count++] = "0123456789abcdef"[value % radix];
        value /= radix;
    } while (value != 0);
    while (count > 0) {
        put(writer, digits[--count]);
    }
}

static void put_text(struct writer *writer, const char *text)
{
    while (*text != '\0') {
        put(writer, *text++);
    }
}

int popcorn_error_set(struct popcorn_error *error, int code, const char *format,
                      ...)
{
    struct writer writer;
    va_list values;

    if (error == NULL || error->code != 0) {
        return code;
    }
    error->code = code;
    writer.next = error->text;
    writer.end = error->text + sizeof error->text - 1;
    va_start(values, format);
    for (; *format != '\0'; format++) {
        if (*format != '%') {
            put(&writer, *format);
            continue;
        }
        switch (*++format) {
        case 's':
            put_text(&writer, va_arg(values, const char *));
            break;
        case 'u':
            put_number(&writer, va_arg(values, uint32_t), 10);
            break;
        case 'l':
            if (*++format == 'x') {
                put_text(&writer, "0x");
                put_number(&writer, va_arg(values, uint64_t), 16);
            } else {
                put_number(&writer, va_arg(values, uint64_t), 10);
            }
            break;
        default:
            __builtin_trap(); /* a format of our own that is wrong */
        }
    }
    va_end(values);
    *writer.next = '\0';
    return code;
}
