# Judges the rows of random.sh ("SEED MODE STATUS MOVES OUTPUT"), and prints failures,
# then one line of counts. Status 1 if anything failed.
#
#   awk -v kinds=... -v modes=... -v levels=N -v command=... -f summary.awk ROWS
#
# MODE: judge, clang (the reference), or O<level>:<mode of tests/lib/batch/run.sh>,
# O<level>:compile, O<level>:link. levels: at how many levels each program is to run.
function fail(seed, what) {
    bad++
    print "FAIL: seed " seed " (" kind[seed % kind_count] "): " what
    if (mode != "judge" && mode != "clang")
        print "    " command " " seed " 1 " substr(mode, 2, 1)
}
# The first line in which two outputs differ.
function difference(printed, wanted,    i, a, b, n, m) {
    n = split(printed, a, "/")
    m = split(wanted, b, "/")
    for (i = 1; i < n && i < m && a[i] == b[i];)
        i++
    return "printed " a[i] ", not " b[i]
}
BEGIN {
    kind_count = split(kinds, list, " ")
    for (i = 1; i <= kind_count; i++)
        kind[i - 1] = list[i]
    mode_count = split(modes, list, " ")
}
{ status[$1, $2] = $3; output[$1, $2] = $5 }
$2 == "judge" {
    programs++
    # Random programs of csmith may run for ever. Ours may not, and must be valid.
    if ($3 > 1 && kind[$1 % kind_count] == "csmith")
        invalid++
    else if ($3 > 1)
        fail($1, "the judge: status " $3)
    else {
        ran[$1] = 1
        count[kind[$1 % kind_count]]++
    }
    next
}
$2 == "clang" { next }
{
    seed = $1; mode = $2
    rows[seed]++
    if ($3 != 0)
        fail(seed, mode ": status " $3)
    else if ($5 != output[seed, "clang"])
        fail(seed, mode ": " difference($5, output[seed, "clang"]))
    else if (mode ~ /:from-/ && $4 == 0)
        fail(seed, mode ": never moved")
    moves += $4
}
END {
    for (seed in ran) {
        mode = "clang"
        of = kind[seed % kind_count]
        if (status[seed, "clang"] != 0)
            fail(seed, "the reference: status " status[seed, "clang"])
        else if (of == "csmith" && output[seed, "judge"] != output[seed, "clang"])
            fail(seed, "clang -O0: " difference(output[seed, "judge"], \
                output[seed, "clang"]) " of -O2")
        if (rows[seed] != levels * mode_count)
            fail(seed, rows[seed] + 0 " results")
    }
    for (i = 0; i < kind_count; i++)
        if (!(kind[i] in told)) {
            told[kind[i]] = 1
            text = text sprintf("%s%s %d", text == "" ? "" : ", ", kind[i], \
                count[kind[i]])
            total += count[kind[i]]
        }
    printf "%d programs (%s) and %d not valid, %d moves, %d failures\n", total, text, \
        invalid, moves, bad
    exit bad > 0 || total == 0
}
