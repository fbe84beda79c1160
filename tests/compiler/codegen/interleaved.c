/* Loops whose vector code stores two, three and four registers interleaved: on
 * AArch64 these are parts of one register, written one by one. */
#include <stdio.h>
#include <stdlib.h>

typedef unsigned char byte;

__attribute__((noinline)) static void twice(const byte *in, byte *out,
                                            byte *end)
{
    while (out < end) {
        byte value = *in++;
        *out++ = value;
        *out++ = value;
    }
}

__attribute__((noinline)) static void thrice(const byte *in, byte *out,
                                             byte *end)
{
    while (out < end) {
        byte value = *in++;
        out[0] = out[1] = out[2] = value;
        out += 3;
    }
}

__attribute__((noinline)) static void with_alpha(const byte *in, byte *out,
                                                 byte *end)
{
    while (out < end) {
        out[0] = in[2];
        out[1] = in[1];
        out[2] = in[0];
        out[3] = 0xff;
        in += 3;
        out += 4;
    }
}

int main(void)
{
    enum { count = 100000 };
    byte *in = malloc(3 * count), *out = malloc(4 * count);
    unsigned sum = 0;

    for (unsigned i = 0; i < 3 * count; i++) {
        in[i] = (byte)(i * 7 + i / 251);
    }
    twice(in, out, out + 2 * count);
    for (unsigned i = 0; i < 2 * count; i++) {
        sum = sum * 31 + out[i];
    }
    thrice(in, out, out + 3 * count);
    for (unsigned i = 0; i < 3 * count; i++) {
        sum = sum * 31 + out[i];
    }
    with_alpha(in, out, out + 4 * count);
    for (unsigned i = 0; i < 4 * count; i++) {
        sum = sum * 31 + out[i];
    }
    printf("%u\n", sum);
    return 0;
}
