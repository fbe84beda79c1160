# nginx: its archive has no tests; files are asked for in several ways (web.py). In one
# process, for the children of fork do not move.
package=nginx
sha256=9ebb333a9e82b952acd3e2b4aeb1d4ff6406f72491bab6cd9fe69f0dea737f31
needs='zlib pcre2'
programs=objs/nginx
every=20 limit=4000 passes=7

# Debian's musl is without crypt().
configure() {
    ./configure --with-cc="$CC" --with-cc-opt="$CFLAGS $CPPFLAGS" --with-ld-opt="$LDFLAGS" \
        --with-threads --without-http_auth_basic_module --prefix=/usr
}
suite() {
    local server port folder=$PWD/suite
    port=$(python3 "$here/web.py" --free)
    python3 "$here/web.py" --files "$folder/files"
    cat >suite/conf <<END
daemon off; master_process off; pid $folder/pid; error_log $folder/errors;
events { worker_connections 200; }
http {
    access_log off; client_body_temp_path $folder/1; proxy_temp_path $folder/2;
    fastcgi_temp_path $folder/3; uwsgi_temp_path $folder/4; scgi_temp_path $folder/5;
    gzip on;
    server { listen 127.0.0.1:$port; root $folder/files; location ~ ^/nothing { return 404; } }
}
END
    objs/nginx -p "$folder" -c "$folder/conf" &
    server=$!
    python3 "$here/web.py" "$port" "$folder/files"
    kill "$server"
    wait "$server"
}
verdicts() { suite_verdicts; }
