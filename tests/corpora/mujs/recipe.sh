# MuJS: a JavaScript interpreter (setjmp for exceptions) runs a script of ours.
package=mujs=1.3.2-1
sha256=e335747ecefd516239414a3c80d82846234b10c9d48c5d8e3a4f1220eda9a6e0
every=1999

build() {
    make release HAVE_READLINE=no LDFLAGS=-static
}

work() {
    run build/release/mujs "$files/work.js"
}
