# Adds a column to the lines of RESULTS: what each test printed, which is in
# RESULTS.output (output.h).
#
#   awk -f output.awk RESULTS.output RESULTS
#
# One word of at most 2,000 characters: / for the end of a line, _ for other
# space, "-" for nothing. If a test ran twice, what it printed the last time.
FILENAME ~ /\.output$/ {
    if (sub(/^== /, "")) {
        name = $0
        text[name] = ""
    } else if (name != "" && length(text[name]) < 2000) {
        gsub(/[[:space:]]/, "_")
        text[name] = text[name] $0 "/"
    }
    next
}
{
    shown = text[$1]
    sub(/\/+$/, "", shown)
    print $0, (shown == "" ? "-" : substr(shown, 1, 2000))
}
