/* The string functions that are native code, at every level that the processor has
 * and by libc's own names: against the same done byte by byte.
 *
 *   strings [SEED [MOST]]     MOST: sizes up to it, each; then some up to 1 MiB
 *
 * Both operands lie in memory with a page before and one behind that may not be
 * touched, at its start or its end; what is written is checked beyond its ends. */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/mman.h>
#include <wchar.h>

#include "check.h"
#include "strings_native.h"

enum { PAGE = 65536, ROOM = (1 << 20) + 2 * PAGE, AROUND = 80 };

#define FUNCTION(name, call)                                                   \
    static long own_##name(long a, long b, long c, long d)                     \
    {                                                                          \
        (void)a, (void)b, (void)c, (void)d;                                    \
        return call;                                                           \
    }
#include "strings.def"

static long (*const own[])(long a, long b, long c, long d) = {
#define FUNCTION(name, call) own_##name,
#include "strings.def"
};
static const char *const names[] = {
#define FUNCTION(name, call) #name,
#include "strings.def"
};

typedef unsigned char byte;
static byte *room[2], *expected, *before;
static int level; /* -1: libc's name */

static uint64_t state;
static unsigned any(unsigned below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)((state >> 33) % below);
}

static long run(int function, const void *a, long b, long c, long d)
{
    return level < 0 ? own[function]((long)a, b, c, d)
                     : string_call(function, level, (long)a, b, c, d);
}

static void *guarded(void)
{
    byte *p = mmap(NULL, ROOM + 2 * PAGE, PROT_NONE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED ||
        mprotect(p + PAGE, ROOM, PROT_READ | PROT_WRITE) != 0) {
        printf("no memory\n");
        exit(1);
    }
    return p + PAGE;
}

/* So many bytes of room i, close to its start or its end. */
static byte *place(int i, size_t bytes, size_t slack)
{
    return any(2) ? room[i] + slack : room[i] + ROOM - bytes - slack;
}

static void complain(int function, size_t n, const byte *a, const byte *b)
{
    check_failures++;
    if (check_failures < 20) {
        printf("%s, level %d: wrong with %zu bytes at %lx, %lx\n",
               names[function], level, n, (unsigned long)a & 4095,
               (unsigned long)b & 4095);
    }
}

/* --- what the functions write --- */

/* The bytes around a place of n, as they are now. */
static size_t around(const byte *p, size_t n, const byte **from)
{
    const byte *start = room[0], *end = room[0] + ROOM;
    *from = (size_t)(p - start) < AROUND ? start : p - AROUND;
    return (size_t)((size_t)(end - p - n) < AROUND ? end - *from
                                                   : p + n + AROUND - *from);
}

static void remember(const byte *p, size_t n)
{
    const byte *from;
    size_t bytes = around(p, n, &from);
    for (size_t i = 0; i < bytes; i++) {
        before[i] = expected[i] = from[i];
    }
}

/* Where p's bytes are in `expected`. */
static byte *expected_at(const byte *p, size_t n)
{
    const byte *from;
    around(p, n, &from);
    return expected + (p - from);
}

static int as_expected(const byte *p, size_t n)
{
    const byte *from;
    size_t bytes = around(p, n, &from);
    for (size_t i = 0; i < bytes; i++) {
        if (from[i] != expected[i]) {
            return 0;
        }
    }
    return 1;
}

static void fill(byte *p, size_t n, int zeros)
{
    static const byte letters[] = {'a', 'b', 'A',  'B',  '@',  '[',  '`', '{',
                                   'z', 'Z', 0x80, 0xff, 0xc1, 0xe1, 1,   0};
    for (size_t i = 0; i < n; i++) {
        p[i] = letters[any(16 - !zeros)];
    }
}

