/* SHA-256 of a growing text: rotations, a table, memcpy of small pieces. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t state[8], constant[64];

static uint32_t rotate(uint32_t x, int bits)
{
    return x >> bits | x << (32 - bits);
}

/* Fraction bits of the square (or cube) roots of the first primes. */
static uint32_t root_bits(unsigned prime, int cube)
{
    unsigned __int128 low = 0, high = (unsigned __int128)1 << 36;

    while (high - low > 1) {
        unsigned __int128 middle = (low + high) / 2, power;
        power = middle * middle * (cube ? middle : 1);
        if (power > ((unsigned __int128)prime << (cube ? 96 : 64))) {
            high = middle;
        } else {
            low = middle;
        }
    }
    return (uint32_t)low;
}

static void start(void)
{
    unsigned found = 0;

    for (unsigned n = 2; found < 64; n++) {
        unsigned d = 2;
        while (n % d != 0) {
            d++;
        }
        if (d == n) {
            if (found < 8) {
                state[found] = root_bits(n, 0);
            }
            constant[found++] = root_bits(n, 1);
        }
    }
}

static void block(const unsigned char *text)
{
    uint32_t w[64], s[8];

    for (int i = 0; i < 16; i++) {
        memcpy(&w[i], text + 4 * i, 4);
        w[i] = __builtin_bswap32(w[i]);
    }
    for (int i = 16; i < 64; i++) {
        uint32_t a = w[i - 15], b = w[i - 2];
        w[i] = w[i - 16] + w[i - 7] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) +
               (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
    }
    memcpy(s, state, sizeof s);
    for (int i = 0; i < 64; i++) {
        uint32_t e = s[4], a = s[0];
        uint32_t x = s[7] + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) +
                     ((e & s[5]) ^ (~e & s[6])) + constant[i] + w[i];
        uint32_t y = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) +
                     ((a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]));
        memmove(s + 1, s, 7 * sizeof *s);
        s[4] += x;
        s[0] = x + y;
    }
    for (int i = 0; i < 8; i++) {
        state[i] += s[i];
    }
}

int main(int argc, char **argv)
{
    long blocks = argc > 1 ? atol(argv[1]) : 800000;
    unsigned char text[64];

    start();
    for (long n = 0; n < blocks; n++) {
        memset(text, 'a' + n % 26, sizeof text);
        memcpy(text, &n, sizeof n);
        block(text);
    }
    for (int i = 0; i < 8; i++) {
        printf("%08x", state[i]);
    }
    printf("\n");
    return 0;
}
