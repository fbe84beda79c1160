# mawk: its own test suite and a longer program.
package=mawk=1.3.4.20200120-3.1
sha256=ed0543e3111f718e918a73033292fe2616760c8791c13efa0da3818ca835cdc1

build() {
    CFLAGS=-O2 LDFLAGS=-static ./configure
    make mawk
}

work() {
    mkdir test
    cp "$source"/test/* test/
    (cd test && MAWK=$(command_of mawk) ./mawktest "$source")
    sample_text 1 plain
    run mawk '{ n[$1]++; s[$1] = s[$1] substr($0, 1, 1); gsub(/[aeiou]+/, "<&>"); t += length($0) }
        END { for (i = 0; i < 1000; i++) print i, n[i], length(s[i]); print t, sin(1), 2 ^ 0.5 }' plain
}
