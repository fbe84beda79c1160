#!/usr/bin/env python3
"""Asks a web server; a line "suite: CASE PASS|FAIL" for each case, for suites of
packages whose archives have none.

    web.py PORT FOLDER      FOLDER has the files that the server serves
    web.py --files FOLDER   makes them
    web.py --free           prints a port that is free
    web.py --serve PORT FOLDER   is a server itself, behind a proxy
"""
import http.client
import http.server
import os
import random
import socket
import sys
import threading
import time

HOST = "127.0.0.1"


def make_files(folder):
    noise = random.Random(42)
    os.makedirs(folder, exist_ok=True)
    for size in 0, 1, 4096, 70000, 1 << 20:
        with open(f"{folder}/{size}.bin", "wb") as file:
            file.write(noise.randbytes(size))
    with open(f"{folder}/text.html", "w") as file:
        file.writelines(f"<p>line {n}</p>\n" for n in range(2000))


def ask(connection, method, path, headers=None):
    connection.request(method, path, headers=headers or {})
    answer = connection.getresponse()
    return answer, answer.read()


def all_files(connection, files):
    for path, content in files.items():
        answer, body = ask(connection, "GET", path)
        assert answer.status == 200 and body == content, path


def head(connection, files):
    for path, content in files.items():
        answer, body = ask(connection, "HEAD", path)
        assert answer.status == 200 and body == b"", path
        assert int(answer.getheader("Content-Length")) == len(content), path


def part_of_file(connection, files):
    answer, body = ask(connection, "GET", "/70000.bin", {"Range": "bytes=100-49999"})
    whole = files["/70000.bin"]
    assert (answer.status, body) == (206, whole[100:50000]) or (answer.status, body) == (200, whole)


def missing(connection, files):
    assert ask(connection, "GET", "/nothing")[0].status == 404


def one_connection(connection, files):
    paths = [path for path in files if "1048576" not in path]
    for n in range(200):
        path = paths[n % len(paths)]
        answer, body = ask(connection, "GET", path)
        assert answer.status == 200 and body == files[path], path


def many_connections(port, files):
    failures = []

    def client(seed):
        noise = random.Random(seed)
        try:
            for _ in range(25):
                connection = http.client.HTTPConnection(HOST, port, timeout=120)
                path = noise.choice(list(files))
                assert ask(connection, "GET", path)[1] == files[path], path
                connection.close()
        except Exception as problem:  # in a thread: told below
            failures.append(problem)

    clients = [threading.Thread(target=client, args=(seed,)) for seed in range(8)]
    for one in clients:
        one.start()
    for one in clients:
        one.join()
    assert not failures, failures


def nonsense(port, files):
    with socket.create_connection((HOST, port), timeout=120) as raw:
        raw.sendall(b"NON SENSE\r\n\r\n")
        assert b"400" in raw.recv(100)
    all_files(http.client.HTTPConnection(HOST, port, timeout=120), files)


def wait_for(port):
    for _ in range(600):
        try:
            socket.create_connection((HOST, port)).close()
            return
        except OSError:
            time.sleep(0.1)


def main():
    if sys.argv[1] == "--files":
        return make_files(sys.argv[2])
    if sys.argv[1] == "--free":
        with socket.socket() as any_port:
            any_port.bind((HOST, 0))
            return print(any_port.getsockname()[1])
    if sys.argv[1] == "--serve":
        os.chdir(sys.argv[3])
        kind = http.server.SimpleHTTPRequestHandler
        kind.protocol_version = "HTTP/1.1"
        return http.server.ThreadingHTTPServer((HOST, int(sys.argv[2])), kind).serve_forever()
    port, folder = int(sys.argv[1]), sys.argv[2]
    files = {}
    for name in os.listdir(folder):
        with open(f"{folder}/{name}", "rb") as file:
            files["/" + name] = file.read()
    wait_for(port)
    for case in all_files, head, part_of_file, missing, one_connection, many_connections, nonsense:
        by_port = case in (many_connections, nonsense)
        try:
            case(port if by_port else http.client.HTTPConnection(HOST, port, timeout=120), files)
            verdict = "PASS"
        except Exception as problem:  # whatever it was, the case failed
            print(case.__name__, repr(problem))
            verdict = "FAIL"
        print("suite:", case.__name__, verdict)


main()
