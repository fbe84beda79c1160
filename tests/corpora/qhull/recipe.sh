# Qhull: half of the commands of its own q_test over points that its rbox makes
# (natively, for some have digits of libm), without times and numbers of runs.
package=qhull=2020.2-5
sha256=6d15f831f18a8d17e6f2e213dbcda2faa345d0da3b0e945cfafd92904349f684
every=200 limit=400

build() {
    make CC="$CC" CC_OPTS1="-O2 -Isrc/" CC_OPTS2="-O2 -Isrc/" CC_OPTS3=-static \
        bin-lib bin/rbox bin/qconvex bin/qdelaunay bin/qhalf bin/qvoronoi bin/qhull
}

work() {
    local program command
    rbox() { "$build/corpora/qhull/native/bin/rbox" "$@"; }
    for program in qconvex qdelaunay qhalf qvoronoi qhull; do
        eval "$program() { run bin/$program \"\$@\" 2>messages; }"
    done
    # Without a number QR and t go by the time of day; which facets are merged goes by
    # their addresses and by qsort. Some are wrong on purpose.
    grep -E '^rbox [^|]*\| *q[^|]*$' "$source/eg/q_test" |
        grep -Ev ' (C|A|R|Qx|Q0|QR-|TO|G1e)' |
        sed -n 's/QR0/QR7/; s/ t / t7 /; 0~2p' |
        while read -r command; do
            echo "== $command"
            # rbox may find that nobody reads it: only the last one's status counts.
            (set +o pipefail; eval "$command" </dev/null) || echo "status $?"
            cat messages
            rm messages
        done |
        # "input points, outside": with the size of a jmp_buf.
        sed '/CPU sec/Id; /^At [0-9:]* /d; /run-id/d; /distance tests/d
            /input points, outside/d'
    run bin/rbox c d G2 D4
    run bin/rbox 1000 t7 D3
}
