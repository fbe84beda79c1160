#!/usr/bin/env bash
# A package built with its own build system by clang and by popcorn-clang; its own
# test suite: what passes with clang must pass with Popcorn, unmoved and moved.
#
#   package.sh BUILD NAME [STEP...]     BUILD is the Popcorn build folder
#
# Steps, by default all: build, reference, unmoved, moved, compare. Reference is
# clang-19 against Debian's static musl (bench/musl-clang). Moved is the suite of
# the popcorn build with POPCORN_RUN in the environment (docs/man/popcorn.1).
#
# recipes/NAME.sh sets
#
#   package, sha256  source package; checksum of upstream's archive
#   version          (optional) upstream's version, where packages of several are offered
#   needs            (optional) libraries, by their recipes in tools/popcorn-port; for
#                    each flavour they are built and installed in $sysroot
#   programs         files whose sizes are summed, in the built tree
#   configure, build (optional, else ./configure and make) run in the source with CC AR
#                    RANLIB NM CFLAGS set; both timed
#   prepare          (optional) builds what only the suite needs
#   suite            runs the suite, or of N tests each $part'th; its status is not looked at
#   verdicts         prints "TEST PASS|FAIL|SKIP|..." of each, from the tree and $log
#   every, limit     of the moved run: at each `every`th point, at most `limit` moves a thread
#   moves, passes    fewer moves in all, or tests that pass with clang (of the first
#                    PIECE), fail the test
#   nodes            (optional) of the moved run, home first
#   part, moved_part (optional) 3: each third test of the suite; PIECE=2 in the
#                    environment: of each three the second
#   seconds          for a run of the suite
#   exceptions       lines "TEST why", for tests of which more is asked than Popcorn can do
#                    (START* for all that start so);
#   moved_exceptions the same, of the moved run
#
# Result: BUILD/packages/NAME/{clang,popcorn}.* (logs, times, verdicts), and the row
# BUILD/results/NAME.package of table.sh.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)
export here
name=$2
shift 2
. "$here/../lib/sources.sh"
. "$here/suites.sh"
out=$build/packages/$name bin=$build/bin
export jobs
jobs=$(nproc)

needs='' version=''
configure() { ./configure; }
build() { make -j"$jobs"; }
prepare() { :; }
nodes=x86_64,aarch64 every=500 limit=400 moves=1000 passes=1 seconds=3000 part=1 moved_part=1 exceptions='' moved_exceptions=''
. "$here/recipes/$name.sh" || exit
unmoved_part=$part
mkdir -p "$out" "$build/results" "$build/packages/sysroot"

fail() {
    printf 'FAIL: %s: %s\n' "$name" "$*"
    exit 1
}

fetch() { # FOLDER: the source of $package
    local folder archive
    [ "$(cat "$1.sha256" 2>/dev/null)" != "$sha256" ] || return 0
    folder=$(mktemp -d)
    source_fetch "$package" "$folder" "$version"
    archive=$(find "$folder" -name "*.orig.tar.*" ! -name '*.asc')
    [ -n "$archive" ] || fail "cannot fetch $package: $(tail -n 1 "$folder/fetch.log")"
    sha256sum --check --quiet <<<"$sha256  $archive" || fail "$archive is not the pinned one"
    source_unpack "$archive" "$1"
    rm -rf "$folder"
    echo "$sha256" >"$1.sha256"
}

# The kernel's headers, <sys/queue.h> and musl's <crypt.h>, which popcorn-clang has and
# Debian's musl not: of /usr/include not the rest, which is glibc's.
kernel_headers() {
    local folder=$build/packages/headers
    mkdir -p "$folder/sys"
    ln -sfn /usr/include/linux /usr/include/asm-generic /usr/include/mtd /usr/include/x86_64-linux-gnu/asm "$folder"
    ln -sfn "$build/lib/popcorn/include/crypt.h" "$folder"
    ln -sfn /usr/include/bsd/sys/queue.h /usr/include/bsd/sys/tree.h "$folder/sys"
    echo "$folder"
}

