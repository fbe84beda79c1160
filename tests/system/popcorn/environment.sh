#!/usr/bin/env bash
# POPCORN_RUN: programs that are started by themselves run as under `popcorn run`.
#   environment.sh BUILD
set -uo pipefail
build=$1
popcorn=$build/bin/popcorn
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0

cat >it.c <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
extern char **environ;
/* it [child]: says who it is; with an argument it starts itself. */
int main(int argc, char **argv)
{
    int entries = 0;
    while (environ[entries] != NULL) entries++;
    printf("%s %d %d %d\n", argv[0], argc, (int)getpid(), entries);
    fflush(stdout);
    if (argc > 1 && strcmp(argv[1], "child") == 0) {
        execl("./it", "another name", "exit", "9 words", "", NULL);
    }
    return argc > 1 ? 7 : 3;
}
C
"$build/bin/popcorn-clang" -O1 it.c -o it || exit 1

problem() {
    echo "FAILED: $1"
    sed 's/^/    /' out err
    failed=1
}
moved() { # how many programs said that they have
    grep -cE '^ *moves +[1-9]' err
}
as() { # STATUS COMMAND...
    local status
    "${@:2}" >out 2>err
    status=$?
    [ $status = "$1" ] || problem "${*:2}: status $status"
}

# The name, the process and the environment are the same.
echo 'echo $$; exec ./it' >start.sh
as 3 sh start.sh
awk 'NR == 1 { pid = $1 } NR == 2 && $3 == pid && $1 == "./it" { good = 1 } END { exit !good }' out ||
    problem "by itself"
entries=$(awk 'NR == 2 { print $4 }' out)
options="--nodes x86_64,aarch64 --bounce 1 --stats"
as 3 env PATH="$build/bin:$PATH" POPCORN_RUN="$options" sh start.sh
awk -v entries=$((entries + 1)) 'NR == 1 { pid = $1 }
    NR == 2 && $3 == pid && $1 == "./it" && $4 == entries { good = 1 } END { exit !good }' out ||
    problem "another process, name or environment"
[ "$(moved)" = 1 ] || problem "did not move"

# By the path of popcorn; what it starts too, with its own name and arguments.
as 7 env POPCORN_RUN="$popcorn  --start aarch64 $options " ./it child
grep -q '^another name 4 ' out || problem "arguments of a program it starts"
[ "$(moved)" = 2 ] || problem "what it starts did not move"

# A file for each in a folder.
mkdir statistics
as 7 env POPCORN_RUN="$popcorn ${options}=statistics" ./it child
[ "$(cat statistics/* | grep -cE '^ *moves +[1-9]')" = 2 ] || problem "not two files of statistics"

# Found nowhere, and wrong: a clear end. Not set: nothing of it.
as 125 env POPCORN_RUN=--bounce\ 1 PATH=/nonexistent ./it
grep -q 'POPCORN_RUN is set, but popcorn is not in' err || problem "not found"
as 2 env POPCORN_RUN="$popcorn --nosuch" ./it
grep -q 'unknown option --nosuch' err || problem "unknown option"
as 3 env POPCORN_RUN= ./it
[ ! -s err ] || problem "empty"

[ "$failed" = 0 ] && echo "environment: ok"
exit "$failed"
