#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "runtime/message/printable.h"
#include "tools/common/common.h"

static const char *speaker = "popcorn";

void say_as(const char *name)
{
    speaker = name;
}

static void write_line(const char *format, va_list arguments)
{
    char text[2048], line[4 * sizeof text];
    size_t used = (size_t)snprintf(line, sizeof line, "%s: ", speaker);

    vsnprintf(text, sizeof text, format, arguments);
    used +=
        text_printable(line + used, sizeof line - used - 1, text, sizeof text);
    line[used++] = '\n';
    if (write(STDERR_FILENO, line, used) < 0) {
        return; /* nobody listens */
    }
}

void say(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    write_line(format, arguments);
    va_end(arguments);
}

int fail(int code, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    write_line(format, arguments);
    va_end(arguments);
    return code;
}
