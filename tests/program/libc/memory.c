/* Memory and string functions at every small size and alignment; allocation,
 * sorting, searching. */
#define _GNU_SOURCE
#include <ctype.h>
#include <fnmatch.h>
#include <iconv.h>
#include <locale.h>
#include <regex.h>
#include <search.h>
#include <stdint.h>
#include <stdlib.h>
#include <strings.h>
#include <time.h>
#include <wchar.h>
#include <wctype.h>

#include "check.h"

#define LARGEST 300
#define ROOM (LARGEST + 64)

static unsigned char a[ROOM], b[ROOM], wanted[ROOM];

static void fill(unsigned char *p, unsigned seed)
{
    for (int i = 0; i < ROOM; i++) {
        seed = seed * 1103515245u + 12345u;
        p[i] = (unsigned char)(seed >> 16);
    }
}

static void test_memcpy(void)
{
    for (int to = 0; to < 17; to += 3) {
        for (int from = 0; from < 17; from += 5) {
            for (int n = 0; n <= LARGEST - 17; n++) {
                fill(a, 1), fill(b, 2), fill(wanted, 1);
                for (int i = 0; i < n; i++) {
                    wanted[to + i] = b[from + i];
                }
                CHECK(memcpy(a + to, b + from, n) == a + to);
                CHECK(memcmp(a, wanted, ROOM) == 0);
            }
        }
    }
}

static void test_memmove(void)
{
    for (int distance = -40; distance <= 40; distance += 3) {
        for (int n = 0; n < LARGEST - 90; n++) {
            fill(a, 3), fill(wanted, 3), fill(b, 3);
            for (int i = 0; i < n; i++) {
                wanted[50 + distance + i] = b[50 + i];
            }
            memmove(a + 50 + distance, a + 50, n);
            CHECK(memcmp(a, wanted, ROOM) == 0);
        }
    }
}

static void test_memset(void)
{
    for (int to = 0; to < 17; to++) {
        for (int n = 0; n <= LARGEST - 17; n++) {
            fill(a, 4), fill(wanted, 4);
            for (int i = 0; i < n; i++) {
                wanted[to + i] = 0xa5;
            }
            CHECK(memset(a + to, 0x1a5, n) == a + to);
            CHECK(memcmp(a, wanted, ROOM) == 0);
        }
    }
}

static void test_memcmp(void)
{
    for (int n = 0; n < 100; n++) {
        for (int at = 0; at < n; at++) {
            fill(a, 5), fill(b, 5);
            a[at + 3] = 0x80, b[at + 3] = 0x7f;
            CHECK(memcmp(a + 3, b + 3, n) > 0);
            CHECK(memcmp(b + 3, a + 3, n) < 0);
            CHECK(memcmp(a + 3, b + 3, at) == 0);
        }
    }
}

static void test_strings(void)
{
    for (int n = 0; n < 100; n++) {
        memset(a, 'x', ROOM);
        a[7 + n] = 0;
        a[8 + n] = 'y';
        CHECK(strlen((char *)a + 7) == (size_t)n);
        CHECK(strchr((char *)a + 7, 'y') == NULL);
        CHECK(memchr(a + 7, 'y', ROOM - 7) == a + 8 + n);
        strcpy((char *)b, (char *)a + 7);
        CHECK_TEXT((char *)b, (char *)a + 7);
    }
    CHECK(strcmp("abc", "abd") < 0 && strncmp("abcx", "abcy", 3) == 0);
    CHECK_TEXT(strstr("hello world", "o w"), "o world");
    CHECK(strspn("aabbc", "ab") == 4 && strcspn("xyzc", "c") == 3);
    CHECK(strcasecmp("HeLLo", "hEllO") == 0);
    char tokens[] = "a,b;;c", *save = NULL;
    CHECK_TEXT(strtok_r(tokens, ",;", &save), "a");
    CHECK_TEXT(strtok_r(NULL, ",;", &save), "b");
    CHECK_TEXT(strtok_r(NULL, ",;", &save), "c");
    CHECK(strtok_r(NULL, ",;", &save) == NULL);
    CHECK(fnmatch("*.[ch]", "file.c", 0) == 0);
}