static void check_blocks(size_t n, size_t slack)
{
    byte *to = place(0, n, slack), *from = place(1, n, any(64));
    fill(to, n, 1);
    fill(from, n, 1);
    for (int f = STRING_memmove; f <= STRING_mempcpy; f++) {
        remember(to, n);
        for (size_t i = 0; i < n; i++) {
            expected_at(to, n)[i] = from[i];
        }
        byte *end = f == STRING_mempcpy ? to + n : to;
        if (run(f, to, (long)from, (long)n, 0) != (long)end ||
            !as_expected(to, n)) {
            complain(f, n, to, from);
        }
        fill(to, n, 1);
    }
    remember(to, n);
    for (size_t i = 0; i < n; i++) {
        expected_at(to, n)[i] = 0xa5;
    }
    if (run(STRING_memset, to, 0x12a5, (long)n, 0) != (long)to ||
        !as_expected(to, n)) {
        complain(STRING_memset, n, to, to);
    }
    /* Overlapping, in either direction. */
    size_t apart = any(2) ? any(130) : any((unsigned)n + 1);
    size_t both = n + apart;
    if (both + 64 < ROOM) {
        byte *low = place(0, both, slack);
        byte *target = any(2) ? low : low + apart;
        byte *source = target == low ? low + apart : low;
        fill(low, both, 1);
        remember(low, both);
        byte *wanted = expected_at(low, both);
        const byte *was = before + (wanted - expected);
        for (size_t i = 0; i < n; i++) {
            wanted[target - low + i] = was[source - low + i];
        }
        if (run(STRING_memmove, target, (long)source, (long)n, 0) !=
                (long)target ||
            !as_expected(low, both)) {
            complain(STRING_memmove, n, target, source);
        }
    }
}

static void check_wide_blocks(size_t n, size_t slack)
{
    size_t bytes = 4 * n;
    byte *to = place(0, bytes, slack / 4 * 4);
    byte *from = place(1, bytes, any(16) * 4);
    fill(from, bytes, 1);
    remember(to, bytes);
    for (size_t i = 0; i < bytes; i++) {
        expected_at(to, bytes)[i] = from[i];
    }
    if (run(STRING_wmemmove, to, (long)from, (long)n, 0) != (long)to ||
        !as_expected(to, bytes)) {
        complain(STRING_wmemmove, n, to, from);
    }
    for (size_t i = 0; i < n; i++) {
        for (int k = 0; k < 4; k++) {
            expected_at(to, bytes)[4 * i + (size_t)k] = (byte)(0x81 + k);
        }
    }
    if (run(STRING_wmemset, to, 0x84838281, (long)n, 0) != (long)to ||
        !as_expected(to, bytes)) {
        complain(STRING_wmemset, n, to, to);
    }
}

static size_t end_of(const byte *s, size_t n)
{
    size_t i = 0;
    while (i < n && s[i] != 0) {
        i++;
    }
    return i;
}

/* A string of n bytes from another, in front of which is one of `head` bytes for
 * those that append. */
static void check_copies(size_t n, size_t slack)
{
    byte *from = place(1, n + 1, slack);
    fill(from, n, 0);
    from[n] = 0;
    for (int f = STRING_strcpy; f <= STRING_strlcat; f++) {
        int appends =
            f == STRING_strcat || f == STRING_strncat || f == STRING_strlcat;
        int pads = f == STRING_strncpy || f == STRING_stpncpy;
        int has_limit = pads || f == STRING_strncat || f == STRING_strlcpy ||
                        f == STRING_strlcat;
        size_t head = appends ? any(70) : 0;
        size_t limit = !has_limit ? n + 1
                       : any(3)   ? any((unsigned)n + 70)
                                  : n + any(2);
        size_t length = n;
        size_t room_bytes;
        long result;
        if (f == STRING_strlcpy || f == STRING_strlcat) {
            size_t left = limit > head ? limit - head : 0;
            length = left == 0 ? 0 : n < left ? n : left - 1;
            room_bytes = limit > head ? limit : head + 1;
        } else if (has_limit) {
            length = n < limit ? n : limit;
            room_bytes = pads ? limit : head + length + 1;
        } else {
            room_bytes = head + n + 1;
        }
        byte *to = place(0, room_bytes, any(64));
        fill(to, room_bytes, 1);
        fill(to, head, 0);
        if (appends) {
            to[head] = 0;
        }
        remember(to, room_bytes);
        byte *wanted = expected_at(to, room_bytes);
        int ends =
            f != STRING_strlcpy && f != STRING_strlcat ? !pads : limit > head;
        for (size_t i = 0; i < length; i++) {
            wanted[head + i] = from[i];
        }
        for (size_t i = length; pads && i < limit; i++) {
            wanted[i] = 0;
        }
        if (ends) {
            wanted[head + length] = 0;
        }
        result = f == STRING_stpcpy || f == STRING_stpncpy ? (long)(to + length)
                 : f == STRING_strlcpy                     ? (long)n
                 : f == STRING_strlcat
                     ? (long)((head < limit ? head : limit) + n)
                     : (long)to;
        if (run(f, to, (long)from, (long)limit, 0) != result ||
            !as_expected(to, room_bytes)) {
            complain(f, n, to, from);
        }
    }
    int wanted_byte = any(2) ? 'a' : 7;
    size_t count = n, copied = n;
    for (size_t i = 0; i < n && copied == n; i++) {
        copied = from[i] == wanted_byte && wanted_byte == 'a' ? i + 1 : n;
    }
    int found = copied > 0 && from[copied - 1] == wanted_byte;
    byte *to = place(0, n, any(64));
    remember(to, n);
    for (size_t i = 0; i < copied; i++) {
        expected_at(to, n)[i] = from[i];
    }
    if (run(STRING_memccpy, to, (long)from, wanted_byte, (long)count) !=
            (found ? (long)(to + copied) : 0) ||
        !as_expected(to, n)) {
        complain(STRING_memccpy, n, to, from);
    }
}

