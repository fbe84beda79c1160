# Sourced: popcornd, relay and clean-up for the tests of nodes over TCP.
#
# Wants build; makes work, a key, and die, start_node, start_relay.
work=$(mktemp -d)
export XDG_RUNTIME_DIR=$work XDG_CONFIG_HOME=$work/config
. "$(dirname "${BASH_SOURCE[0]}")/soon.sh"
started=()
end_all() {
    [ ${#started[@]} = 0 ] || kill "${started[@]}" 2>/dev/null
    wait 2>/dev/null
    rm -rf "$work"
}
trap end_all EXIT
die() {
    echo "FAILED: $*"
    for file in "$work"/err "$work"/node*.log; do
        [ ! -s "$file" ] || sed "s|^|  ${file##*/}: |" "$file" | tail -n 12
    done
    exit 1
}
"$build/bin/popcornd" --make-key >/dev/null || die "no key"

# start_node NAME OPTION...: popcornd on a free port, by the command node_prefix
# if there is one; sets port, daemon.
[ -n "${node_prefix+set}" ] || node_prefix=()
start_node() {
    local name=$1
    shift
    "${node_prefix[@]}" "$build/bin/popcornd" --listen 127.0.0.1:0 "$@" 2>>"$work/node$name.log" &
    daemon=$!
    started+=("$daemon")
    soon listens "$work/node$name.log" && [ -n "$port" ] || return 1
    if [ ${#node_prefix[@]} != 0 ]; then # the prefix may ignore signals
        daemon=$(pgrep -P "$daemon") && started+=("$daemon")
    fi
}

# It says so in the file, or has ended; sets port.
listens() {
    port=$(sed -n 's/.* listens on .*:\([0-9]*\)$/\1/p' "$1")
    [ -n "$port" ] || ! kill -0 "$daemon" 2>/dev/null
}

# start_relay OPTION...: a relay to $port; sets relay_port, relay.
start_relay() {
    rm -f "$work/fired" "$work/relay.port"
    "$build/tests/lib/relay" "$port" "$work/fired" "$@" >"$work/relay.port" \
        2>"$work/relay.log" &
    relay=$!
    started+=("$relay")
    soon test -s "$work/relay.port" || die "no relay"
    relay_port=$(cat "$work/relay.port")
}

children_of() { cat /proc/"$1"/task/*/children 2>/dev/null; }

# A node serves nobody, home's side has no agent and no control socket left.
nothing_left() { soon is_clean || die "left: $left (${1-})"; }
is_clean() {
    local p
    left=
    [ -z "$(children_of "$daemon")" ] || left="a process of the node"
    ! ls "$work"/popcorn/*.sock >/dev/null 2>&1 || left="a control socket"
    for p in /proc/[0-9]*; do
        case $(readlink "$p/exe" 2>/dev/null) in
        */popcorn-agent | */test-member | */voyage | /memfd:popcorn*)
            ! tr '\0' '\n' <"$p/environ" 2>/dev/null |
                grep -qx "XDG_RUNTIME_DIR=$work" || left="process ${p#/proc/}"
            ;;
        esac
    done
    [ -z "$left" ]
}

# all_gone WHAT: no process is left that names $work in its command or its
# environment, but $daemon, and no control socket.
all_gone() { soon is_gone || die "left: ${left:- a socket} ($1)"; }
is_gone() {
    local pid
    left=
    for pid in $(grep -slz -e "$work" /proc/[0-9]*/cmdline \
        /proc/[0-9]*/environ | cut -d/ -f3 | sort -u); do
        [ ! -e "/proc/$pid/exe" ] || [ "$pid" = "${daemon-}" ] || left+=" $pid"
    done
    [ -z "$left" ] || return 1
    ls "$work"/popcorn/*.sock >/dev/null 2>&1 || return 0
    "$build/bin/popcorn" ps >/dev/null # a killed agent's socket
    return 1
}
