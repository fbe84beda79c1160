"""Uses between rooms that rooms.def does not allow, from the sources' includes
and the objects' symbols.

    rooms.py SOURCE BUILD RULES

Status 1 if there are any, if the rules themselves have a circle or allow what
nobody does, if the files of a room have a circle that no rule knows of, or if a
header says otherwise of its room.
"""
import collections
import glob
import os
import re
import subprocess
import sys

source, build, rules = sys.argv[1:]
TREES = ("include", "isa", "runtime", "libc-musl-patched", "libcxx", "linker", "compiler", "tools")
may_use, doors, hooks, circles, failures = {}, {}, set(), set(), []
arrows = set()  # uses there are

for line in open(rules):
    line = line.split("#")[0].strip()
    if line.startswith("hook "):
        room, _, symbols = line[len("hook "):].partition(":")
        hooks.update((room.strip(), symbol) for symbol in symbols.split())
    elif line.startswith("door "):
        room, _, headers = line[len("door "):].partition(":")
        doors[room] = {f"{room}/{header}" for header in headers.split()}
    elif line.startswith("circle "):
        circles.add(line.split()[1].rstrip(":"))
    elif line:
        room, _, used = line.partition(":")
        may_use[room] = set(used.split())


def room_of(path):
    """The longest folder of the rules that `path` is in."""
    folder = os.path.dirname(path)
    while folder:
        for name in sorted(may_use, key=lambda name: "*" in name):
            if re.fullmatch(name.replace("*", "[^/]+"), folder):
                return name
        folder = os.path.dirname(folder)
    return None


def check(user, used, what):
    a, b = room_of(user), room_of(used)
    if a is None:
        failures.append(f"{user}: in no room of rooms.def")
    elif a != b:
        arrows.add((a, b))
        if b not in may_use[a]:
            failures.append(f"{user}: {what} of {used}: {a} may not use {b}")


def check_door(user, used):
    room = room_of(used)
    if room != room_of(user) and used not in doors.get(room, {used}):
        failures.append(f"{user}: includes {used}, which is {room}'s own")


def check_headers():
    """Each room of the runtime has a header that says what the room may use."""
    for room, used in may_use.items():
        said, headers = [], glob.glob(os.path.join(source, room, "*.h"))
        for path in headers:
            text = re.sub(r"\s*\n \*\s*", " ", open(path).read())
            said += re.findall(r"May use ([^.]*)\.", text)
        if not headers or (not said and not room.startswith("runtime/")):
            continue
        names = re.split(", | and ", said[0].replace("<isa>", "*")) if len(said) == 1 else []
        names = {re.sub(r"^(\w+)/$", r"runtime/member/\1", name) for name in names}
        if names != (used or {"no other room"}):
            failures.append(f"{room}: its headers say 'May use {said}', "
                            f"rooms.def {' '.join(sorted(used))}")


def circles_of(graph):
    """Strongly connected components of more than one node (Tarjan)."""
    index, low, stack, found = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in graph[node]:
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            at = stack.index(node)
            if len(stack) - at > 1:
                found.append(sorted(stack[at:]))
            del stack[at:]

    sys.setrecursionlimit(10000)
    for node in list(graph):
        if node not in index:
            visit(node)
    return found


def check_includes():
    count = 0
    for tree in TREES:
        for folder, _, names in os.walk(os.path.join(source, tree)):
            for name in names:
                if not re.search(r"\.(c|h|S|cpp|def|inc)$", name):
                    continue
                path = os.path.relpath(os.path.join(folder, name), source)
                for line in open(os.path.join(source, path), errors="replace"):
                    found = re.match(r'\s*#\s*include\s+(?:"([^"]+)"|<(\w+\.h)>)', line)
                    if not found:
                        continue
                    name = found.group(1) or found.group(2)
                    folders = (os.path.dirname(path), "") if found.group(1) else ("include",)
                    for base in folders:
                        used = os.path.normpath(os.path.join(base, name))
                        if os.path.exists(os.path.join(source, used)):
                            count += 1
                            check(path, used, "includes")
                            check_door(path, used)
                            break
    return count


def objects():
    """Object -> (source, kind): kind is an ISA, "host" or "neutral"."""
    found = {}
    for folder, _, names in os.walk(os.path.join(build, "libc/obj")):
        for name in names:
            if name.endswith(".o.d"):
                depends = os.path.join(folder, name)
                words = (word for word in open(depends).read().split()[1:] if word != "\\")
                of = os.path.relpath(next(words), source)
                if of.startswith(TREES):  # else it is musl's own
                    found[depends[:-2]] = of, "neutral"
    for tree in ("native", *TREES):
        for folder, _, names in os.walk(os.path.join(build, tree)):
            for name in names:
                path = os.path.join(folder, name)
                relative = os.path.relpath(path, build)
                native = re.match(r"native/([^/]+)/(.*)\.o$", relative)
                host = re.match(r"(.*?)/?CMakeFiles/[^/]+\.dir/(.*)\.o$", relative)
                if native:
                    kind, of = native.groups()
                elif host:
                    kind, of = "host", os.path.normpath(os.path.join(*host.groups()))
                else:
                    continue
                if os.path.exists(os.path.join(source, of)):
                    found[path] = of, kind
    return found


def check_symbols():
    defined = collections.defaultdict(set)
    wanted, uses = [], collections.defaultdict(set)
    found = objects()
    for line in subprocess.run(["llvm-nm-19", "-A", *found], stdout=subprocess.PIPE, text=True,
                               check=True).stdout.splitlines():
        path, _, rest = line.partition(":")
        (of, kind), fields = found[path], rest.split()
        if len(fields) == 3 and fields[1] in "TDBRVWC":
            defined[kind, fields[2]].add(of)
        elif fields[0] == "U" and (room_of(of), fields[1]) not in hooks:
            wanted.append((kind, of, fields[1]))
    for kind, of, symbol in wanted:
        # Programs may have functions of one name: the room's own is meant.
        kinds = [kind] if kind != "neutral" else {k for k, _ in defined} - {"host"}
        definers = set().union(*(defined.get((k, symbol), ()) for k in kinds))
        near = {d for d in definers if room_of(d) == room_of(of)} or definers
        allowed = {d for d in near if room_of(d) == room_of(of)
                   or room_of(d) in may_use.get(room_of(of), ())}
        for definer in allowed or near:
            check(of, definer, f"calls {symbol}")
            if room_of(definer) == room_of(of) and definer != of:
                uses[of].add(definer)
                uses[definer].update()
    for circle in circles_of(uses):
        if room_of(circle[0]) not in circles:
            failures.append("a circle: " + " ".join(circle))
    return len(wanted)


for circle in circles_of(collections.defaultdict(set, {
        room: {b for b in used if b in may_use} for room, used in may_use.items()})):
    failures.append("the rules have a circle: " + " ".join(circle))
check_headers()
counts = check_includes(), check_symbols()
failures += [f"{room}: {used} is allowed and not used" for room in may_use
             for used in may_use[room] if (room, used) not in arrows]
for failure in sorted(set(failures)):
    print(failure)
print("rooms: %d includes, %d symbols" % counts)
sys.exit(bool(failures) or 0 in counts)
