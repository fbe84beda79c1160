/* strspn, strcspn and strpbrk: the first byte that is, or is not, one of a set.
 *
 * A set of up to four bytes is four comparisons.  Of a larger one, a byte is looked
 * up by its halves: the low one chooses a byte of a table, the high one a bit in
 * it; there are two tables, for bytes up to 127 and from 128 on. */
#include "string/vector.h"
#ifndef VECTOR_BLOCKS_ONLY
#define ELEMENT_BITS 8
#include "libc-musl-patched/native/string/element.h"

enum { FEW = 4 };

struct set {
    vector few[FEW];
    vector low, high, bits;
};

static void set_few(struct set *set, const char *bytes, unsigned count)
{
    for (unsigned i = 0; i < FEW; i++) {
        set->few[i] = splat8((unsigned char)bytes[i < count ? i : 0]);
    }
}

static void set_many(struct set *set, const unsigned char *bytes)
{
    static const unsigned char bits[16] = {1, 2, 4, 8, 16, 32, 64, 128,
                                           1, 2, 4, 8, 16, 32, 64, 128};
    unsigned char table[2][16];
    store16(table[0], half_splat8(0));
    store16(table[1], half_splat8(0));
    for (; *bytes != 0; bytes++) {
        table[*bytes >> 7][*bytes & 15] |= bits[*bytes >> 4];
    }
    set->low = table16(table[0]);
    set->high = table16(table[1]);
    set->bits = table16(bits);
}

/* Which bytes of v are in the set: ones. */
static inline __attribute__((always_inline)) vector
members(vector v, const struct set *set, bool few)
{
    if (few) {
        return either(either(equal8(v, set->few[0]), equal8(v, set->few[1])),
                      either(equal8(v, set->few[2]), equal8(v, set->few[3])));
    }
    vector low = look_up(set->low, both(v, splat8(0x8f)));
    vector high =
        look_up(set->high, both(differ(v, splat8(0x80)), splat8(0x8f)));
    vector bit = look_up(set->bits, high_nibbles(v));
    return equal8(both(either(low, high), bit), bit);
}

static inline __attribute__((always_inline)) mask stops(const char *p,
                                                        const struct set *set,
                                                        bool few, bool in_set)
{
    vector v = load(p);
    vector is_member = members(v, set, few);
    return in_set ? mask_of(either(is_member, equal8(v, splat8(0))))
                  : mask_of(is_member) ^ MASK_ALL;
}

/* The first byte that is in the set, or is not; or the string's end. */
static inline __attribute__((always_inline)) size_t span(const char *s,
                                                         const struct set *set,
                                                         bool few, bool in_set)
{
    const char *p = s - behind(s, VECTOR_BYTES);
    mask m = LIKELY(!crosses_page(s, VECTOR_BYTES))
                 ? stops(s, set, few, in_set)
                 : drop(stops(p, set, few, in_set), (unsigned)(s - p));
    if (m != 0) {
        return first(m);
    }
    do {
        p += VECTOR_BYTES;
        m = stops(p, set, few, in_set);
    } while (m == 0);
    return (size_t)(p - s) + first(m);
}

/* Sets of at most 15 bytes, with the zero behind them in 16. */
#ifdef HALF_FIRST
typedef half_vector small_set;

static inline mask equal_in(small_set set, unsigned char c)
{
    return half_mask_of(half_equal8(half_splat8(c), set));
}
#else
typedef vector small_set;
#define load16 load

static inline mask equal_in(small_set set, unsigned char c)
{
    return mask_of(equal8(splat8(c), set));
}
#endif

/* So many bytes of a string are looked up one by one before a table is made. */
enum { ONE_BY_ONE = 16 };

static inline __attribute__((always_inline)) size_t span_of(const char *s,
                                                            const char *bytes,
                                                            bool in_set)
{
    struct set set;
    size_t done = 0;
    if (LIKELY(!crosses_page(bytes, 16))) {
        small_set small = load16(bytes);
        mask end = equal_in(small, 0);
        if (LIKELY(end != 0)) {
            unsigned count = first(end);
            if (count <= FEW) {
                set_few(&set, bytes, count);
                return span(s, &set, true, in_set);
            }
            for (; done < ONE_BY_ONE; done++) {
                mask found = equal_in(small, (unsigned char)s[done]);
                if ((keep(found, count + in_set) != 0) == in_set) {
                    return done;
                }
            }
        }
    }
    set_many(&set, (const unsigned char *)bytes);
    return done + span(s + done, &set, false, in_set);
}

/* Of an empty set, its end is the only byte: strcspn stops there. */
size_t NAME(strcspn)(const char *s, const char *bytes)
{
    return span_of(s, bytes, true);
}

size_t NAME(strspn)(const char *s, const char *bytes)
{
    return *bytes != 0 ? span_of(s, bytes, false) : 0;
}

char *NAME(strpbrk)(const char *s, const char *bytes)
{
    s += NAME(strcspn)(s, bytes);
    return *s != 0 ? unconst(s) : NULL;
}
#endif
