"""Iterating over all keys: SCAN from one node, and a scan that moves from node to node."""

from compat import PORTS, case, connect, equal, eventually, key, main

r = connect()
NAMES = {key(f"scan:{i:04}").encode() for i in range(1000)}


def fill():
    pipe = r.pipeline(transaction=False)
    for name in sorted(NAMES):
        pipe.set(name, "v")
    pipe.execute()


@case("scan_iter gives every key, and each once when nothing changes")
def every_key():
    r.flushall()
    fill()
    found = list(r.scan_iter())
    equal(set(found), NAMES)
    equal(len(found), len(NAMES))
    eventually(r.dbsize, len(NAMES))


@case("scan_iter with match")
def match():
    fill()
    equal(set(r.scan_iter(match=key("scan:00*"))), {name for name in NAMES if b"scan:00" in name})
    equal(list(r.scan_iter(match="nothing*")), [])
    one = key("scan:0123").encode()
    equal(set(r.scan_iter(match=one)), {one})


@case("scan_iter with small and large counts")
def counts():
    fill()
    for count in (1, 7, 1000, 100_000):
        equal(set(r.scan_iter(match=key("scan:*"), count=count)), NAMES)


@case("scan_iter with a type")
def types():
    fill()
    equal(set(r.scan_iter(match=key("scan:*"), _type="string")), NAMES)
    equal(list(r.scan_iter(match=key("scan:*"), _type="hash")), [])


@case("keys that stay are found while others come and go")
def changing():
    fill()
    found = set()
    for i, name in enumerate(r.scan_iter(match=key("*"), count=20)):
        found.add(name)
        r.set(key(f"extra:{i}"), "v")
        if i % 3 == 0:
            r.delete(key(f"extra:{i}"))
    equal(NAMES - found, set())


@case("a scan may go on at another node")
def across_nodes():
    fill()
    found, cursor, node = set(), 0, 0
    while True:
        cursor, names = connect(node).scan(cursor, match=key("scan:*"), count=100)
        found.update(names)
        node = (node + 1) % len(PORTS)
        if cursor == 0:
            break
    equal(found, NAMES)


@case("keys with odd bytes")
def odd_bytes():
    odd = {key("odd:").encode() + bytes([b, 255 - b]) for b in range(256)}
    r.mset({name: "v" for name in odd})
    equal(set(r.scan_iter(match=key("odd:*"))), odd)
    equal(set(r.keys(key("odd:*"))), odd)


@case("large values hide no keys")
def large_values():
    fill()
    for i in range(0, 50, 10):
        r.set(key(f"scan:{i:04}"), b"x" * 2_000_000)
    for count in (1, 10, 1000):
        equal(set(r.scan_iter(match=key("scan:*"), count=count)), NAMES)
    equal(set(r.keys(key("scan:*"))), NAMES)


@case("a scan sees one database")
def one_database():
    connect(db=1).set(key("elsewhere"), "v")
    equal(list(r.scan_iter(match=key("elsewhere"))), [])
    equal(list(connect(db=1).scan_iter(match=key("*"))), [key("elsewhere").encode()])


@case("randomkey gives a key that exists")
def random_key():
    fill()
    for _ in range(10):
        equal(r.exists(r.randomkey()), 1)


main()
