/* LLVM #140481, ConstraintElimination: 64-bit coefficients overflow while an expression is
 * taken apart; exits with 1 (right: 0). -O2, -O3, -Os. */
/* flags: -O2 -O3 */
/* right:  */
#include <stdlib.h>

int one = 1, b, c;

int main(void)
{
    b = -5001001 * one + 5001000; /* -1 */
    while (b >= 5001001) {
        b = one + 5001000;
    }
    c = -5001000 * b - 5001001; /* -1 */
    if (5001000 * c >= b) {
        exit(1);
    }
    return 0;
}
