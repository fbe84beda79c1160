/* Constants near each other are computed as a base and differences (constant
 * hoisting), and each feeds a phi from between a compare and its branch, where
 * an addition would destroy the flags. */
#include <stdio.h>

/* In a loop that calls, so that the base is wanted again after a call site. */
static unsigned long sum_of_digits(int count, char **text)
{
    unsigned long sum = 0;

    for (int n = 0; n < count; n++) {
        unsigned char c = (unsigned char)text[n][0];
        unsigned long k; /* c + k is 2^32 + the digit */

        if (c >= '0' && c <= '9') {
            k = 4294967248ul;
        } else if (c >= 'A' && c <= 'F') {
            k = 4294967241ul;
        } else if (c >= 'a' && c <= 'f') {
            k = 4294967209ul;
        } else {
            puts("no");
            continue;
        }
        printf("%lx\n", c + k);
        sum += c + k;
    }
    return sum;
}

int main(int argc, char **argv)
{
    char *digits[] = {"0", "B", "z", "c", "7"};

    (void)argv;
    return sum_of_digits(4 + argc, digits) != 0x400000000ul + 0xb + 0xc + 7;
}
