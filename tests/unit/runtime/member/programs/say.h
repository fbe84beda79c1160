/* Output and checks for the test programs. Without stdio: a wrong answer should
 * point at the runtime, not at a library. */
#ifndef SAY_H
#define SAY_H

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void say(const char *text)
{
    write(1, text, strlen(text));
}

static void say_number(const char *name, long number)
{
    char digits[24];
    int at = sizeof digits;
    unsigned long rest =
        number < 0 ? -(unsigned long)number : (unsigned long)number;

    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (number < 0) {
        digits[--at] = '-';
    }
    say(name);
    say(" ");
    write(1, digits + at, sizeof digits - (unsigned long)at);
    say("\n");
}

static void check_at(int condition, const char *text, int line)
{
    if (!condition) {
        say("FAILED: ");
        say(text);
        say_number(" at line", line);
        _exit(1);
    }
}

#define CHECK(condition) check_at((condition) != 0, #condition, __LINE__)

#endif
