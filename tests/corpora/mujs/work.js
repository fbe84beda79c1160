// Exceptions, closures, regular expressions, JSON, sorting, garbage.
function check(ok, what) { if (!ok) { throw new Error("failed: " + what); } }

function deep(n) { if (n === 0) { throw new RangeError("bottom"); } try { deep(n - 1); } finally { deep.unwound++; } }
deep.unwound = 0;
for (var i = 0; i < 40; ++i) {
    try { deep(20); } catch (e) { check(e instanceof RangeError, "class of exception"); }
}
check(deep.unwound === 800, "finally");

var words = [], seed = 42;
for (i = 0; i < 3000; ++i) {
    seed = (seed * 16807) % 2147483647;
    words.push(seed.toString(36));
}
var sorted = words.slice().sort();
for (i = 1; i < sorted.length; ++i) { check(sorted[i - 1] <= sorted[i], "sort"); }
print(sorted[0], sorted[1500], sorted[2999]);

var counts = {};
words.join(" ").replace(/([a-z])(\d)([a-z]?)/g, function (all, a, d) { counts[a + d] = (counts[a + d] || 0) + 1; return all; });
print(Object.keys(counts).length, JSON.stringify(counts).length);
var copy = JSON.parse(JSON.stringify({ words: words.slice(0, 500), n: [1e300, 0.1, -0, null, true] }));
check(copy.words.join() === words.slice(0, 500).join(), "JSON");
print(JSON.stringify(copy.n), (0.1 + 0.2), 1 / 3, 1e21, 123456789.125.toFixed(2), (255).toString(16));

function life(rounds) {
    var w = 32, h = 24, cells = [];
    for (var i = 0; i < w * h; ++i) { cells[i] = (i * 7919) % 3 === 0 ? 1 : 0; }
    while (rounds--) {
        cells = cells.map(function (c, at) {
            var n = 0;
            for (var dy = -1; dy <= 1; ++dy) {
                for (var dx = -1; dx <= 1; ++dx) {
                    if (dx || dy) { n += cells[(at + dx + dy * w + w * h) % (w * h)]; }
                }
            }
            return n === 3 || (c && n === 2) ? 1 : 0;
        });
    }
    return cells.join("");
}
print(life(30));
print(new Date(0).toISOString(), encodeURIComponent("\u00e4 b"), "\u00c4".toLowerCase().charCodeAt(0));
