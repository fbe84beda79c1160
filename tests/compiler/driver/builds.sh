#!/usr/bin/env bash
# Builds as people make them: many links at once, a build that is broken off and
# started again, ccache, distcc, strip, the same output each time.
#   builds.sh BUILD [-flto]
. "$(dirname "$0")/checks.sh"

cat >lib.c <<'C'
#include <stdio.h>
#include <string.h>
static char text[64];
const char *greet(const char *who)
{
    snprintf(text, sizeof text, "hello, %s (%zu)", who, strlen(who));
    return text;
}
C
cat >main.c <<'C'
#include <stdio.h>
const char *greet(const char *);
int main(int argc, char **argv)
{
    return puts(greet(argc > 1 ? argv[1] : "world")) < 0;
}
C
cat >Makefile <<'M'
prog: main.o lib.o
	$(CC) -O1 main.o lib.o -o $@
%.o: %.c
	$(CC) -O1 -c $< -o $@
M
good "make" make CC="$cc"
[ "$(./prog)" = "hello, world (5)" ] || problem "make"

# The same source, the same bytes.
cp lib.o lib.before.o
cp prog prog.before
rm lib.o prog
good "make again" make CC="$cc"
cmp lib.o lib.before.o && cmp prog prog.before || problem "two builds differ"

# Eight links at once, of eight programs.
for n in 1 2 3 4 5 6 7 8; do
    "$cc" -O1 main.o lib.o -o prog.$n >log.$n 2>&1 &
done
wait
for n in 1 2 3 4 5 6 7 8; do
    cmp prog prog.$n || { cp log.$n err; problem "link $n of eight at once"; }
done

# Broken off at any time: no object or a whole one, nothing left behind.
for ms in 002 005 010 015 020 025 030 040 050 070; do
    rm -f lib.o prog
    timeout -s INT 0.$ms make -s CC="$cc" >out 2>&1
    [ ! -e lib.o ] || cmp -s lib.o lib.before.o || problem "half an object after $ms ms"
    [ ! -e prog ] || cmp -s prog prog.before || problem "half a program after $ms ms"
    good "started again" make -s CC="$cc"
    cmp prog prog.before || problem "another program after $ms ms"
done
[ -z "$(ls tmp)" ] || { ls tmp; problem "temporary files left"; }
rest=$(find . -name '*.part*' -o -name '*.tmp*' -o -name 'lib.o?*')
[ -z "$rest" ] || problem "left behind: $rest"

# Debug information may go, and names of what no relocation needs.
if [ -z "$mode" ]; then
    good "-g" "$cc" -O1 -g -c lib.c -o lib.o
    good "strip" strip -g lib.o
    good "link of what is stripped" "$cc" -O1 main.o lib.o -o stripped
    [ "$(./stripped you)" = "hello, you (3)" ] || problem "a stripped object"
fi

# ccache keeps objects; a second compilation takes one from it.
export CCACHE_DIR=$work/ccache
good "ccache" ccache "$cc" -O1 -c lib.c -o cached.o
mv cached.o first.o
good "ccache again" ccache "$cc" -O1 -c lib.c -o cached.o
cmp first.o cached.o || problem "ccache: another object"
ccache --print-stats | grep -qE '^(direct|preprocessed)_cache_hit[[:space:]]+1$' ||
    problem "ccache: no hit"

# distcc preprocesses here and compiles there; its ssh is this machine's distccd,
# which is nobody when it is started by root.
chmod a+rx . && chmod a+rwxt tmp
if [ "$(id -u)" = 0 ] && ! setpriv --reuid=65534 --clear-groups test -x "$build/bin/popcorn-clang"; then
    echo "builds: distcc not tried, others than root cannot run $build/bin/popcorn-clang"
else
    cat >ssh <<'SH'
#!/bin/sh
[ "$1" != -l ] || shift 2
shift
exec "$@"
SH
    chmod +x ssh
    echo "$cc" >commands
    mkdir distcc
    export DISTCC_DIR=$work/distcc DISTCC_SSH=$work/ssh DISTCC_CMDLIST=$work/commands
    export DISTCC_HOSTS=@elsewhere DISTCC_FALLBACK=0 DISTCC_LOG=$work/distcc.log DISTCC_VERBOSE=1
    good "an object made here" "$cc" -O1 -DA=1 -c lib.c -o here.o
    good "distcc" distcc "$cc" -O1 -DA=1 -c lib.c -o there.o
    grep -q 'compile lib.c on @elsewhere completed ok' distcc.log || problem "distcc: not sent"
    for object in here there; do
        good "link of $object.o" "$cc" -O1 main.o $object.o -o prog.$object
        [ "$(./prog.$object)" = "hello, world (5)" ] || problem "$object.o"
    done
fi

[ "$failed" = 0 ] && echo "builds: ok"
exit "$failed"
