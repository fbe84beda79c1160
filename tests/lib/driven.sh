# shellcheck shell=bash
# Sourced by scripts that drive a program while it moves: SCRIPT BUILD PROGRAM
# NODES. Makes popcorn, program, nodes; work, a folder that goes at the end, as what
# still runs then; fail, which shows $work/*.out and $work/err.
set -euo pipefail
popcorn=$1/bin/popcorn program=$2 nodes=$3
. "$(dirname "${BASH_SOURCE[0]}")/soon.sh"
work=$(mktemp -d)
trap 'kill -KILL $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT
export XDG_RUNTIME_DIR=$work

fail() {
    echo "FAILED: $*"
    cat "$work"/*.out "$work/err" 2>/dev/null
    exit 1
}

# The agent of node 1 in a run of two nodes: it has its member as a child.
remote_agent() {
    local agent
    for agent in $(pgrep -x popcorn-agent); do
        grep -qzx "XDG_RUNTIME_DIR=$work" "/proc/$agent/environ" 2>/dev/null &&
            [ -n "$(pgrep -P "$agent")" ] && echo "$agent" && return
    done
    return 1
}
