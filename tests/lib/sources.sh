# shellcheck shell=bash
# Sources of the corpus programs and packages: Debian's source packages, fetched
# when a test runs, verified against the pinned checksum. Only upstream's archive is
# unpacked (no Debian patches: the makefiles are the projects' own).
# Nothing of them is kept in this repository.
#
#   source_unpack ARCHIVE FOLDER  what the archive holds becomes FOLDER
#
#   corpus_load NAME             reads NAME/recipe.sh, which sets
#                                  package   source package and version
#                                  sha256    checksum of its .dsc
#                                  build     builds it in the current folder
#                                            with $CC $AR $RANLIB $NM
#                                  work      what run.sh runs and compares
#                                  every, limit, moves: see run.sh
#   corpus_source NAME FOLDER    unpacks NAME into FOLDER if it is not there

. "$(dirname "${BASH_SOURCE[0]}")/../../tools/popcorn-port/source.sh" # source_fetch
corpora=$(cd "$(dirname "${BASH_SOURCE[0]}")/../corpora" && pwd)

corpus_fail() {
    printf 'corpus: error: %s\n' "$*" >&2
    exit 1
}

source_unpack() { # ARCHIVE FOLDER
    local archive=$1 folder=$2 tree unpacked
    rm -rf "$folder"
    mkdir -p "${folder%/*}"
    unpacked=$(mktemp -d "${folder%/*}/unpack.XXXXXX")
    tar -xf "$archive" --no-same-owner -C "$unpacked" ||
        corpus_fail "${archive##*/} does not unpack"
    # Most archives hold one folder.
    tree=$(find "$unpacked" -mindepth 1 -maxdepth 1)
    [ -d "$tree" ] || tree=$unpacked
    mv "$tree" "$folder"
    rm -rf "$unpacked"
    touch "$folder/.unpacked"
}

corpus_load() {
    every=100 limit=4400 moves=4000
    . "$corpora/$1/recipe.sh"
}

# Upstream's archive as the .dsc lists it: "SHA256  FILE".
corpus_upstream() { # DSC
    sed -n '/^Checksums-Sha256:/,/^[A-Z][A-Za-z0-9-]*:/s/^ \([0-9a-f]\{64\}\) [0-9]* \([^ ]*\.orig\.tar\.[a-z0-9]*\)$/\1  \2/p' "$1"
}

# The checksum of the .dsc pins upstream's archive too. Debian's own part
# is not used, so it does not matter if it cannot be fetched.
corpus_download() { # NAME FOLDER: prints the path of upstream's archive, verified
    local name=$1 download=$2 dsc upstream
    source_fetch "$package" "$download"
    dsc=$(echo "$download"/*.dsc)
    [ -e "$dsc" ] && upstream=$(corpus_upstream "$dsc") &&
        [ -e "$download/${upstream##* }" ] ||
        corpus_fail "cannot fetch the source of $name: $(tail -n 2 "$download/fetch.log"); run scripts/setup.sh"
    echo "$sha256  $dsc" | sha256sum --check --quiet &&
        (cd "$download" && sha256sum --check --quiet <<<"$upstream") ||
        corpus_fail "$name: the source package is not the pinned one"
    echo "$download/${upstream##* }"
}

corpus_source() {
    local name=$1 folder=$2 download archive
    [ -e "$folder/.unpacked" ] && return 0
    download=$(mktemp -d)
    archive=$(corpus_download "$name" "$download") || exit 1
    source_unpack "$archive" "$folder"
    rm -rf "$download"
}
