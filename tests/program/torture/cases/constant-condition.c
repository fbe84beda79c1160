// options: -O0
// -O0 leaves branches on constants. AArch64's instruction selection deleted the
// code behind one and x86-64's did not, so calls in it were on one ISA only.
static volatile int one = 1;
static int word;

__attribute__((noinline)) static int twice(int n)
{
    return 2 * n;
}

int main(void)
{
    int sum = 0;
    for (int i = 0; i < 3; i++) {
        if (((void)one, &word) != (void *)0)
            sum += twice(i);
        else
            sum -= twice(one) + twice(i);
        switch ((void)sum, 2) {
        case 1: sum += twice(100); break;
        case 2: sum += one; break;
        default: sum += twice(1000);
        }
    }
    return sum == 2 * 3 + 3 ? 0 : 1;
}