static int by_value(const void *l, const void *r)
{
    return *(const int *)l - *(const int *)r;
}

static int by_value_in(const void *l, const void *r, void *calls)
{
    ++*(int *)calls;
    return by_value(l, r);
}

static void keep(void *node)
{
    (void)node;
}

static void test_sorting(void)
{
    int numbers[1000], calls = 0, key = 777;

    for (int i = 0; i < 1000; i++) {
        numbers[i] = i * 7919 % 1000;
    }
    qsort(numbers, 1000, sizeof *numbers, by_value);
    for (int i = 0; i < 1000; i++) {
        CHECK(numbers[i] == i);
    }
    qsort_r(numbers, 1000, sizeof *numbers, by_value_in, &calls);
    CHECK(calls > 0);
    int *found = bsearch(&key, numbers, 1000, sizeof *numbers, by_value);
    CHECK(found == numbers + 777);
    void *root = NULL;
    for (int i = 0; i < 100; i++) {
        tsearch(&numbers[i * 7 % 100], &root, by_value);
    }
    CHECK(tfind(&numbers[50], &root, by_value) != NULL);
    tdestroy(root, keep);
}

static void test_allocation(void)
{
    static unsigned char *blocks[500];
    unsigned seed = 9;

    for (int round = 0; round < 20000; round++) {
        seed = seed * 1103515245u + 12345u;
        int slot = (int)(seed >> 8) % 500;
        size_t size = seed % 4000 + 1;
        if (seed % 97 == 0) {
            size *= 100;
        }
        if (blocks[slot] != NULL) {
            CHECK(blocks[slot][0] == (unsigned char)slot);
        }
        blocks[slot] = realloc(blocks[slot], size);
        CHECK(blocks[slot] != NULL);
        blocks[slot][0] = blocks[slot][size - 1] = (unsigned char)slot;
    }
    for (int i = 0; i < 500; i++) {
        free(blocks[i]);
    }
    void *aligned;
    CHECK(posix_memalign(&aligned, 4096, 100) == 0);
    CHECK((uintptr_t)aligned % 4096 == 0);
    free(aligned);
    int *zeros = calloc(1000, sizeof *zeros);
    CHECK(zeros[0] == 0 && zeros[999] == 0);
    free(zeros);
}

static void test_text(void)
{
    regex_t regex;
    regmatch_t match[2];
    wchar_t wide[16];
    char out[16], *in = "\xc3\xa9", *to = out;
    size_t in_left = 2, out_left = sizeof out;
    iconv_t converter;

    CHECK(regcomp(&regex, "a(b+)c", REG_EXTENDED) == 0);
    CHECK(regexec(&regex, "xxabbbc", 2, match, 0) == 0);
    CHECK(match[1].rm_so == 3 && match[1].rm_eo == 6);
    regfree(&regex);
    CHECK(setlocale(LC_ALL, "C.UTF-8") != NULL);
    CHECK(mbstowcs(wide, "\xc3\xa9x", 16) == 2 && wide[0] == 0xe9);
    CHECK(wcslen(wide) == 2 && towupper(L'a') == L'A' && isalpha('q'));
    converter = iconv_open("ISO-8859-1", "UTF-8");
    CHECK(iconv(converter, &in, &in_left, &to, &out_left) == 0);
    CHECK((unsigned char)out[0] == 0xe9);
    iconv_close(converter);
    struct tm when = {.tm_year = 100, .tm_mon = 1, .tm_mday = 29};
    CHECK(timegm(&when) == 951782400);
    strftime(out, sizeof out, "%Y-%m-%d", &when);
    CHECK_TEXT(out, "2000-02-29");
}

int main(void)
{
    test_memcpy();
    test_memmove();
    test_memset();
    test_memcmp();
    test_strings();
    test_sorting();
    test_allocation();
    test_text();
    return finish("memory");
}