/* The same for wide characters: `n` of them. */
static void check_wide_copies(size_t n, size_t slack)
{
    byte *from = place(1, 4 * n + 4, slack / 4 * 4);
    for (size_t i = 0; i < n; i++) {
        ((uint32_t *)from)[i] = 1 + any(3) * 0x100;
    }
    ((uint32_t *)from)[n] = 0;
    for (int f = STRING_wcscpy; f <= STRING_wcscat; f++) {
        size_t head = f == STRING_wcscat ? any(20) : 0;
        size_t bytes = 4 * (head + n + 1);
        byte *to = place(0, bytes, any(16) * 4);
        for (size_t i = 0; i < head; i++) {
            ((uint32_t *)to)[i] = 0x1000000;
        }
        ((uint32_t *)to)[head] = 0;
        remember(to, bytes);
        for (size_t i = 0; i < 4 * n + 4; i++) {
            expected_at(to, bytes)[4 * head + i] = from[i];
        }
        long result = f == STRING_wcpcpy ? (long)(to + 4 * n) : (long)to;
        if (run(f, to, (long)from, 0, 0) != result || !as_expected(to, bytes)) {
            complain(f, n, to, from);
        }
    }
}

/* --- what they find --- */

static long forwards(const byte *s, size_t n, int c)
{
    for (size_t i = 0; i < n; i++) {
        if (s[i] == (byte)c) {
            return (long)(s + i);
        }
    }
    return 0;
}

static long backwards(const byte *s, size_t n, int c)
{
    while (n-- > 0) {
        if (s[n] == (byte)c) {
            return (long)(s + n);
        }
    }
    return 0;
}

static void expect(int f, size_t n, const byte *s, long got, long wanted)
{
    if (got != wanted) {
        complain(f, n, s, s);
    }
}

static void check_searches(size_t n, size_t slack)
{
    byte *s = place(0, n + 1, slack);
    for (size_t i = 0; i < n; i++) {
        s[i] = 'x' + 0x80 * (i % 3 == 0);
    }
    s[n] = 0;
    for (unsigned i = any(3); i > 0 && n > 0; i--) {
        s[any((unsigned)n)] = 'c';
    }
    int c = any(8) ? 'c' : any(2) ? 0 : 'x' + 0x80;
    int wide = c + 0x500;
    int zero = c == 0;
    expect(STRING_strlen, n, s, run(STRING_strlen, s, 0, 0, 0), (long)n);
    size_t limit = any(2) ? any((unsigned)n + 2) : SIZE_MAX - any(9);
    expect(STRING_strnlen, n, s, run(STRING_strnlen, s, (long)limit, 0, 0),
           (long)(n < limit ? n : limit));
    long there = forwards(s, n, c);
    long end = (long)(s + n);
    expect(STRING_strchr, n, s, run(STRING_strchr, s, wide, 0, 0),
           there  ? there
           : zero ? end
                  : 0);
    expect(STRING_strchrnul, n, s, run(STRING_strchrnul, s, wide, 0, 0),
           there ? there : end);
    expect(STRING_strrchr, n, s, run(STRING_strrchr, s, wide, 0, 0),
           zero ? end : backwards(s, n, c));
    /* What is to be found lies in front of what may not be read. */
    if (there) {
        limit = SIZE_MAX - any(70);
        expect(STRING_memchr, n, s, run(STRING_memchr, s, wide, (long)limit, 0),
               there);
    }
    size_t part = any(3) ? n : any((unsigned)n + 1);
    byte *t = place(1, part, any(64));
    for (size_t i = 0; i < part; i++) {
        t[i] = s[i];
    }
    if (part < n && t + part < room[1] + ROOM) {
        t[part] = (byte)c;
    }
    expect(STRING_memchr, part, t, run(STRING_memchr, t, wide, (long)part, 0),
           forwards(t, part, c));
    if (t > room[1]) {
        t[-1] = (byte)c;
    }
    expect(STRING_memrchr, part, t, run(STRING_memrchr, t, wide, (long)part, 0),
           backwards(t, part, c));
}

