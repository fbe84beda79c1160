# CPython again, moved from an AArch64 home; an odd number of moves, so that what is left of
# a test runs on the other node.
. "$here/recipes/python3.sh"
nodes=aarch64,x86_64 limit=401
