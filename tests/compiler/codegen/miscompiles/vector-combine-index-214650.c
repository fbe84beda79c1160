/* LLVM #214650/#212468, VectorCombine: a constant _Bool lane index 1 becomes the signed GEP
 * index -1: the store goes in front of the object; prints 0 (right: 4). -Os. */
/* flags: -Os */
/* right: 4 */
#include <stdint.h>
#include <stdio.h>

typedef uint32_t v2 __attribute__((vector_size(8)));
typedef int v8 __attribute__((vector_size(32)));

v2 zeroes;
uint16_t low, bits;
uint64_t copy;
v8 lanes;

#define AS_NUMBER(v) ((union { v2 from; uint64_t to; }){v}.to)

void work(void)
{
    _Bool negative, lane = 1;
    low = bits & 5;
    uint16_t key = 54625 + low;
start:
    zeroes = (v2){0};
    negative = 0 > (int16_t)key;
again:
    copy = AS_NUMBER(zeroes);
    if (negative) {
        key = __builtin_bswap16(key);
        switch (key) {
        case 3:
            goto start;
        case 20922:
            lane = copy;
            if (lane) {
                goto again;
            }
            goto done;
        }
    }
    if (lane) {
        goto done;
    }
    goto start;
done:
    lanes[lane] = 4;
}

int main(void)
{
    work();
    printf("%d\n", lanes[1]);
    return 0;
}
