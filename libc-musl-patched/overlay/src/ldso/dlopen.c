/* There is no dynamic linker: its machine code would be one ISA's. */
#include <dlfcn.h>

#include "dynlink.h"

void *dlopen(const char *file, int mode)
{
    (void)mode;
    if (file == NULL) {
        __dl_seterr("programs are linked statically and have no table of "
                    "their symbols");
    } else {
        __dl_seterr("%s: programs are linked statically; link what is in it "
                    "into the program",
                    file);
    }
    return NULL;
}
