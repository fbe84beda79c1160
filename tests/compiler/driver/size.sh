#!/usr/bin/env bash
# A program has no more of the runtime than its system calls need, and small code
# stays small.
#   size.sh BUILD
. "$(dirname "$0")/checks.sh"
text_bytes() { # PROGRAM
    size -A "$1" | awk '$1 ~ /^\.text/ { s += $2 } END { print s }'
}
has() { # PROGRAM FUNCTION
    nm "$1" >names && grep -q " $2\$" names
}

cat >hello.c <<'C'
#include <stdio.h>
int main(void) { puts("hello"); }
C
cat >memory.c <<'C'
#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv) { puts(argv[0] = malloc(argc)); }
C
cat >process.c <<'C'
#include <unistd.h>
int main(void) { return fork() < 0; }
C
cat >any.c <<'C'
#include <unistd.h>
int main(int argc, char **argv) { return syscall(argc) < 0; }
C
for program in hello memory process any; do
    good $program "$cc" -O2 $program.c -o $program
done
bytes=$(text_bytes hello)
[ "$bytes" -le 49152 ] || problem "hello has $bytes bytes of code, more than 48 KiB"
has hello popcorn_poll_handler || problem "nm shows no names"
! has hello popcorn_arena_call || problem "hello has code for mmap"
! has hello popcorn_fork || problem "hello has code for fork"
has memory popcorn_arena_call || problem "a program with malloc has no code for mmap"
! has memory popcorn_fork || problem "a program with malloc has code for fork"
has process popcorn_fork || problem "a program with fork has no code for it"
has any popcorn_fork || problem "a program with syscall() has no code for fork"

# No function is built a second time because minsize pushes constants.
cat >small.c <<'C'
int f(int), g(int *, int);
int small(int n) { int a[9]; return g(a, f(7)) + f(n * 75) + g(a, 100); }
C
good "-Oz" "$cc" -Oz -c small.c
! grep -q 'built again' err || problem "-Oz: functions are built again"

[ "$failed" = 0 ] && echo "driver: ok"
exit "$failed"
