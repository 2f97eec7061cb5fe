"""Clients that end, hold up or silence each other."""

import time

from compat import case, connect, equal, eventually, key, main, refused
from wire import Wire, frame


def fresh(**options):
    """A client with one connection that stays the same."""
    return connect(single_connection_client=True, **options)


@case("a killed client is closed, by its number and by its address")
def kill():
    other = fresh()
    for how in ("id", "addr", "old"):
        victim = Wire()
        victim.send(frame(b"CLIENT", b"ID"))
        number = int(victim.line()[1:])
        address = other.client_list(client_id=[str(number)])[0]["addr"]
        if how == "id":
            equal(other.client_kill_filter(_id=number), 1)
        elif how == "addr":
            equal(other.client_kill_filter(addr=address), 1)
        else:
            equal(other.client_kill(address), True)
        victim.expect_closed()


@case("a client within a transaction is listed with what it has queued")
def transaction_listed():
    other, wire = fresh(), Wire()
    wire.send(frame(b"CLIENT", b"ID"))
    number = wire.line()[1:].decode()

    def listed():
        line = other.client_list(client_id=[number])[0]
        return line["flags"], int(line["multi"]), int(line["multi-mem"]) > 0

    for end in (b"EXEC", b"DISCARD", b"RESET", b"EXEC x"):
        equal(listed(), ("N", -1, False))
        wire.call(b"MULTI\r\n", b"+OK\r\n")
        equal(listed(), ("x", 0, False))
        for command in (b"PING", b"ECHO abc", b"CLIENT INFO"):
            wire.call(command + b"\r\n", b"+QUEUED\r\n")
        equal(listed(), ("x", 3, True))
        equal(other.client_list(client_id=[number])[0]["cmd"], "client|info")
        wire.send(end + b"\r\nECHO end\r\n")
        lines = [wire.line()]
        while lines[-1] != b"end":
            lines.append(wire.line())
        if end == b"EXEC":
            within = next(line for line in lines if line.startswith(b"id="))
            equal((b" flags=x " in within, b" multi=3 " in within), (True, True))
    equal(listed(), ("N", -1, False))


@case("a client that kills itself hears what came of it")
def kill_oneself():
    wire = Wire()
    wire.send(frame(b"CLIENT", b"ID"))
    number = wire.line()[1:]
    wire.call(frame(b"CLIENT", b"KILL", b"ID", number), b":0\r\n")
    wire.call(frame(b"CLIENT", b"KILL", b"ID", number, b"SKIPME", b"no") + frame(b"PING"),
              b":1\r\n")
    wire.expect_closed()


@case("CLIENT REPLY SKIP and OFF")
def reply():
    name = key("reply").encode()
    wire = Wire()
    wire.call(frame(b"CLIENT", b"REPLY", b"SKIP") + frame(b"INCR", name) + frame(b"INCR", name),
              b":2\r\n")
    wire.call(frame(b"CLIENT", b"REPLY", b"OFF") + frame(b"INCR", name) + frame(b"NOSUCH") +
              frame(b"CLIENT", b"REPLY", b"SKIP") + frame(b"INCR", name) +
              frame(b"CLIENT", b"REPLY", b"ON") + frame(b"GET", name), b"+OK\r\n$1\r\n4\r\n")
    wire.send(frame(b"CLIENT", b"REPLY", b"maybe"))
    equal(wire.line(), b"-ERR syntax error")


@case("a pause of writes holds up writes only")
def pause_writes():
    client, other = fresh(), fresh()
    other.execute_command("CLIENT", "PAUSE", "300", "WRITE")
    begun = time.monotonic()
    equal(client.get(key("none")), None)
    equal(client.set(key("paused"), 1), True)
    if not 0.2 < time.monotonic() - begun < 5:
        raise AssertionError(f"SET took {time.monotonic() - begun:.2f} s")


@case("a pause is ended by UNPAUSE")
def unpause():
    wire, other = Wire(), fresh()
    other.execute_command("CLIENT", "PAUSE", "60000", "WRITE")
    wire.send(frame(b"SET", key("k").encode(), b"1"))
    eventually(lambda: int(other.info("clients")["blocked_clients"]) >= 1, True)
    equal(other.execute_command("CLIENT UNPAUSE"), b"OK")
    wire.expect(b"+OK\r\n")


@case("a pause of all holds up everything")
def pause_all():
    client, other = fresh(), fresh()
    client.ping()
    other.client_pause(300)
    begun = time.monotonic()
    equal(client.ping(), True)
    if not 0.2 < time.monotonic() - begun < 5:
        raise AssertionError(f"PING took {time.monotonic() - begun:.2f} s")


@case("names and library")
def names():
    client = fresh(client_name="somebody")
    equal(client.client_getname(), "somebody")
    equal(client.client_info()["name"], "somebody")
    refused("Client names cannot contain spaces", client.client_setname, "two words")


main()
