"""A compilation database of the C that Ninja's own rules compile: code inside
members, natively once per ISA (cmake/native.cmake), each file as for the first.

    native_commands.py BUILD OUT
"""
import json
import shlex
import subprocess
import sys

build, out = sys.argv[1:]
rules = json.loads(subprocess.run(["ninja", "-C", build, "-t", "compdb"], check=True,
                                  stdout=subprocess.PIPE, text=True).stdout)
found = {}
for rule in rules:
    if not rule["output"].startswith("native/") or not rule["output"].endswith(".c.o"):
        continue
    for command in rule["command"].split(" && "):
        words = shlex.split(command)
        if "-c" in words:
            source = words[words.index("-c") + 1]
            found.setdefault(source, {"directory": build, "file": source, "arguments": words})
json.dump(list(found.values()), open(out, "w"), indent=1)
sys.exit(not found)
