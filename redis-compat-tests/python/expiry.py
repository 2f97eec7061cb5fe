"""Times to live as redis-py speaks of them."""

import datetime
import time

from compat import case, connect, equal, eventually, key, main, refused

r = connect()
FAR = 4102444800  # The year 2100.


@case("expire, pexpire, ttl, pttl, persist")
def relative():
    equal(r.expire(key("k"), 100), False)
    equal(r.ttl(key("k")), -2)
    r.set(key("k"), "v")
    equal(r.ttl(key("k")), -1)
    equal(r.expire(key("k"), datetime.timedelta(seconds=100)), True)
    equal(99 <= r.ttl(key("k")) <= 100, True)
    equal(r.pexpire(key("k"), 200_000), True)
    equal(199_000 < r.pttl(key("k")) <= 200_000, True)
    equal(r.persist(key("k")), True)
    equal(r.persist(key("k")), False)
    equal(r.ttl(key("k")), -1)


@case("expireat, pexpireat, expiretime, pexpiretime")
def absolute():
    r.set(key("at"), "v")
    equal(r.expireat(key("at"), FAR), True)
    equal(r.execute_command("EXPIRETIME", key("at")), FAR)
    equal(r.pexpireat(key("at"), FAR * 1000 + 7), True)
    equal(r.execute_command("PEXPIRETIME", key("at")), FAR * 1000 + 7)
    equal(r.expireat(key("at"), datetime.datetime(2001, 1, 1)), True)
    equal(r.exists(key("at")), 0)


@case("nx, xx, gt, lt")
def conditions():
    r.set(key("if"), "v")
    equal(r.expire(key("if"), 100, xx=True), False)
    equal(r.expire(key("if"), 100, gt=True), False)
    equal(r.expire(key("if"), 100, nx=True), True)
    equal(r.expire(key("if"), 200, nx=True), False)
    equal(r.expire(key("if"), 50, gt=True), False)
    equal(r.expire(key("if"), 200, gt=True), True)
    equal(r.expire(key("if"), 300, lt=True), False)
    equal(r.pexpire(key("if"), 50_000, lt=True), True)
    equal(49 <= r.ttl(key("if")) <= 50, True)
    refused("GT and LT options at the same time are not compatible",
            r.expire, key("if"), 100, gt=True, lt=True)


@case("keys end, for every node")
def ending():
    for node in range(3):
        r.set(key(f"end:{node}"), "v", px=80)
    for node in range(3):
        other = connect(node)
        eventually(lambda: other.exists(*[key(f"end:{i}") for i in range(3)]), 0)
        equal(other.get(key(f"end:{node}")), None)


@case("a key is there until its time has come")
def not_before():
    begin = time.monotonic()
    r.set(key("until"), "v", px=400)
    while (answer := r.get(key("until"))) is not None and time.monotonic() < begin + 15:
        pass
    equal(answer, None)
    # The server counts from when it got the command, so the key cannot be gone earlier. One
    # millisecond is left to the rounding of both clocks.
    equal(time.monotonic() - begin >= 0.399, True)


@case("300 keys that end together")
def together():
    pipe = r.pipeline(transaction=False)
    for i in range(300):
        pipe.set(key(f"many:{i}"), i, px=150)
    equal(pipe.execute(), [True] * 300)
    eventually(lambda: r.exists(*[key(f"many:{i}") for i in range(300)]), 0)
    eventually(lambda: list(r.scan_iter(match=key("many:*"))), [])


@case("a new value has a life of its own")
def new_value():
    r.set(key("again"), "old", px=60)
    r.set(key("again"), "new")
    r.set(key("probe"), "v", px=120)
    eventually(lambda: r.exists(key("probe")), 0)
    equal(r.get(key("again")), b"new")


main()
