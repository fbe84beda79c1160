# PCRE2, its libraries of 8, 16 and 32 bits: its own test script, which compares
# what its test program says, and its POSIX test.
package=pcre2=10.42-1
sha256=726dafe7a8d07332d4df61edf23f384ddb158b2b263846273d1103b6b9a7c176
every=7000

build() {
    CFLAGS=-O2 LDFLAGS=-static ./configure --disable-shared \
        --enable-pcre2-16 --enable-pcre2-32
    make LDFLAGS=-all-static
}

work() {
    # RunTest wants the program here. Test 3 depends on the machine's locales.
    cp "$(command_of pcre2test)" pcre2test
    srcdir=$source sh "$source/RunTest" '~3'
    rm pcre2test
    run pcre2posix_test
}
