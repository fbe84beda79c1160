"""A peer whose texts are meant for the terminal that shows them.

  strange.py server KEY WHEN   is popcornd for one program; prints its port first
  strange.py client KEY WHEN PORT   is `popcorn run` for a popcornd

WHEN: greeting (before anything is proved), refusal (the same, of a server),
      request (both have proved that they have the key)
"""
import hashlib, hmac, socket, struct, sys

TEXT = b"\x1b[2J\nok\x9b\r\x07"
role, key_file, when = sys.argv[1:4]
key = bytes.fromhex(open(key_file).read().strip())


def mac(with_key, label, *parts):
    return hmac.new(with_key, label + b"\0" + b"".join(parts), hashlib.sha256).digest()


def take(s, size):
    data = b""
    while len(data) < size:
        more = s.recv(size - len(data))
        if not more:
            sys.exit("it closed the connection")
        data += more
    return data


def answer(with_key, refused, text):
    fields = struct.pack("<I124s", refused, text)
    return fields + mac(with_key, b"popcorn answer", fields)


def serve(s):
    client = take(s, 80)
    # magic, versions, release, ISA, nonce
    server = client[:32] + b"x86_64".ljust(16, b"\0") + bytes(32)
    if when == "greeting":
        server = client[:16] + TEXT.ljust(16, b"\0") + server[32:]
    s.sendall(server)
    if when == "greeting":
        return
    take(s, 32)
    if when == "refusal":
        s.sendall(struct.pack("<I124s", 1, TEXT) + bytes(32))
        return
    s.sendall(struct.pack("<I124s", 0, b"") +
              mac(key, b"popcorn server", client, server))
    config_bytes, _, image_bytes = struct.unpack("<IIQ", take(s, 80)[:16])
    take(s, config_bytes + image_bytes)
    s.sendall(answer(mac(key, b"popcorn session", client, server), 1, TEXT))


def call(s):
    # Versions and release are learned from what popcornd says.
    s.sendall(b"POPCORND" + bytes(8) + TEXT.ljust(16, b"\0") + bytes(48))
    server = take(s, 80)
    if when == "greeting":
        return
    s = socket.create_connection(s.getpeername())
    client = server[:32] + bytes(48)
    s.sendall(client)
    server = take(s, 80)
    s.sendall(mac(key, b"popcorn client", client, server))
    take(s, 160)
    entries = [b"node=1", b"home=0", b"node_count=2", b"program=" + TEXT,
               b"isa.0=x86_64", b"isa.1=x86_64"]
    config = b"".join(entry + b"\0" for entry in entries)
    image = b"no image"
    fields = struct.pack("<IIQ", len(config), 0, len(image))
    fields += hashlib.sha256(image).digest()
    session = mac(key, b"popcorn session", client, server)
    s.sendall(fields + mac(session, b"popcorn request", fields, config) + config + image)
    take(s, 160)
    while s.recv(4096):
        pass


if role == "server":
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    print(listener.getsockname()[1], flush=True)
    connection = listener.accept()[0]
    serve(connection)
    while connection.recv(4096):
        pass
else:
    call(socket.create_connection(("127.0.0.1", int(sys.argv[4]))))
