/* LLVM #131465, ScalarEvolution::howFarToZero: a loop whose step may be zero "must be
 * infinite", though its start is zero already; prints 1 (right: 0). -O2, -O3. */
/* flags: -O2 -O3 */
/* right: 0 */
#include <stdio.h>

int flag;

int main(void)
{
    int e = 82, again = 20;
    for (; e - 82 + again; again = e - 82) {
        if (flag) {
            e++;
        }
    }
    printf("%d\n", (signed char)(e >> 24) != 0 || e != 82);
    return 0;
}
