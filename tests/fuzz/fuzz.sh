#!/bin/sh
# Runs a fuzz target (README.md).
#   fuzz.sh kept NAME TARGET               its kept inputs, once each
#   fuzz.sh new NAME TARGET COUNT FOLDER   COUNT new inputs; FOLDER keeps what
#                                          they reach, and what fails
#   fuzz.sh seeds NAME TARGET FOLDER       are the kept seeds those it writes?
set -eu
here=$(cd "$(dirname "$0")" && pwd)
what=$1 name=$2 target=$3
kept=$here/corpus/$name
# 77, the default, would be a skipped test.
options="-error_exitcode=1 -timeout_exitcode=1 -oom_exitcode=1
    -timeout=20 -rss_limit_mb=4096 -max_len=8192"

case $what in
kept)
    exec "$target" $options "$kept"/*
    ;;
new)
    mkdir -p "$5/inputs"
    # What the target says is of no interest; what the engine says is.
    exec "$target" $options -runs="$4" -close_fd_mask=3 -print_final_stats=1 \
        -verbosity=1 -artifact_prefix="$5/" "$5/inputs" "$kept"
    ;;
seeds)
    rm -rf "$4"
    mkdir -p "$4"
    "$target" --seeds="$4"
    for seed in "$4"/seed-* "$kept"/seed-*; do
        if ! cmp "$4/${seed##*/}" "$kept/${seed##*/}"; then
            echo "tests/fuzz/write_seeds.sh makes the seeds anew" >&2
            exit 1
        fi
    done
    ;;
esac
