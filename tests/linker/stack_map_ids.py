"""stack_map_ids.py FILE: "id address" of each record of an .llvm_stackmaps section
that was dumped to FILE, tables of several objects in a row."""
import struct
import sys

data = open(sys.argv[1], "rb").read()
at = 0
while at < len(data):
    functions, constants, records = struct.unpack_from("<III", data, at + 4)
    rows = [struct.unpack_from("<QQQ", data, at + 16 + 24 * i) for i in range(functions)]
    at += 16 + 24 * functions + 8 * constants
    for address, _, count in rows:
        for _ in range(count):
            number, = struct.unpack_from("<Q", data, at)
            locations, = struct.unpack_from("<H", data, at + 14)
            at = (at + 16 + 12 * locations + 7) & ~7
            live, = struct.unpack_from("<H", data, at + 2)
            at = (at + 4 + 4 * live + 7) & ~7
            print(number, f"{address:x}")
