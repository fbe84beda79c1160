/* Prints what __builtin_return_address and backtrace give in a function that is called
 * from two places, before and after moves. return_address.sh knows the lines. */
#include <execinfo.h>
#include <stdio.h>

__attribute__((noinline)) static void say(void)
{
    void *list[2];

    if (backtrace(list, 2) != 2 || list[1] != __builtin_return_address(0)) {
        printf("backtrace: another address\n");
    }
    printf("%p\n", __builtin_return_address(0));
}

__attribute__((noinline)) static void one(void)
{
    say();
    puts("one"); /* or say() were the last call */
}

int main(void)
{
    one();
    say();
    puts("main");
    return 0;
}
