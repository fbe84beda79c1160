# shellcheck shell=bash
# Sources of the corpus programs: Debian's source packages, fetched when a test
# runs, verified against the pinned checksum and unpacked as upstream released
# them (no Debian patches: their makefiles are then the projects' own).
# Nothing of them is kept in this repository.
#
#   corpus_load NAME             reads NAME/recipe.sh, which sets
#                                  package   source package and version
#                                  sha256    checksum of its .dsc
#                                  build     builds it in the current folder
#                                            with $CC $AR $RANLIB $NM
#                                  work      what run.sh runs and compares
#                                  every, limit, moves: see run.sh
#   corpus_source NAME FOLDER    unpacks NAME into FOLDER if it is not there

corpora=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

corpus_fail() {
    printf 'corpus: error: %s\n' "$*" >&2
    exit 1
}

corpus_load() {
    every=100 limit=4400 moves=4000
    . "$corpora/$1/recipe.sh"
}

# The .dsc lists the checksums of the archives and dpkg-source checks them, so
# the one checksum of the .dsc pins everything.
corpus_download() { # NAME FOLDER: the package's files, verified
    local name=$1 download=$2 dsc
    (cd "$download" && apt-get source -qq --download-only \
        "$package" >/dev/null 2>fetch.log) ||
        corpus_fail "cannot fetch the source of $name: $(tail -n 2 "$download/fetch.log"); run scripts/setup.sh"
    dsc=$(echo "$download"/*.dsc)
    echo "$sha256  $dsc" | sha256sum --check --quiet ||
        corpus_fail "$name: the source package is not the pinned one"
}

corpus_source() {
    local name=$1 folder=$2 download dsc
    [ -e "$folder/.unpacked" ] && return 0
    rm -rf "$folder"
    download=$(mktemp -d)
    corpus_download "$name" "$download"
    dsc=$(echo "$download"/*.dsc)
    mkdir -p "$(dirname "$folder")"
    dpkg-source --no-check --skip-patches -x "$dsc" "$folder" >/dev/null ||
        corpus_fail "$name: the source package does not unpack"
    touch "$folder/.unpacked"
    rm -rf "$download"
}
