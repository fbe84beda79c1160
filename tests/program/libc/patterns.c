/* Regular expressions of random parts, and words, in random texts: a hash of each group of
 * results; with a group's name as argument, every result. as_native.sh compares them
 * with musl's.
 *
 *   patterns [GROUP]     COUNT, from the environment: of patterns, default 3000 */
#define _GNU_SOURCE
#include <locale.h>
#include <regex.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PARTS = 6, TEXTS = 8, MATCHES = 4 };

static uint64_t state = 88172645463325252;

static unsigned below(unsigned n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state >> 20) % n;
}

static void any_pattern(char *to)
{
    static const char *const parts[] = {"a",        "b",       "ab",
                                        ".",        "[abc]",   "[^a]",
                                        "(a|b)",    "(ab)",    "[[:alpha:]]",
                                        "[0-9]+",   "a*",      "b?",
                                        "(a*)",     "^",       "$",
                                        "a{2,3}",   "(b|cd)+", "|",
                                        "x",        "(x|)",    "[^[:digit:]]",
                                        "\\<",      "b\\>",    "(c)(d)?",
                                        "\xc3\xa4", ".*",      "needle",
                                        "\\."};

    *to = 0;
    for (unsigned i = 1 + below(PARTS); i > 0; i--) {
        strcat(to, parts[below(sizeof parts / sizeof *parts)]);
    }
}

static void any_text(char *to)
{
    static const char *const parts[] = {"a",  "b", "ab", "cd",      "12",
                                        "\n", " ", "x",  "needl",   "needle",
                                        "A",  "B", ".",  "\xc3\xa4"};
    unsigned longest = below(4) == 0 ? 60 : 10;

    *to = 0;
    for (unsigned i = below(longest); i > 0; i--) {
        strcat(to, parts[below(13 + (below(10) == 0))]);
    }
}

/* memmem and strstr against loops over bytes, in texts of few letters. */
static int search_texts(int count)
{
    static char text[20000], wanted[400];

    for (int i = 0; i < count; i++) {
        size_t letters = 1 + below(3), bytes = below(i % 8 ? 300 : 19000);
        size_t length = below(below(3) ? 8 : 300), at = 0;
        char *found;

        for (size_t k = 0; k < bytes; k++) {
            text[k] = (char)('a' + below(40) / (40 / letters + 1));
        }
        text[bytes] = 0;
        for (size_t k = 0; k < length; k++) {
            wanted[k] = (char)('a' + below(30) / (30 / letters + 1));
        }
        if (below(2) && length <= bytes) {
            memcpy(wanted, text + below((unsigned)(bytes - length) + 1),
                   length);
        }
        wanted[length] = 0;
        while (at + length <= bytes && memcmp(text + at, wanted, length) != 0) {
            at++;
        }
        found = at + length <= bytes ? text + at : NULL;
        if (memmem(text, bytes, wanted, length) != found ||
            strstr(text, wanted) != found) {
            printf("%s in %s\n", wanted, text);
            return 1;
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int flags, when_used;
    } groups[] = {{"extended", REG_EXTENDED, 0},
                  {"basic", 0, 0},
                  {"icase", REG_EXTENDED | REG_ICASE, 0},
                  {"nosub", REG_EXTENDED | REG_NOSUB, 0},
                  {"lines", REG_EXTENDED | REG_NEWLINE, 0},
                  {"notbol", REG_EXTENDED, REG_NOTBOL},
                  {"noteol", REG_EXTENDED, REG_NOTEOL}};
    const char *given = getenv("COUNT");
    int count = given != NULL ? atoi(given) : 3000;

    if (search_texts(count * 4) != 0) {
        return 1;
    }
    for (int locale = 0; locale < 2; locale++) {
        setlocale(LC_ALL, locale ? "C.UTF-8" : "C");
        for (size_t g = 0; g < sizeof groups / sizeof *groups; g++) {
            uint64_t hash = 14695981039346656037ULL;
            char group[40];
            int is_shown;

            sprintf(group, "%s-%d", groups[g].name, locale);
            is_shown = argc > 1 && strcmp(argv[1], group) == 0;
            for (int i = 0; i < count; i++) {
                char pattern[200], text[1000], out[400];
                regmatch_t match[MATCHES];
                regex_t r;
                int error;

                any_pattern(pattern);
                error = regcomp(&r, pattern, groups[g].flags);
                for (int k = 0; k < TEXTS; k++) {
                    char *at = out;
                    any_text(text);
                    if (error != 0) {
                        continue;
                    }
                    memset(match, 0, sizeof match);
                    at += sprintf(at, "%d",
                                  regexec(&r, text, k % 2 * MATCHES, match,
                                          groups[g].when_used));
                    for (int m = 0; m < MATCHES; m++) {
                        at += sprintf(at, " %d-%d", (int)match[m].rm_so,
                                      (int)match[m].rm_eo);
                    }
                    if (is_shown) {
                        printf("%s | %s | %s\n", pattern, text, out);
                    }
                    for (at = out; *at != 0; at++) {
                        hash = (hash ^ (unsigned char)*at) * 1099511628211;
                    }
                }
                if (error == 0) {
                    regfree(&r);
                }
            }
            if (argc == 1) {
                printf("%s %016llx\n", group, (unsigned long long)hash);
            }
        }
    }
    return 0;
}
