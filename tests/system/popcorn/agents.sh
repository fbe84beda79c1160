# Sourced after tests/lib/net.sh: programs and their agents.

# The agents of the programs there are: home's, which has no child, then others.
agents() {
    local p home='' others=''
    for p in $(grep -slz -e "$work" /proc/[0-9]*/environ | cut -d/ -f3 | sort -n); do
        case $(readlink "/proc/$p/exe") in
        */popcorn-agent)
            if [ -z "$(children_of "$p")" ]; then home=$p; else others+=" $p"; fi ;;
        esac
    done
    echo "$home$others"
}

# await WHAT COMMAND...: until the command succeeds, for $patience s at most.
patience=15
await() {
    local what=$1 until=$((SECONDS + patience))
    shift
    until "$@"; do
        [ $SECONDS -lt $until ] || die "not in time: $what"
        sleep 0.05
    done
}

is_ended() { ! kill -0 "$1" 2>/dev/null; }
