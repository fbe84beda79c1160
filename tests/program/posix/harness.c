/* Many tests of the suite in one program, so that one link serves all of them;
 * each still runs in a process of its own.
 *
 * The program is called by a link .../pthread_create/1-1 and runs the test of
 * that name. A test is a module whose names were made internal when the program
 * was linked; its constructor (compile.sh) hands its main to posix_register().
 */
#include <stdio.h>
#include <string.h>

#define MAX_TESTS 400

typedef int test_main(int argc, char **argv, char **environment);

extern char **environ;

static struct {
    const char *name;
    test_main *main;
} tests[MAX_TESTS];
/* Volatile: the optimiser may run constructors early, then in another order. */
static volatile int test_count;

void posix_register(const char *name, test_main *main)
{
    if (test_count < MAX_TESTS) {
        tests[test_count].name = name;
        tests[test_count].main = main;
    }
    test_count = test_count + 1;
}

static int is_called(const char *program, const char *name)
{
    size_t program_length = strlen(program), length = strlen(name);

    return program_length > length &&
           program[program_length - length - 1] == '/' &&
           strcmp(program + program_length - length, name) == 0;
}

int main(int argc, char **argv)
{
    for (int i = 0; i < test_count && i < MAX_TESTS; i++) {
        if (is_called(argv[0], tests[i].name)) {
            return tests[i].main(argc, argv, environ);
        }
    }
    fprintf(stderr, "%s: not one of the %d tests in this program\n", argv[0],
            test_count);
    return 99;
}