tools() { # FLAVOUR: sets the environment of its builds. CC is a script: some take it apart
    local command
    export sysroot=$build/packages/sysroot/$1
    export CPPFLAGS=-I$sysroot/include LDFLAGS=-L$sysroot/lib
    export PKG_CONFIG="pkg-config --static" PKG_CONFIG_LIBDIR=$sysroot/lib/pkgconfig
    export CFLAGS=-O2 LC_ALL=C FORCE_UNSAFE_CONFIGURE=1 CC=$out/cc-$1
    unset CONFIG_SITE POPCORN_RUN POPCORN_VERIFY_MACHINE
    if [ "$1" = clang ]; then
        CLANG_RESOURCE=$(clang-19 --print-resource-dir)
        export CLANG_RESOURCE
        command="'$here/../../bench/musl-clang' x86_64 -idirafter '$(kernel_headers)'"
        export AR=ar RANLIB=ranlib NM=nm
    else
        command="'$bin/popcorn-clang'"
        export AR=$bin/popcorn-ar RANLIB=$bin/popcorn-ranlib NM=$bin/popcorn-nm
        export CONFIG_SITE=$build/share/popcorn/config.site
    fi
    printf '#!/bin/sh\nexec %s "$@"\n' "$command" >"$CC"
    chmod +x "$CC"
}

how_built() {
    echo "$package $sha256"
    declare -f tools configure build prepare
}

# A library of popcorn-port's recipes, in the sysroot of FLAVOUR.
library() { # FLAVOUR LIBRARY
    local mark=$build/packages/sysroot/$1.$2 tree=$build/packages/sysroot/$1-$2 status
    [ ! -e "$mark" ] || [ "$mark" -ot "$bin/popcorn-clang" ] || return 0
    set +e
    (
        set -e
        needs='' version=''
        . "$here/../../tools/popcorn-port/recipes/$2.sh"
        for library in $needs; do library "$1" "$library"; done
        . "$here/../../tools/popcorn-port/recipes/$2.sh"
        configure() { ./configure --prefix="$sysroot" --disable-shared --enable-static "$@"; }
        make_install() { make -j"$jobs" "$@" && make install "$@"; }
        fetch "$tree"
        cd "$tree"
        tools "$1"
        build
    ) >"$mark.log" 2>&1 </dev/null
    status=$?
    set -e
    [ "$status" = 0 ] || { tail -n 40 "$mark.log"; fail "$2 ($1) does not build"; }
    rm -rf "$tree"*
    touch "$mark"
}

# step FLAVOUR FUNCTION: FLAVOUR.FUNCTION.time has elapsed and processor seconds.
step() {
    local status log=$out/$1.$2.log
    TIMEFORMAT='%R %U %S'
    # A function called in a condition would run without `set -e`.
    set +e
    { time { (set -e; cd "$out/$1"; "$2") >"$log" 2>&1 </dev/null; }; } 2>"$out/time"
    status=$?
    set -e
    [ "$status" = 0 ] || { tail -n 40 "$log" >&2; fail "$2 ($1): status $status"; }
    awk '{ printf "%.1f %.1f\n", $1, $2 + $3 }' "$out/time" >"$out/$1.$2.time"
    echo "$name ($1): $2: $(cat "$out/$1.$2.time") s (elapsed, processor)"
}

# A rebuilt compiler or libc must not leave an old program in the test.
is_built() { # FLAVOUR
    cmp -s "$out/$1.built" <(how_built) && { [ "$1" = clang ] ||
        [ -z "$(find "$build/lib/popcorn" "$bin" -newer "$out/$1.built" -type f -print -quit)" ]; }
}

build_flavour() { # FLAVOUR
    if is_built "$1"; then return 0; fi
    for library in $needs; do library "$1" "$library"; done
    rm -rf "${out:?}/$1" "$out/$1".*
    cp -a "$out/source" "$out/$1"
    tools "$1"
    step "$1" configure
    step "$1" build
    step "$1" prepare
    (cd "$out/$1"; for program in $programs; do
        size -A "$program" | awk '/^\.text/ { n += $2 } END { printf "%d ", n }'
        stat -c %s "$program"
    done) | awk '{ text += $1; file += $2 } END { print text, file }' >"$out/$1.size"
    # Suites write into the tree: each run has it as it was built, at the same place.
    tar -C "$out" -cf "$out/$1.tar" "$1"
    how_built >"$out/$1.built"
}

