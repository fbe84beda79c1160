// Large constants on both sides of calls, so that they are rematerialised.
#include <stdio.h>

__attribute__((noinline)) static unsigned long mix(unsigned long n)
{
    return (n ^ 0x9e3779b97f4a7c15) * 0xbf58476d1ce4e5b9;
}

int main(void)
{
    unsigned long sum = 1;
    for (int i = 0; i < 10; i++) {
        sum = sum * 0x94d049bb133111eb + mix(sum ^ 0x123456789abcdef1);
        sum ^= mix(sum + 0x94d049bb133111eb) * 0x123456789abcdef1;
        printf("%lx\n", sum);
    }
    return 0;
}
