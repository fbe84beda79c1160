# Lua: the interpreter runs a script of ours.
package=lua5.4=5.4.4-3+deb12u1
sha256=d47c50154294a68c8a209c5d61bc09e5b22891c01b7c47501ac3f9725eb4a813

build() {
    make -C src posix CC="$CC -std=gnu99" AR="$AR rcu" RANLIB="$RANLIB" \
        MYLDFLAGS=-static
}

work() {
    run src/lua "$files/work.lua" 20
}
