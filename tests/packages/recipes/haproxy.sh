# HAProxy, with two threads: its tests want VTest, which Debian does not have; files are
# asked for in several ways (web.py) of a server behind it.
package=haproxy
sha256=58f9edb26bf3288f4b502658399281cc5d6478468bd178eafe579c8f41895854
programs=haproxy
every=20 limit=4000 passes=7

configure() { :; }
build() { make -j"$jobs" TARGET=linux-musl CC="$CC" AR="$AR" CPU_CFLAGS="$CFLAGS" USE_BACKTRACE= USE_DL= USE_LIBCRYPT=; }
suite() {
    local proxy server port behind
    port=$(python3 "$here/web.py" --free)
    behind=$(python3 "$here/web.py" --free)
    python3 "$here/web.py" --files suite
    python3 "$here/web.py" --serve "$behind" suite &
    server=$!
    cat >suite.conf <<END
global
    nbthread 2
defaults
    mode http
    timeout connect 60s
    timeout client 300s
    timeout server 300s
frontend in
    bind 127.0.0.1:$port
    http-response set-header X-Through haproxy
    default_backend behind
backend behind
    server one 127.0.0.1:$behind
END
    ./haproxy -db -f suite.conf &
    proxy=$!
    python3 "$here/web.py" "$port" suite
    kill "$proxy" "$server"
    wait "$proxy"
}
verdicts() { suite_verdicts; }
