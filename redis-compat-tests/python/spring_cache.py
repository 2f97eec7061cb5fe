"""What Spring's cache sends: the commands of Spring Data Redis's writer, in its order, by redis-py,
as the tests need no Java."""

from compat import PREFIX, case, connect, equal, eventually, main

NULL = b"\xac\xed\x00\x05sr\x00+org.springframework.cache.support.NullValue\x00\x00\x00\x00xp"
BATCH = 64

r = connect()


def cached(cache, name):
    """The key of an entry."""
    return f"{PREFIX}{cache}::{name}".encode()


def lock_of(cache):
    return f"{PREFIX}{cache}~lock"


def fill(cache, count):
    for number in range(count):
        r.set(cached(cache, number), number, px=100_000)


def entries(cache):
    return r.keys(cached(cache, "*"))


def between(value, low, high):
    equal((low <= value <= high, value), (True, value))


@case("put and get, with and without a time to live")
def put_and_get():
    name = cached("books", "k")
    equal(r.get(name), None)
    equal([r.set(name, NULL, px=100_000), r.get(name)], [True, NULL])
    between(r.pttl(name), 90_000, 100_000)
    equal([r.set(name, b"forever"), r.get(name), r.pttl(name)], [True, b"forever", -1])
    r.set(name, b"short", px=30)
    eventually(lambda: r.get(name), None)


@case("a get that prolongs the time to idle")
def time_to_idle():
    name = cached("books", "idle")
    equal(r.getex(name, px=100_000), None)
    equal(r.exists(name), 0)
    r.set(name, b"value", px=1_000_000)
    equal(r.getex(name, px=100_000), b"value")
    between(r.pttl(name), 90_000, 100_000)


@case("putIfAbsent answers what was there")
def put_if_absent():
    expiring, lasting = cached("books", "expiring"), cached("books", "lasting")
    equal([r.set(expiring, b"first", px=100_000, nx=True), r.get(expiring)], [True, b"first"])
    equal([r.set(expiring, b"second", px=5_000, nx=True), r.get(expiring)], [None, b"first"])
    between(r.pttl(expiring), 90_000, 100_000)
    equal([r.setnx(lasting, b"first"), r.setnx(lasting, b"second")], [True, False])
    equal([r.get(lasting), r.pttl(lasting)], [b"first", -1])


@case("evict")
def evict():
    fill("evicted", 2)
    equal([r.delete(cached("evicted", 0)), r.unlink(cached("evicted", 1))], [1, 1])
    equal([r.delete(cached("evicted", 0)), r.unlink(cached("evicted", 1))], [0, 0])
    equal(entries("evicted"), [])


@case("the lock of a cache")
def lock():
    other = connect()
    equal([r.exists(lock_of("books")), r.setnx(lock_of("books"), b"")], [0, True])
    equal([other.exists(lock_of("books")), other.setnx(lock_of("books"), b"")], [1, False])
    equal([r.delete(lock_of("books")), other.exists(lock_of("books"))], [1, 0])
    equal(r.set(lock_of("books"), b"", px=30, nx=True), True)
    eventually(lambda: other.exists(lock_of("books")), 0)


@case("clear by KEYS")
def clear_by_keys():
    for remove in (r.delete, r.unlink):
        fill("cleared", 300)
        fill("cleared2", 3)
        found = entries("cleared")
        equal([len(found), remove(*found)], [300, 300])
        equal([entries("cleared"), len(entries("cleared2"))], [[], 3])


@case("clear by SCAN, in batches")
def clear_by_scan():
    for remove in (r.delete, r.unlink):
        fill("scanned", 300)
        fill("scanned2", 3)
        removed, cursor, ended = 0, 0, False
        while not ended:
            cursor, page = r.scan(cursor, match=cached("scanned", "*"), count=BATCH)
            removed += remove(*page) if page else 0
            ended = cursor == 0
        equal([removed, entries("scanned"), len(entries("scanned2"))], [300, [], 3])


main()
