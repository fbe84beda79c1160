"""Four threads that work on one table, and say now and then how far they are.

threads.py ROUNDS: prints the same whatever moved meanwhile.
"""
import decimal
import hashlib
import json
import random
import re
import sys
import threading
import zlib

ROUNDS = int(sys.argv[1])
table = {}
lock = threading.Lock()
rounds_done = threading.Barrier(4)


def words(n):
    rnd = random.Random(n)
    return [rnd.choice("pop corn moves on and on".split()) + str(rnd.randrange(1000)) for _ in range(300)]


def digits(n):
    decimal.getcontext().prec = 60
    return str(sum(decimal.Decimal(1) / (n + i) ** 2 for i in range(1, 200)))


def texts(n):
    found = re.findall(r"([a-z]+)(\d*[02468])\b", " ".join(words(n)))
    packed = zlib.compress(json.dumps(sorted(found)).encode())
    return hashlib.sha256(packed).hexdigest()


def numbers(n):
    value = pow(3, 1500 + n, 10**400 + 69)
    return str(value)[-40:] + repr(sum((i * 0.1 + n) ** 0.5 for i in range(2000)))


def objects(n):
    tree = {}
    for word in words(n + 7):
        node = tree
        for letter in word:
            node = node.setdefault(letter, {})
    return json.dumps(tree, sort_keys=True)[-60:]


def work(name, job):
    for n in range(ROUNDS):
        value = job(n)
        with lock:
            table[name, n] = value
        if rounds_done.wait() == 0 and n % 1000 == 0:
            print(f"round {n}", flush=True)


threads = [threading.Thread(target=work, args=(job.__name__, job)) for job in (digits, texts, numbers, objects)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(table), hashlib.sha256(repr(sorted(table.items())).encode()).hexdigest())
