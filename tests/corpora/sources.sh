# shellcheck shell=bash
# Sources of the corpus programs: Debian's source packages, fetched when a test
# runs, verified against the checksums below and unpacked as upstream released
# them (no Debian patches: their makefiles are then the projects' own).
# Nothing of them is kept in this repository.
#
#   corpus_source NAME FOLDER    unpacks NAME into FOLDER if it is not there

declare -A corpus_package=(
    [lua]="lua5.4=5.4.4-3+deb12u1"
    [bzip2]="bzip2=1.0.8-5"
    [zlib]="zlib=1:1.2.13.dfsg-1"
)
declare -A corpus_sha256=(
    [lua]=d47c50154294a68c8a209c5d61bc09e5b22891c01b7c47501ac3f9725eb4a813
    [bzip2]=ed9c40f4de3f9e064535e15eac1c61a0f606763db98f4579dbc04067b94a8944
    [zlib]=3fa1e6b2fc525062aa88207dda52fed8e045373c809d362fe8a2bfbf7cf515a8
)

corpus_fail() {
    printf 'corpus: error: %s\n' "$*" >&2
    exit 1
}

# The .dsc lists the checksums of the archives and dpkg-source checks them, so
# the one checksum of the .dsc pins everything.
corpus_download() { # NAME FOLDER: the package's files, verified
    local name=$1 download=$2 dsc
    (cd "$download" && apt-get source -qq --download-only \
        "${corpus_package[$name]}" >/dev/null 2>fetch.log) ||
        corpus_fail "cannot fetch the source of $name: $(tail -n 2 "$download/fetch.log"); run scripts/setup.sh"
    dsc=$(echo "$download"/*.dsc)
    echo "${corpus_sha256[$name]}  $dsc" | sha256sum --check --quiet ||
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