# run_suite RUN FLAVOUR PART: RUN.log, RUN.verdicts, RUN.seconds.
run_suite() {
    local run=$1 flavour=$2 log=$out/$1.log started=$SECONDS status=0
    export part=$3
    rm -rf "${out:?}/$flavour"
    tar -C "$out" -xf "$out/$flavour.tar"
    tools "$flavour"
    if [ "$run" = moved ]; then
        rm -rf "$out/statistics"
        mkdir -m 1777 "$out/statistics" # some suites become another user
        export POPCORN_RUN="$bin/popcorn --nodes $nodes --bounce $every"
        POPCORN_RUN+=" --bounce-limit $limit --stats=$out/statistics"
    fi
    export -f $(compgen -A function suite)
    (cd "$out/$flavour" && exec timeout -k 30 "$seconds" bash -c suite) >"$log" 2>&1 </dev/null &
    running=$!
    trap 'kill "$running" 2>/dev/null || true' EXIT # it is in a process group of its own
    wait "$running" || status=$?
    trap - EXIT
    unset POPCORN_RUN
    [ "$status" != 124 ] || echo "$name: the suite ($run) did not end in $seconds s"
    (cd "$out/$flavour"; verdicts) | sort -u >"$out/$run.verdicts"
    echo $((SECONDS - started)) >"$out/$run.seconds"
    # What a test that fails left, until all is well.
    rm -rf "$out/$run.tree"
    mv "$out/$flavour" "$out/$run.tree"
    echo "$name: $run: $(awk '{ n[$2]++ } END { for (v in n) printf "%s %d ", v, n[v] }' "$out/$run.verdicts")in $(cat "$out/$run.seconds") s"
}

# compare RUN REFERENCE: what passes in REFERENCE but not in RUN and is no exception.
# Prints passes of both, and exceptions.
compare() {
    local except=$exceptions
    [ "$1" = unmoved ] || except+=$'\n'$moved_exceptions
    awk -v run="$1" -v losses="$out/$1.losses" '
        function starts_so(test,   start) {
            for (start in starts) if (index(test, start) == 1) return 1
            return 0
        }
        BEGIN { printf "" >losses }
        FILENAME == "-" {
            if (sub(/\*$/, "", $1)) starts[$1] = 1
            else if (NF) except[$1] = 1
            next
        }
        FILENAME == ARGV[2] { if (got[$1] != "FAIL") got[$1] = $2; next }
        { if (wanted[$1] != "FAIL") wanted[$1] = $2 }
        END {
            for (test in wanted) {
                if (wanted[test] != "PASS") continue
                if (got[test] == "PASS") same++
                else if (test in except || starts_so(test)) excepted++
                else print run ": " test, got[test] == "" ? "(no verdict)" : got[test] >losses
            }
            print same + 0, excepted + 0
        }' - "$out/$1.verdicts" "$out/$2.verdicts" <<<"$except"
}

count() { awk '$2 == "PASS" { n++ } END { print n + 0 }' "$1"; }

compare_all() {
    local reference=reference.$unmoved_part moved_reference=reference.$moved_part status=ok made f
    made=$(cat "$out/statistics"/* | awk '/^ *moves / { n += $2 } END { print n + 0 }')
    {
        echo "package ${package%%=*} $sha256"
        for f in clang popcorn; do
            echo "$f $(cat "$out/$f".{configure.time,build.time,size} | tr '\n' ' ')"
        done
        echo "unmoved $(count "$out/$reference.verdicts") $(compare unmoved "$reference") $(cat "$out/unmoved.seconds")"
        echo "moved $(count "$out/$moved_reference.verdicts") $(compare moved "$moved_reference") $(cat "$out/moved.seconds")"
        echo "moves $made"
    } >"$out/row"
    if [ -s "$out/unmoved.losses" ] || [ -s "$out/moved.losses" ]; then
        cat "$out"/{unmoved,moved}.losses
        status="FAIL tests that pass with clang do not pass"
    elif [ "$made" -lt "$moves" ]; then
        status="FAIL $made moves, not $moves"
    elif [ "${PIECE:-1}" = 1 ] && [ "$(count "$out/$reference.verdicts")" -lt "$passes" ]; then
        status="FAIL not $passes tests pass with clang"
    fi
    { cat "$out/row"; echo "status $status"; } >"$build/results/$name.package"
    cat "$build/results/$name.package"
    [ "$status" = ok ] || fail "${status#FAIL }; BUILD/packages/$name/{reference,unmoved,moved}.tree have more"
    rm -rf "$out"/*.tree
}

[ $# -gt 0 ] || set -- build reference unmoved moved compare
[ "$*" = compare ] || echo "status FAIL did not come to its end" >"$build/results/$name.package"
for step; do
    case $step in
    build) fetch "$out/source"; build_flavour clang; build_flavour popcorn ;;
    reference)
        run_suite "reference.$unmoved_part" clang "$unmoved_part"
        [ "$moved_part" = "$unmoved_part" ] || run_suite "reference.$moved_part" clang "$moved_part"
        ;;
    unmoved) run_suite unmoved popcorn "$unmoved_part" ;;
    moved) run_suite moved popcorn "$moved_part" ;;
    compare) compare_all ;;
    *) fail "no step $step" ;;
    esac
done
