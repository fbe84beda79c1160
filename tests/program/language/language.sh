#!/usr/bin/env bash
# One feature of C or C++: natively, by popcorn-clang without moves on each ISA, and
# moved at every migration point from each start ISA.
#
#   language.sh BUILD SOURCE [-r ISAS] [-x STATUS] [-l LIMIT] [-e EVERY] [-m MOVES]
#               [-o OPTION]... LEVEL...
#
# OPTION is for both compilers. C++ needs the native library (../cxx/native.sh).
# LEVEL: O0, O1, O2, O3 or Os, with -short-strips or -plain behind
# it for another density of migration points than at every entry and iteration
# ("O2-plain"). Standard output and exit status must be those of clang-19's
# own build of the same source at the same level, musl and static, for each
# of ISAS ("x86_64,aarch64"; "aarch64" alone where long double shows, which is
# binary128 there and in Popcorn; "none": those of the program alone). Each moved run moves at every EVERYth (1st)
# point, at most LIMIT times (0: any number), and at least MOVES (6) times.
set -euo pipefail
fail() {
    printf 'FAIL: %s %s: %s\n' "$name" "$level" "$*"
    exit 1
}
build=$(cd "$1" && pwd) source=$2 options=() references=x86_64,aarch64 status=0 limit=0 every=1 moves=6
shift 2
while getopts r:x:l:e:m:o: o; do
    case $o in
    r) references=${OPTARG#none} ;; x) status=$OPTARG ;; l) limit=$OPTARG ;;
    e) every=$OPTARG ;; m) moves=$OPTARG ;; o) options+=("$OPTARG") ;; *) exit 2 ;;
    esac
done
shift $((OPTIND - 1))
name=$(basename "${source%.*}") compiler=popcorn-clang
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/../../lib/native.sh"
link() { native_link "$@"; }
if [ "${source##*.}" = cpp ]; then
    . "$(dirname "$0")/../../lib/native_cxx.sh"
    compiler=popcorn-clang++
    link() { native_cxx_link "$build" "$@"; }
fi

# run WHAT COMMAND...: its output must be work/expected's.
run() {
    local what=$1 result=0
    shift
    (cd "$work" && timeout 600 "$@" >out 2>err </dev/null) || result=$?
    if [ "$result" != "$status" ]; then
        tail -n 5 "$work/err"
        fail "$what: exit status $result, wanted $status"
    fi
    if [ ! -e "$work/expected" ]; then
        mv "$work/out" "$work/expected"
    elif ! cmp -s "$work/out" "$work/expected"; then
        diff -a "$work/expected" "$work/out" | head -n 10 || true
        fail "$what: the output differs"
    fi
}

moved() { # moved NODES
    local made limits=()
    [ "$limit" = 0 ] || limits=(--bounce-limit "$limit")
    run "moved, $1" "$build/bin/popcorn" run --nodes "$1" --bounce "$every" --poison \
        "${limits[@]}" --stats="$work/stats" -- "$work/program"
    made=$(sed -n 's/^ *moves  *\([0-9]*\).*/\1/p' "$work/stats")
    [ "${made:-0}" -ge "$moves" ] || fail "$1: only ${made:-no} moves"
    report="$report $made"
}

for level; do
    optimise=-${level%%-*} points=(-popcorn-dense-points)
    case $level in
    *-plain) points=() ;;
    *-short-strips) points=(-popcorn-short-strips) ;;
    esac
    rm -f "$work/expected"
    for isa in ${references//,/ }; do
        link "$isa" "$work/native" "$optimise" "${options[@]}" "$source" ||
            fail "clang-19 for $isa"
        run "natively, $isa" "$(native_runner "$isa")" ./native
    done
    "$build/bin/$compiler" "$optimise" -w "${options[@]}" "${points[@]}" "$source" \
        -o "$work/program" -lm >"$work/err" 2>&1 ||
        { tail -n 5 "$work/err"; fail "popcorn-clang"; }
    run "alone" ./program
    "$build/lib/popcorn/popcorn-pack" extract "$work/program" aarch64 \
        -o "$work/program.aarch64"
    chmod +x "$work/program.aarch64"
    run "alone, aarch64" qemu-aarch64 ./program.aarch64
    report=
    moved x86_64,aarch64
    moved aarch64,x86_64
    echo "$name $level: same output ($(stat -c %s "$work/expected") bytes), moves:$report"
done
