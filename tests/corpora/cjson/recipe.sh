# cJSON: the 21 test programs of its own suite, and its test.c.
package=cjson=1.7.15-1+deb12u4
sha256=764c2de141d680f4fb4cada30c526dacaa30ead061b9b9c34f2b81e2df0f8439
every=50

build() {
    cmake_static -DENABLE_CUSTOM_COMPILER_FLAGS=OFF -DBUILD_SHARED_LIBS=OFF \
        -DENABLE_CJSON_UTILS=ON .
    make
}

work() {
    run cJSON_test
    cp -r "$source"/tests/{inputs,json-patch-tests} .
    # What Unity prints begins with the file's whole path.
    for test in "$source"/tests/*.c; do
        test=${test##*/}
        [ "$test" = unity_setup.c ] ||
            run "tests/${test%.c}" | sed 's|^/.*/||'
    done
}
