/* Text of a peer before it is shown: what stays, what becomes \xNN, what is cut. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/message/printable.h"

static int failures;

static void expect(const char *text, const char *shown)
{
    char to[256], twice[256];

    if (text_printable(to, sizeof to, text, strlen(text)) != strlen(shown) ||
        strcmp(to, shown) != 0) {
        printf("failed: '%s', not '%s'\n", to, shown);
        failures++;
    }
    text_printable(twice, sizeof twice, to, strlen(to));
    if (strcmp(to, twice) != 0) {
        printf("failed: '%s' becomes '%s'\n", to, twice);
        failures++;
    }
}

/* Whether all of it can be shown as it is. */
static int is_harmless(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f) {
            return 0;
        }
    }
    return 1;
}

/* Any bytes, any room: never more than that, NUL-terminated, harmless, and the
 * beginning of what would be shown with all the room there is. */
static void random_texts(void)
{
    srand(1);
    for (int i = 0; i < 20000; i++) {
        char text[64], all[300], some[300];
        size_t text_bytes = (size_t)rand() % sizeof text;
        size_t room = 8 + (size_t)rand() % 250, length;

        for (size_t at = 0; at < text_bytes; at++) {
            text[at] = (char)(rand() % 3 == 0 ? rand() : 'a' + rand() % 26);
        }
        memset(some, 'x', sizeof some);
        text_printable(all, sizeof all, text, text_bytes);
        length = text_printable(some, room, text, text_bytes);
        if (length >= room || strlen(some) != length || !is_harmless(some) ||
            (strcmp(some, all) != 0 && (strcmp(some + length - 3, "...") != 0 ||
                                        strncmp(some, all, length - 3) != 0))) {
            printf("failed: room %zu: '%s' of '%s'\n", room, some, all);
            failures++;
        }
    }
}

int main(void)
{
    char to[16];

    expect("", "");
    expect("as it is: a\\b 'c' \"d\"", "as it is: a\\b 'c' \"d\"");
    expect("Zürich, 東京, 🦀", "Zürich, 東京, 🦀");
    expect("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m");
    expect("a\npopcorn: b\r\t\x7f", "a\\x0apopcorn: b\\x0d\\x09\\x7f");
    expect("\xc2\x9b"
           "2J",
           "\\xc2\\x9b2J"); /* CSI in UTF-8 */
    expect("\x9b"
           "2J",
           "\\x9b2J"); /* and in ISO 8859 */
    expect("\xe2\x80\xae"
           "cod",
           "\\xe2\\x80\\xaecod");              /* right to left */
    expect("\xe2\x80\xa8", "\\xe2\\x80\\xa8"); /* line separator */
    expect("\xc0\x8a\xe0\x80\x8a", "\\xc0\\x8a\\xe0\\x80\\x8a"); /* overlong */
    expect("\xed\xa0\x80", "\\xed\\xa0\\x80");          /* a surrogate */
    expect("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"); /* over U+10FFFF */
    expect("\xe2\x82", "\\xe2\\x82");                   /* cut short */
    text_printable(to, sizeof to, "0123456789abcde", 15);
    failures += strcmp(to, "0123456789abcde") != 0;
    text_printable(to, sizeof to, "0123456789abcdef", 16);
    failures += strcmp(to, "0123456789ab...") != 0;
    text_printable(to, sizeof to, "0123456789a\x1bz", 13);
    failures += strcmp(to, "0123456789a...") != 0;
    random_texts();
    return failures != 0;
}
