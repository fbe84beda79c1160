# shellcheck shell=bash
# soon COMMAND...: tries until it succeeds, for 60 s; what is waited for is there at once
# on an idle machine, and in its time on one that others use too.
soon() {
    local end=$((SECONDS + 60))
    until "$@"; do
        [ $SECONDS -lt $end ] || return 1
        sleep 0.05
    done
}
