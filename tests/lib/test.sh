#!/bin/sh
# A test as ctest starts it (cmake/test.cmake): the last line of one that fails is
# the command that runs it alone.
#   test.sh BUILD NAME COMMAND...
build=$1 name=$2
shift 2
"$@"
status=$?
[ $status = 0 ] ||
    echo "this test alone: ctest --test-dir $build -R '^$name\$' --output-on-failure"
exit $status
