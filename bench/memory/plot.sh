#!/usr/bin/env bash
# Draws a table as SVG, both axes logarithmic.
#
#   plot.sh TABLE X-LABEL COLUMN-LABEL...
set -euo pipefail
table=$1
shift
labels=$(printf '%s|' "$@")
awk -F'\t' -v labels="$labels" '
function log10(v) { return log(v < 0.01 ? 0.01 : v) / log(10) }
function x(v) { return 60 + 480 * (log10(v) - x0) / (x1 - x0) }
function y(v) { return 340 - 320 * (log10(v) - y0) / (y1 - y0) }
BEGIN { split(labels, label, "|"); split("#1b6ca8 #c0392b #27864e #8e44ad #b9770e #333333", colour, " ") }
{
    for (i = 1; i <= NF; i++) {
        at[NR, i] = $i
        l = log10($i)
        if (i == 1) { if (NR == 1 || l < x0) x0 = l; if (NR == 1 || l > x1) x1 = l }
        else { if (!any++ || l < y0) y0 = l; if (any == 1 || l > y1) y1 = l }
    }
    columns = NF
}
function floor(v) { return int(v) - (v < int(v)) }
END {
    y0 = floor(y0); y1 = -floor(-y1)
    print "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"720\" height=\"390\" font-family=\"sans-serif\" font-size=\"12\">"
    for (d = y0; d <= y1; d++) {
        printf "<path d=\"M60 %.1f H540\" stroke=\"#ddd\"/><text x=\"54\" y=\"%.1f\" text-anchor=\"end\">%g</text>\n", y(10 ^ d), y(10 ^ d) + 4, 10 ^ d
    }
    for (r = 1; r <= NR; r++) {
        printf "<text x=\"%.1f\" y=\"358\" text-anchor=\"middle\">%s</text>\n", x(at[r, 1]), at[r, 1]
    }
    printf "<text x=\"300\" y=\"380\" text-anchor=\"middle\">%s</text>\n", label[1]
    for (c = 2; c <= columns; c++) {
        printf "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" points=\"", colour[c - 1]
        for (r = 1; r <= NR; r++) printf "%.1f,%.1f ", x(at[r, 1]), y(at[r, c])
        printf "\"/><text x=\"550\" y=\"%d\" fill=\"%s\">%s</text>\n", 20 + 18 * c, colour[c - 1], label[c]
    }
    print "</svg>"
}' "$table"