static void check_spans(size_t n, size_t slack)
{
    static const char *const sets[] = {"",
                                       "b",
                                       "cb",
                                       "Z@\xc1",
                                       "a{[\xff",
                                       "bc\x80yZ",
                                       "cdefghijklmnopqrstuvwxyz\xe1\xc1\x01"};
    const byte *set = (const byte *)sets[any(7)];
    byte *s = place(0, n + 1, slack);
    size_t size = end_of(set, 99);
    size_t in = 0, out = 0;
    if (any(2)) {
        fill(s, n, 0);
    } else {
        byte most = size > 0 && any(2) ? set[any((unsigned)size)] : 0x7f;
        for (size_t i = 0; i < n; i++) {
            s[i] = any((unsigned)n) ? most : "aZ\x80"[any(3)];
        }
    }
    s[n] = 0;
    while (in < n && forwards(set, size, s[in])) {
        in++;
    }
    while (out < n && !forwards(set, size, s[out])) {
        out++;
    }
    expect(STRING_strspn, n, s, run(STRING_strspn, s, (long)set, 0, 0),
           (long)in);
    expect(STRING_strcspn, n, s, run(STRING_strcspn, s, (long)set, 0, 0),
           (long)out);
    expect(STRING_strpbrk, n, s, run(STRING_strpbrk, s, (long)set, 0, 0),
           out < n ? (long)(s + out) : 0);
}

static void check_wide_searches(size_t n, size_t slack)
{
    byte *s = place(0, 4 * n + 4, slack / 4 * 4);
    uint32_t *w = (uint32_t *)s;
    for (size_t i = 0; i < n; i++) {
        w[i] = 0x01000100u << any(8);
    }
    w[n] = 0;
    uint32_t c = any(9) ? 0x80000001u : 0;
    for (unsigned i = any(3); i > 0 && n > 0 && c != 0; i--) {
        w[any((unsigned)n)] = c;
    }
    long first = 0, last = 0;
    for (size_t i = 0; i < n + (c == 0); i++) {
        if (w[i] == c) {
            first = first ? first : (long)(w + i);
            last = (long)(w + i);
        }
    }
    expect(STRING_wcslen, n, s, run(STRING_wcslen, s, 0, 0, 0), (long)n);
    size_t limit = any(2) ? any((unsigned)n + 2) : SIZE_MAX - any(9);
    expect(STRING_wcsnlen, n, s, run(STRING_wcsnlen, s, (long)limit, 0, 0),
           (long)(n < limit ? n : limit));
    expect(STRING_wcschr, n, s, run(STRING_wcschr, s, (int)c, 0, 0), first);
    expect(STRING_wcsrchr, n, s, run(STRING_wcsrchr, s, (int)c, 0, 0), last);
    size_t part = any(2) ? n : any((unsigned)n + 1);
    expect(STRING_wmemchr, part, s,
           run(STRING_wmemchr, s, (int)c, (long)part, 0),
           first != 0 && first < (long)(w + part) ? first : 0);
}

/* --- how they compare --- */

