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
    client.call(frame(b"SELECT", b"99"), b"-ERR DB index is out of range\r\n")
    client.call(frame(b"RESET"), b"+RESET\r\n")
    shown(listener, 5, b'"SELECT" "5"')
    shown(listener, 5, b'"get" "' + K + b'"')
    shown(listener, 5, b'"ECHO" ""')
    shown(listener, 5, b'"SELECT" "99"')
    shown(listener, 0, b'"RESET"')


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


def lines_of(listener, count):
    """The next lines, without their times and addresses."""
    return [re.sub(STAMP, rb"\1 ", listener.line()) for _ in range(count)]


def queues(client, *commands):
    client.call(frame(b"MULTI"), b"+OK\r\n")
    for command in commands:
        client.call(frame(*command.split()), b"+QUEUED\r\n")


@case("what a transaction ran is shown when it has run, in its order, and then EXEC")
def transaction():
    one_slot, apart = key("{t}").encode(), key("").encode()
    for prefix in (one_slot, apart):
        listener, client = listening(), Wire()
        queues(client, b"ECHO x", b"set %sa 1" % prefix, b"CONFIG GET timeout", b"SELECT 3",
               b"INCR %sb" % prefix, b"AUTH secret", b"SELECT 0", b"DEL %sa" % prefix)
        client.send(frame(b"exec"))
        equal(lines_of(listener, 9),
              [b'0 "MULTI"', b'0 "ECHO" "x"', b'0 "set" "%sa" "1"' % prefix, b'3 "SELECT" "3"',
               b'3 "INCR" "%sb"' % prefix, b'3 "AUTH" "(redacted)"', b'0 "SELECT" "0"',
               b'0 "DEL" "%sa"' % prefix, b'0 "exec"'])


@case("EXEC is shown however it ends")
def exec_without_commands():
    listener, client = listening(), Wire()
    client.call(frame(b"EXEC"), b"-ERR EXEC without MULTI\r\n")
    client.send(frame(b"exec", b"x"))
    client.line()
    equal(lines_of(listener, 2), [b'0 "EXEC"', b'0 "exec" "x"'])
    queues(client, b"GET " + K)
    client.send(frame(b"nosuch") + frame(b"EXEC"))
    client.line()
    client.line()
    equal(lines_of(listener, 2), [b'0 "MULTI"', b'0 "EXEC"'])
    client.send(frame(b"WATCH", K) + frame(b"SET", K, b"1") + frame(b"MULTI") + frame(b"GET", K) +
                frame(b"EXEC") + frame(b"PING"))
    equal(lines_of(listener, 5), [b'0 "WATCH" "%s"' % K, b'0 "SET" "%s" "1"' % K, b'0 "MULTI"',
                                  b'0 "EXEC"', b'0 "PING"'])


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
