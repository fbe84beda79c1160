# jq: every sixteenth test of its own suite (each compiles jq's library first), and
# a query over 500 objects. Without oniguruma.
package=jq=1.6-2.1+deb12u2
sha256=ac53e4e0af865fd228e47c26a6d9a34da459fd4fbc2ab90815147dfeedf6ded0
every=13999

build() {
    autoreconf -i
    ./configure --with-oniguruma=no --disable-docs --disable-valgrind \
        --disable-maintainer-mode --enable-all-static --disable-shared
    make
}

work() {
    awk 'BEGIN { RS = ""; ORS = "\n\n" } NR % 16 == 2' "$source/tests/jq.test" >tests
    run jq -L "$source/tests/modules" --run-tests tests
    run jq -n '[range(500) | {n: ., s: "\(. * 7919 % 1009)"}] | group_by(.s) | map({k: .[0].s, n: map(.n) | add}) | sort_by(-.n) | .[:20]'
}
