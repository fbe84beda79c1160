/* No LLVM number found; clang's front end passes an _Atomic float to a variadic function as
 * float, not promoted to double; prints garbage (right: 1.5). Every level, -O0 too. */
/* flags: -O0 -O2 */
/* right: 1.5 */
#include <stdio.h>

_Atomic float f = 1.5f;

int main(void)
{
    printf("%g\n", f);
    return 0;
}
