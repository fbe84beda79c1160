# shellcheck shell=bash disable=SC2034
package=readline version=8.2
sha256=3feb7171f16a84ee82ca18a36d7b9be109a52c04f492a053331d7d1095007c35
needs=ncurses

build() { configure --with-curses && make_install; }
