"""Random programs of strong, weak, common, undefined symbols in objects and
archives, linked by popcorn-align and, of the same shape, by ld.lld: the same
files must be taken, in the same order, and the same definitions chosen.

    like_lld.py ALIGN MAKE_OBJECT LIB SEED...       (in a scratch folder)
"""
import os
import random
import re
import struct
import subprocess
import sys

align, make_object, lib, *seeds = sys.argv[1:]
NAMES = [f"s{i}" for i in range(10)]
ISAS = ("x86_64", "aarch64")
KINDS = ("strong", "weak", "common", "undefined", "undefined", "weak undefined")


def assembly(number, symbols):
    """A file's text, which means the same to each ISA's assembler."""
    lines, references = [], []
    for name, kind in symbols.items():
        if kind == "common":
            lines.append(f".comm {name},{8 + 8 * (number % 3)},8")
        elif "undefined" in kind:
            if kind.startswith("weak"):
                lines.append(f".weak {name}")
            references.append(name)
        else:
            lines += [f".{'weak' if kind == 'weak' else 'globl'} {name}",
                      f".section .data.{name},\"awR\",%progbits",
                      f".type {name},%object", f"{name}: .quad {number}",
                      f".size {name},8"]
    lines += [f".section .data.refs{number},\"awR\",%progbits",
              f".type refs{number},%object", f"refs{number}: .quad 0"]
    lines += [f".quad {name}" for name in references]
    lines.append(f".size refs{number},.-refs{number}")
    if number == 0:
        for function in ("main_neutral", "neutral_answer"):
            lines += [f".section .text.{function},\"ax\",%progbits",
                      f".globl {function}", f".type {function},%function",
                      f"{function}: ret", f".size {function},.-{function}"]
    return "\n".join(lines) + "\n"


def run(*command, check=True, **more):
    done = subprocess.run(command, capture_output=True, text=True, **more)
    if check and done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stderr}")
    return done


def make_file(number, symbols):
    text = assembly(number, symbols)
    for isa in ISAS:
        run("clang-19", f"--target={isa}-linux-musl", "-x", "assembler", "-c",
            "-", "-o", f"{isa}/f{number}.o", input=text)
    facts = f"code neutral\nid {number:064x}\nsites 0\n"
    run(make_object, f"multi/f{number}.o",
        *(f"{isa}={isa}/f{number}.o" for isa in ISAS), input=facts)


def make_program(rng):
    """The command line, by file names; the files are there afterwards."""
    count = rng.randint(4, 8)
    missing = set(NAMES)
    for number in range(count):
        names = rng.sample(NAMES, rng.randint(2, 5))
        # Not so many that most programs end with a duplicate symbol.
        kinds = KINDS if number % 2 else KINDS[1:]
        symbols = {name: rng.choice(kinds) for name in names}
        missing -= {name for name, kind in symbols.items() if "undef" not in kind}
        make_file(number, symbols)
    if rng.random() < 0.6:
        make_file(count, {name: "strong" for name in missing})
        count += 1
    loose = list(range(1, count))
    rng.shuffle(loose)
    words = ["f0.o"]
    while loose:
        size = rng.choice((1, 1, 2, 3))
        group, loose = loose[:size], loose[size:]
        if rng.random() < 0.7:
            archive = f"lib{group[0]}.a"
            for folder in ("x86_64", "multi"):
                options = "rcs" if rng.random() < 0.8 else "rcS"
                run("llvm-ar-19", options, archive,
                    *(f"f{n}.o" for n in group), cwd=folder)
            words.append(archive)
        else:
            words += [f"f{n}.o" for n in group]
    rng.shuffle(words)
    if rng.random() < 0.2:
        words = ["--whole-archive"] + words + ["--no-whole-archive"]
    if rng.random() < 0.3:
        words += ["-u", rng.choice(NAMES)]
    return words


def read_symbols(path):
    """Name -> (size, first 8 bytes) of the data of a linked file."""
    data = open(path, "rb").read()
    at, = struct.unpack_from("<Q", data, 40)
    size, number = struct.unpack_from("<HH", data, 58)
    sections = [struct.unpack_from("<IIQQQQIIQQ", data, at + size * i)
                for i in range(number)]
    found = {}
    for section in sections:
        if section[1] != 2:
            continue
        strings = sections[section[6]]
        for i in range(0, section[5], 24):
            name, _, _, index, value, bytes_ = struct.unpack_from(
                "<IBBHQQ", data, section[4] + i)
            start = strings[4] + name
            name = data[start:data.index(b"\0", start)].decode()
            if name in NAMES and 0 < index < number:
                home = sections[index]
                first = (0 if home[1] == 8 else struct.unpack_from(
                    "<Q", data, home[4] + value - home[3])[0])
                found[name] = (bytes_, first)
    return found


def complaints(text, what):
    """Names, as ld.lld writes them or in our quotes."""
    return sorted(set(re.findall(f"error: {what} symbol:? '?([\\w.]+)", text)))


def taken(text):
    return [line for line in text.splitlines() if re.match(r"(f\d|lib\d)", line)]


os.makedirs("multi", exist_ok=True)
for isa in ISAS:
    os.makedirs(isa, exist_ok=True)
good = 0
for seed in map(int, seeds):
    for folder in ("multi", *ISAS):
        for name in os.listdir(folder):
            os.unlink(f"{folder}/{name}")
    words = make_program(random.Random(seed))
    runtime = [f"{lib}/isa/x86_64/{name}" for name in ("native.a", "builtins.a")]
    theirs = run("ld.lld-19", "-static", "--gc-sections", "-e", "_start", "-t",
                 "--error-limit=0", "--unresolved-symbols=report-all",
                 "--defsym=__popcorn_tls_start=0", "--defsym=__popcorn_tls_size=0",
                 "--defsym=__popcorn_tls_file_size=0", "-o", "out", *words, *runtime,
                 cwd="x86_64", check=False)
    mine = [word if word.startswith("-") or word in NAMES else f"--object={word}"
            for word in words]
    mine = [part for word in mine for part in word.split("=")]
    ours = run(align, "--lib", lib, "-o", "out", "--keep", "../keep", "--trace", *mine,
               cwd="multi", check=False)

    def expect(what, left, right):
        if left != right:
            sys.exit(f"seed {seed}: {words}: {what}: ld.lld {left}, ours {right}\n"
                     f"{theirs.stderr}\n{ours.stderr}")

    expect("files", taken(theirs.stdout), taken(ours.stdout))
    duplicate = complaints(theirs.stderr, "duplicate")
    expect("duplicates", duplicate, complaints(ours.stderr, "duplicate"))
    if not duplicate:
        expect("undefined", complaints(theirs.stderr, "undefined"),
               complaints(ours.stderr, "undefined"))
    expect("success", theirs.returncode == 0, ours.returncode == 0)
    if ours.returncode == 0:
        good += 1
        for isa in ISAS:
            expect(f"definitions on {isa}", read_symbols("x86_64/out"),
                   read_symbols(f"keep/{isa}.elf"))
print(f"{len(seeds)} programs, {good} of them without errors")
