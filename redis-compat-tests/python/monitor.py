"""MONITOR: what it shows of other clients' commands, byte for byte."""

import re

from compat import case, equal, key, main
from wire import Wire, frame

K = key("k").encode()
STAMP = rb"\+\d{10}\.\d{6} \[(\d+) (127\.0\.0\.1:\d+)\] "


def listening():
    wire = Wire()
    wire.call(frame(b"MONITOR"), b"+OK\r\n")
    return wire


def shown(wire, db, line):
    """The next line is that of a command in `db`, without its time and address."""
    got = wire.line()
    match = re.match(STAMP, got)
    if not match:
        raise AssertionError(f"not a line of MONITOR: {got!r}")
    equal((int(match[1]), got[match.end():]), (db, line))


@case("commands of other clients, with their database and their arguments in quotes")
def commands():
    listener, client = listening(), Wire()
    client.call(frame(b"SET", K, b'a "b"\\\n\r\t\x07\x08\x00\xff'), b"+OK\r\n")
    shown(listener, 0, b'"SET" "' + K + b'" "a \\"b\\"\\\\\\n\\r\\t\\a\\b\\x00\\xff"')
    client.call(frame(b"SELECT", b"5"), b"+OK\r\n")
    client.call(frame(b"get", K), b"$-1\r\n")
    client.call(frame(b"ECHO", b""), b"$0\r\n\r\n")
    got = [listener.line() for _ in range(3)]
    equal([re.sub(STAMP, b"", line) for line in got],
          [b'"SELECT" "5"', b'"get" "' + K + b'"', b'"ECHO" ""'])
    equal(re.match(STAMP, got[1])[1], b"5")


@case("passwords are not shown")
def secrets():
    listener, client = listening(), Wire()
    client.send(frame(b"AUTH", b"secret"))
    client.line()
    client.send(frame(b"AUTH", b"default", b"secret"))
    client.line()
    client.call(frame(b"PING"), b"+PONG\r\n")
    shown(listener, 0, b'"AUTH" "(redacted)"')
    shown(listener, 0, b'"AUTH" "(redacted)" "(redacted)"')
    shown(listener, 0, b'"PING"')


@case("administration and what was refused is not shown")
def not_shown():
    listener, client = listening(), Wire()
    client.call(frame(b"CONFIG", b"RESETSTAT"), b"+OK\r\n")
    client.send(frame(b"nosuch") + frame(b"GET"))
    client.line()
    client.line()
    client.call(frame(b"PING"), b"+PONG\r\n")
    shown(listener, 0, b'"PING"')


@case("a pipeline is shown in its order")
def order():
    listener, client = listening(), Wire()
    client.send(b"".join(frame(b"SET", K, b"%d" % n) for n in range(500)))
    for n in range(500):
        client.expect(b"+OK\r\n")
        shown(listener, 0, b'"SET" "%s" "%d"' % (K, n))


@case("RESET ends it, QUIT works")
def end():
    listener, client = listening(), Wire()
    client.call(frame(b"PING"), b"+PONG\r\n")
    shown(listener, 0, b'"PING"')
    listener.call(frame(b"RESET"), b"+RESET\r\n")
    client.call(frame(b"PING"), b"+PONG\r\n")
    listener.call(frame(b"ECHO", b"x"), b"$1\r\nx\r\n")
    listener = listening()
    listener.call(frame(b"QUIT"), b"+OK\r\n")
    listener.expect_closed()


main()
