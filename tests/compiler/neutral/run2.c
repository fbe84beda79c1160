/* The other file of run.c: K&R definitions and a variadic function. */
#include <stdarg.h>

int knr_sum(a, b, c)
int a, b, c;
{
    return a + b + c;
}

int knr_narrow(a, b)
char a;
short b;
{
    return a + b;
}

double knr_double(a, b)
int a;
float b;
{
    return a + b;
}

int cross_variadic(int count, ...)
{
    va_list list;
    int sum;

    va_start(list, count);
    sum = va_arg(list, int);
    sum += (int)va_arg(list, double);
    sum += (int)va_arg(list, long);
    va_end(list);
    return count == 3 ? sum : -1;
}
