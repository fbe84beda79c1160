/* printable.h. UTF-8 as in RFC 3629; compiled for hosts and members. */
#include "runtime/message/printable.h"

#include <stdint.h>

/* The character at the start of the text, its length in *bytes; -1 and 1 if that
 * is not UTF-8. */
static int32_t decode(const uint8_t *text, size_t left, size_t *bytes)
{
    static const int32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = text[0] < 0x80    ? 1
                    : text[0] >= 0xf8 ? 0
                    : text[0] >= 0xf0 ? 4
                    : text[0] >= 0xe0 ? 3
                    : text[0] >= 0xc0 ? 2
                                      : 0;
    int32_t character = length <= 1 ? text[0] : text[0] & (0x7f >> length);

    *bytes = 1;
    if (length == 0 || length > left) {
        return -1;
    }
    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xc0) != 0x80) {
            return -1;
        }
        character = character << 6 | (text[i] & 0x3f);
    }
    if (character < least[length] || character > 0x10ffff ||
        (character >= 0xd800 && character < 0xe000)) {
        return -1;
    }
    *bytes = length;
    return character;
}

static int is_printable(int32_t character)
{
    return character >= 0x20 && (character < 0x7f || character >= 0xa0) &&
           !(character >= 0x2028 && character <= 0x202e) &&
           !(character >= 0x2066 && character <= 0x2069) &&
           character != 0x200e && character != 0x200f && character != 0x61c &&
           character != 0xfeff;
}

static size_t escape(char *to, const uint8_t *text, size_t bytes)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < bytes; i++) {
        to[4 * i] = '\\';
        to[4 * i + 1] = 'x';
        to[4 * i + 2] = digits[text[i] >> 4];
        to[4 * i + 3] = digits[text[i] & 15];
    }
    return 4 * bytes;
}

size_t text_printable(char *to, size_t size_bytes, const char *text,
                      size_t text_bytes)
{
    const uint8_t *from = (const uint8_t *)text;
    size_t used = 0, fits = 0; /* fits: with "..." behind it */

    while (text_bytes != 0 && *from != '\0') {
        char piece[16];
        size_t bytes, length;
        int shown = is_printable(decode(from, text_bytes, &bytes));

        length = shown ? bytes : escape(piece, from, bytes);
        if (used + length >= size_bytes) {
            to[fits] = to[fits + 1] = to[fits + 2] = '.';
            used = fits + 3;
            break;
        }
        for (size_t i = 0; i < length; i++) {
            to[used + i] = shown ? (char)from[i] : piece[i];
        }
        used += length;
        if (used + 3 < size_bytes) {
            fits = used;
        }
        from += bytes;
        text_bytes -= bytes;
    }
    to[used] = '\0';
    return used;
}
