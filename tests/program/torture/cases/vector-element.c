/* A vector element chosen by a variable: on x86-64 the vector goes through a
 * stack temporary and the load is folded into the comparison. */
typedef unsigned char bytes __attribute__((vector_size(8)));

static volatile unsigned int zero;

__attribute__((noinline)) static bytes make(unsigned int first)
{
    bytes v;

    for (unsigned int i = 0; i < 8; i++) {
        v[i] = first * (i + 1);
    }
    return v;
}

__attribute__((noinline)) static int at(bytes v, unsigned int i, unsigned char c)
{
    return v[i & 7] == c;
}

int main(void)
{
    for (unsigned int i = zero; i < 8; i++) {
        bytes v = make(i + 3);
        bytes w = make(i + 5);
        bytes sum = v + w;
        if (!at(v, i, (i + 3) * (i + 1)) || !at(w, 7 - i, (i + 5) * (8 - i)) ||
            sum[i] != (unsigned char)(v[i] + w[i])) {
            return 1;
        }
    }
    return 0;
}
