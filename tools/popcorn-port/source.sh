# shellcheck shell=bash
# For scripts: the files of a source package of Debian.

# source_fetch PACKAGE[=REVISION] FOLDER [VERSION]: into FOLDER, as many files as there are,
# with FOLDER/fetch.log. A mirror may lack those of the newest revision; upstream's archive
# is the same in others. VERSION, upstream's: of its revisions only.
source_fetch() {
    local revision revisions=("$1")
    [[ $1 == *=* ]] || mapfile -t -O 1 revisions < <(apt-cache showsrc --only-source "$1" |
        sed -n "s/^Version: /$1=/p")
    for revision in "${revisions[@]}"; do
        [[ -z ${3:-} || $revision == *=* && ${revision#*=} =~ ^([0-9]+:)?"$3"[^0-9] ]] || continue
        (cd "$2" && apt-get source -qq --download-only "$revision" >/dev/null 2>>fetch.log) || true
        [ -z "$(find "$2" -name '*.orig.tar.*' ! -name '*.asc' -print -quit)" ] || break
    done
}
