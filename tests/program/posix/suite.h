/* Included before each test (compile.sh): what the suite's authors took from
 * glibc's headers, and musl's asynchronous I/O, whose version of POSIX is newer
 * than the one they ask for. */
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#undef _POSIX_ASYNCHRONOUS_IO
#define _POSIX_ASYNCHRONOUS_IO 200112L
