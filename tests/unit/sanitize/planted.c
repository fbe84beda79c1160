/* A fault for each sanitizer: what a build with them finds must be heard.
 *   planted overflow|undefined|leak
 * As a library, an overflow when it is loaded. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static char *volatile memory;

static int overflow(void)
{
    memory = malloc(8);
    return memory[8];
}

#ifdef PLANTED_LIBRARY
__attribute__((constructor)) static void loaded(void)
{
    exit(overflow());
}
#else
int main(int argc, char **argv)
{
    const char *fault = argc > 1 ? argv[1] : "";
    volatile int most = INT_MAX;

    if (strcmp(fault, "overflow") == 0) {
        return overflow();
    }
    if (strcmp(fault, "undefined") == 0) {
        return most + argc;
    }
    if (strcmp(fault, "leak") == 0) {
        memory = malloc(8);
        memory = NULL;
        return 0;
    }
    return 2;
}
#endif
