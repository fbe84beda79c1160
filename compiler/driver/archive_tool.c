/* popcorn-ar, popcorn-nm, popcorn-ranlib: LLVM's tools under our names.
 *
 * They read bitcode, so that archives of neutral objects get a symbol table.
 * Wrappers and not links, because LLVM's tools look at the name they are
 * called by.  TOOL_PATH is the tool, from CMakeLists.txt.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    static char path[] = TOOL_PATH;

    (void)argc;
    argv[0] = path;
    execv(path, argv);
    fprintf(stderr,
            "popcorn: error: cannot run %s: %s; install it with "
            "scripts/setup.sh\n",
            path, strerror(errno));
    return 127;
}
