#!/usr/bin/env bash
# limits.sh BUILD STEPS CASE: too few descriptors, too little memory, a full disk.
# What can go on does, with the right output; what cannot ends with a reason.
#
#   descriptors   ulimit -n here; threads up to it
#   node          ulimit -n of a node; a thread it cannot seat stays where it is
#   address-space ulimit -v here and of a node
#   file-size     ulimit -f
#   processor-time ulimit -t: the program stays at home
#   memory        a memory cgroup around a node, with and without the OOM
#                 killer, and around home (77: no cgroups)
#   disk          a full tmpfs for --trace, /dev/full for --stats
set -u
build=$1 steps=$2 case=$3
. "$(dirname "$0")/../../lib/net.sh"
nodes=x86_64,x86_64
for way in one several; do "$steps" $way >"$work/$way"; done

# run WAY...: status, $work/out, $work/err
run() {
    timeout -k 5 600 "$build/bin/popcorn" run --nodes "$nodes" ${options-} "$steps" "$@" \
        >"$work/out" 2>"$work/err" </dev/null
    status=$?
    what="$case ${limit-}: $*: status $status"
}
# right WAY, or ended STATUS TEXT: what the last run did.
right() { [ $status = 0 ] && cmp -s "$work/$1" "$work/out" || die "$what"; }
ended() {
    [ $status = "$1" ] || die "$what"
    soon said_once "$2" || die "$what: no '$2'"
}
said_once() { [ "$(grep -c -e "$1" "$work/err")" = 1 ]; }
# serve COMMAND: a node on which COMMAND was done before popcornd's start.
serve() {
    rm -f "$work/node1.log" # the last node's port is in it
    (eval "$1" && exec "$build/bin/popcornd" --listen 127.0.0.1:0) 2>"$work/node1.log" &
    daemon=$!
    started+=("$daemon")
    soon listens "$work/node1.log" && [ -n "$port" ] || die "no node"
    nodes=x86_64,@127.0.0.1:$port
}
unserve() {
    nothing_left "$what"
    kill "$daemon" 2>/dev/null
    wait "$daemon" 2>/dev/null
}
control=
free_memory_group() {
    end_all
    soon is_free # killed processes are in it for a moment
}
is_free() { [ ! -d "$control" ] || rmdir "$control" 2>/dev/null; }

# runs_apart TRACE: a thread's runs in it, refused moves and all, do not overlap.
runs_apart() {
    python3 - "$1" <<'PYTHON'
import collections, json, sys
runs = collections.defaultdict(list)
for event in json.load(open(sys.argv[1])):
    if event["name"] == "runs":
        runs[event["tid"]].append((event["ts"], event["ts"] + event["dur"]))
ends = [(a[1], b[0]) for of in runs.values() for a, b in zip(sorted(of), sorted(of)[1:])]
print(len(runs), "threads,", len(ends), "pairs of runs")
sys.exit(not runs or any(end > begin + 0.002 for end, begin in ends))
PYTHON
}

case $case in
descriptors)
    for limit in 8 12 14; do # the shell needs some itself
        (ulimit -n $limit && run one; ended 125 "Too many open files") || exit 1
    done
    for limit in 24 64 256; do
        (ulimit -n $limit && run one; right one && run several; right several) || exit 1
    done
    limit=64
    (ulimit -n $limit && run crowd 100; [ $status = 0 ] && grep -q "threads [3-9]" "$work/out" ||
        die "$what") || exit 1
    limit=1024
    (ulimit -n $limit && run crowd 900; [ $status = 0 ] && grep -q "threads 900" "$work/out" ||
        die "$what") || exit 1
    ;;
node)
    for limit in 9 12 20 64; do
        serve "ulimit -n $limit"
        options="--trace $work/trace" run crowd 60
        runs_apart "$work/trace" || die "$what: a thread runs twice at a time"
        [ $status = 0 ] && grep -q "threads 60" "$work/out" || die "$what"
        case $limit in
        9 | 12) soon grep -q "goes on without it" "$work/err" || die "$what"
            soon grep -q "Too many open files" "$work/node1.log" || die "$what" ;;
        *) ended 0 "no memory or descriptors for it on that node" ;;
        esac
        unserve
    done
    ;;
address-space)
    for limit in 20000 100000 500000; do
        serve "ulimit -v $limit"
        run one
        right one
        unserve
    done
    nodes=x86_64,x86_64 limit=40000
    (ulimit -v $limit && run one; ended 125 "ulimit -v") || exit 1
    ;;
processor-time)
    limit=20
    (ulimit -t $limit && run one && right one && ended 0 "stays on its home node") || exit 1
    ;;
file-size)
    limit=1000
    (ulimit -f $limit && run one; ended 125 "ulimit -f") || exit 1
    serve "ulimit -f $limit"
    run one
    right one
    soon grep -q "goes on without it" "$work/err" || die "$what"
    unserve
    ;;
memory)
    group=/sys/fs/cgroup/memory/popcorn-test-$$
    mkdir "$group" 2>/dev/null && echo $((48 << 20)) >"$group/memory.limit_in_bytes" ||
        { echo "skipped: no memory cgroups (version 1) for this user"; exit 77; }
    control=$group
    trap free_memory_group EXIT
    serve "echo \$BASHPID >$group/cgroup.procs"
    run large 120
    ended 70 "its program was killed by signal 9"
    unserve # it may have been killed too
    serve "echo \$BASHPID >$group/cgroup.procs"
    echo 1 >"$group/memory.oom_control"
    run large 120
    ended 70 "pages cannot be kept on node 1: Cannot allocate memory"
    echo 0 >"$group/memory.oom_control"
    unserve
    nodes=x86_64,x86_64
    (echo "$BASHPID" >"$group/cgroup.procs" && run large 120; [ $status = 137 ] ||
        die "$what: not as a native program's") || exit 1
    ;;
disk)
    mkdir "$work/small"
    trap 'umount "$work/small" 2>/dev/null; end_all' EXIT
    mount -t tmpfs -o size=32k small "$work/small" 2>/dev/null ||
        { echo "skipped: no permission to mount"; exit 77; }
    options="--trace $work/small/trace" run one
    right one
    soon grep -q "cannot write the trace" "$work/err" || die "$what: no message"
    python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$work/small/trace" ||
        die "what is left of the trace is not valid"
    options="--stats=/dev/full" run several
    right several
    soon grep -q "statistics cannot be written" "$work/err" || die "$what: no message"
    ;;
*) die "unknown case" ;;
esac
all_gone "$case"
