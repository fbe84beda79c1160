/* What plant.sh breaks: values in registers and in slots across call sites, and
 * constants used on both sides of them. */
long table[32];
double scale;

__attribute__((noinline)) long step(long x)
{
    return table[x & 31] += x;
}

__attribute__((noinline)) long many(const long *in, int count)
{
    long a = in[0], b = in[1], c = in[2], d = in[3], e = in[4], f = in[5],
         g = in[6], h = in[7], i = in[8], j = in[9], k = in[10], l = in[11],
         m = in[12], n = in[13], o = in[14], p = in[15], q = in[16];
    long sum = 0;

    for (int x = 0; x < count; x++) {
        scale = scale * 1.2345678 + 0x123456789abcdp0;
        table[3] ^= 0x123456789abcdef;
        sum += step(a ^ x) + step(b ^ 0x123456789abcdef);
        scale = scale * 1.2345678 + 0x123456789abcdp0;
        table[5] ^= 0x123456789abcdef;
    }
    return sum + (a ^ b ^ c ^ d) + (e ^ f ^ g ^ h) + (i ^ j ^ k ^ l) +
           (m ^ n ^ o ^ p ^ q);
}
