"""Files that name an ISA: what is to be known of one stands in isa/<isa>/isa.def
alone (docs/new-isa.md). Comments are not looked at: they may say which ISA is the
reason of a rule for all.

    isa_names.py SOURCE

Status 1 if there are any. Names are those in isa.def and what people write for
them.
"""
import os
import re
import sys

source = sys.argv[1]
TREES = ("bench", "cmake", "compiler", "examples", "include", "libc-musl-patched",
         "linker", "runtime", "scripts", "tools", "CMakeLists.txt", "Makefile")
MAY = {
    # Whose front end the neutral ABI is made of: said there, once.
    "cmake/neutral.cmake",
    # Popcorn Linux's enum, which its programs use.
    "include/popcorn.h",
    # Says on the screen between which machines it moves.
    "examples/demo/demo.sh",
}
C = r"/\*.*?\*/|//[^\n]*"
COMMENT = {"c": C, "h": C, "S": C, "cpp": C, "def": C, "in": C}
SHELL = r"(?<![^\s])#[^\n]*"


def names():
    found = {"x86", "amd64", "i386", "arm64"}
    for isa in os.listdir(os.path.join(source, "isa")):
        row = os.path.join(source, "isa", isa, "isa.def")
        if os.path.exists(row):
            text = open(row).read()
            found.update(re.findall(r'^(?:ISA|LLVM_TARGET|DEBIAN)\("?([^")]+)', text, re.M))
    return "|".join(re.escape(name).replace("_", "[-_]") for name in sorted(found))


def files():
    for tree in TREES:
        if os.path.isfile(os.path.join(source, tree)):
            yield tree
        for folder, _, found in os.walk(os.path.join(source, tree)):
            for name in found:
                yield os.path.relpath(os.path.join(folder, name), source)


named, count, failed = re.compile(names(), re.I), 0, False
for path in sorted(files()):
    if path in MAY:
        continue
    count += 1
    text = open(os.path.join(source, path), errors="replace").read()
    comment = COMMENT.get(path.rpartition(".")[2], SHELL)
    code = re.sub(comment, lambda found: "\n" * found.group().count("\n"), text,
                  flags=re.S)
    for number, line in enumerate(code.splitlines(), 1):
        if named.search(line):
            print(f"{path}:{number}: {line.strip()}")
            failed = True
sys.exit(failed or count == 0)
