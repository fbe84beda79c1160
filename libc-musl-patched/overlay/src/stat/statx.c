/* The call, which every kernel that nodes run on has; the structure is the same on each. */
#define _GNU_SOURCE
#include <sys/stat.h>
#include "syscall.h"

_Static_assert(sizeof(struct statx) == 256, "the kernel's structure");

int statx(int dirfd, const char *restrict path, int flags, unsigned mask,
	struct statx *restrict stx)
{
	return syscall(SYS_statx, dirfd, path, flags, mask, stx);
}
