/* popcorn-dump: what its printers share. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "tools/popcorn-dump/dump.h"

void fail(const char *format, ...)
{
    va_list values;

    fflush(stdout);
    fputs("popcorn-dump: ", stderr);
    va_start(values, format);
    vfprintf(stderr, format, values);
    va_end(values);
    fputc('\n', stderr);
    exit(1);
}

void add_hex(cJSON *object, const char *name, uint64_t value)
{
    char text[20];

    snprintf(text, sizeof text, "0x%llx", (unsigned long long)value);
    cJSON_AddStringToObject(object, name, text);
}

void hex_text(const uint8_t *bytes, size_t size_bytes, char *text)
{
    for (size_t i = 0; i < size_bytes; i++) {
        sprintf(text + 2 * i, "%02x", bytes[i]);
    }
}

void print_json(cJSON *tree)
{
    char *text = cJSON_Print(tree);

    if (text == NULL) {
        fail("out of memory");
    }
    puts(text);
    free(text);
    cJSON_Delete(tree);
}