static byte small(byte c)
{
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

/* The sign of the first difference in n bytes; strings: up to their ends. */
static int order(const byte *a, const byte *b, size_t n, int strings,
                 int any_case)
{
    for (size_t i = 0; i < n; i++) {
        byte x = any_case ? small(a[i]) : a[i];
        byte y = any_case ? small(b[i]) : b[i];
        if (x != y) {
            return x < y ? -1 : 1;
        }
        if (strings && x == 0) {
            return 0;
        }
    }
    return 0;
}

static int sign(long result)
{
    int value = (int)result;
    return (value > 0) - (value < 0);
}

static void expect_order(int f, size_t n, const byte *a, const byte *b,
                         size_t limit, int wanted)
{
    if (sign(run(f, a, (long)b, (long)limit, 0)) != wanted ||
        sign(run(f, b, (long)a, (long)limit, 0)) != -wanted) {
        complain(f, n, a, b);
    }
}

static void check_comparisons(size_t n, size_t slack)
{
    byte *a = place(0, n + 1, slack), *b = place(1, n + 1, any(70));
    fill(a, n, 0);
    for (size_t i = 0; i < n; i++) {
        b[i] = any(9) || !(a[i] & 64) ? a[i] : a[i] ^ 32;
    }
    a[n] = b[n] = 0;
    expect_order(STRING_strcasecmp, n, a, b, 0, order(a, b, n + 1, 1, 1));
    for (size_t i = 0; i < n; i++) {
        b[i] = a[i];
    }
    if (n > 0 && any(4)) {
        b[any((unsigned)n)] ^= any(2) ? 0x80 : 1 + any(255);
    }
    if (n > 0 && !any(4)) {
        a[any((unsigned)n)] = 0;
    }
    size_t limit = any(2) ? any((unsigned)n + 2) : SIZE_MAX - any(9);
    size_t within = limit < n + 1 ? limit : n + 1;
    expect_order(STRING_memcmp, n, a, b, n, order(a, b, n, 0, 0));
    expect_order(STRING_strcmp, n, a, b, 0, order(a, b, n + 1, 1, 0));
    expect_order(STRING_strcasecmp, n, a, b, 0, order(a, b, n + 1, 1, 1));
    expect_order(STRING_strncmp, n, a, b, limit, order(a, b, within, 1, 0));
    expect_order(STRING_strncasecmp, n, a, b, limit, order(a, b, within, 1, 1));
    /* Without an end, but alike as far as they are compared. */
    byte *c = place(0, n, slack), *d = place(1, n, any(64));
    for (size_t i = 0; i < n; i++) {
        c[i] = d[i] = 'q';
    }
    expect_order(STRING_strncmp, n, c, d, n, 0);
    expect_order(STRING_strncasecmp, n, c, d, n, 0);
    expect_order(STRING_memcmp, n, c, d, n, 0);
}

static void check_wide_comparisons(size_t n, size_t slack)
{
    byte *a = place(0, 4 * n + 4, slack / 4 * 4);
    byte *b = place(1, 4 * n + 4, any(16) * 4);
    uint32_t *v = (uint32_t *)a, *w = (uint32_t *)b;
    for (size_t i = 0; i < n; i++) {
        v[i] = w[i] = 0x100u << any(20);
    }
    v[n] = w[n] = 0;
    if (n > 0 && any(3)) {
        w[any((unsigned)n)] = any(3) * 0x7fff0000u + any(3);
    }
    size_t limit = any(2) ? any((unsigned)n + 2) : SIZE_MAX - any(9);
    int memory = 0, text = 0, bounded = 0, ended = 0;
    for (size_t i = 0; i <= n; i++) {
        int here = (v[i] > w[i]) - (v[i] < w[i]);
        memory = memory == 0 && i < n ? here : memory;
        text = text == 0 && !ended ? here : text;
        bounded = bounded == 0 && !ended && i < limit ? here : bounded;
        ended |= v[i] == 0 || w[i] == 0;
    }
    expect_order(STRING_wmemcmp, n, a, b, n, memory);
    expect_order(STRING_wcscmp, n, a, b, 0, text);
    expect_order(STRING_wcsncmp, n, a, b, limit, bounded);
}

static void check_size(size_t n, size_t slack)
{
    check_blocks(n, slack);
    check_copies(n, slack);
    check_searches(n, slack);
    check_spans(n, slack);
    check_comparisons(n, slack);
    check_wide_blocks(n / 4, slack);
    check_wide_copies(n / 4, slack);
    check_wide_searches(n / 4, slack);
    check_wide_comparisons(n / 4, slack);
}

static size_t (*volatile lengths[])(const char *) = {strlen};
static int (*volatile orders[])(const char *, const char *) = {strcmp,
                                                               strcasecmp};

/* The address of a function is one and the same, wherever a thread is. */
static void check_addresses(void)
{
    CHECK(lengths[0] == strlen && lengths[0]("four") == 4);
    CHECK(orders[0] == strcmp && orders[0]("a", "B") > 0);
    CHECK(orders[1] == strcasecmp && orders[1]("a", "B") < 0);
    CHECK((void *)memcpy != NULL && strchr != strrchr);
}

int main(int argc, char **argv)
{
    size_t most = argc > 2 ? (size_t)atoi(argv[2]) : 600;
    state = argc > 1 ? (uint64_t)atoi(argv[1]) : 1;
    room[0] = guarded();
    room[1] = guarded();
    expected = malloc(ROOM);
    before = malloc(ROOM);
    for (level = -1; level < string_levels(); level++) {
        for (size_t n = 0; n <= most; n++) {
            for (int i = 0; i < 16; i++) {
                check_size(n, any(80));
            }
            check_addresses();
        }
        for (size_t power = 1024; power <= 1 << 20 && most >= 300; power *= 2) {
            for (int i = 0; i < 6; i++) {
                check_size(power - 3 + any(6), any(80));
            }
        }
    }
    return finish("strings");
}
