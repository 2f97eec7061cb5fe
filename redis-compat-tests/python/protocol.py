"""The bytes on the wire: inline commands, split and joined frames, RESP3, and broken input."""

from compat import case, equal, key, main
from wire import Wire, frame

K = key("k").encode()


@case("inline commands")
def inline():
    wire = Wire()
    wire.call(b"PING\r\n", b"+PONG\r\n")
    wire.call(b"ping\n", b"+PONG\r\n")
    wire.call(b"SET " + K + b" value\r\n", b"+OK\r\n")
    wire.call(b"  GET   " + K + b"  \r\n", b"$5\r\nvalue\r\n")
    wire.call(b"\r\n\r\nPING\r\n", b"+PONG\r\n")


@case("inline commands with quotes")
def inline_quotes():
    wire = Wire()
    wire.call(b'ECHO "two words"\r\n', b"$9\r\ntwo words\r\n")
    wire.call(b'ECHO "\\x00\\n\\"\\\\"\r\n', b"$4\r\n\x00\n\"\\\r\n")
    wire.call(b"ECHO 'single \\n \\' \"'\r\n", b"$13\r\nsingle \\n ' \"\r\n")
    wire.call(b'ECHO ""\r\n', b"$0\r\n\r\n")


@case("unbalanced quotes end the connection")
def unbalanced():
    wire = Wire()
    wire.send(b'ECHO "open\r\n')
    equal(wire.line(), b"-ERR Protocol error: unbalanced quotes in request")
    wire.expect_closed()


@case("HTTP ends the connection without a word, before the request's body")
def http():
    for request in (b"POST / HTTP/1.1\r\nHost: a\r\n\r\nSET " + K + b" evil\r\n",
                    b"Host: a\r\nSET " + K + b" evil\r\n", frame(b"post", b"/")):
        wire = Wire()
        wire.call(b"SET " + K + b" good\r\n", b"+OK\r\n")
        wire.send(request)
        wire.expect_closed()
        Wire().call(b"GET " + K + b"\r\n", b"$4\r\ngood\r\n")


@case("RESP2 replies, byte for byte")
def resp2():
    wire = Wire()
    n, none = key("resp2").encode(), key("none").encode()
    wire.call(frame(b"SET", n, b"12"), b"+OK\r\n")
    wire.call(frame(b"GET", n), b"$2\r\n12\r\n")
    wire.call(frame(b"GET", none), b"$-1\r\n")
    wire.call(frame(b"INCR", n), b":13\r\n")
    wire.call(frame(b"MGET", n, none), b"*2\r\n$2\r\n13\r\n$-1\r\n")
    wire.call(frame(b"DECRBY", n, b"20"), b":-7\r\n")
    wire.call(frame(b"INCRBYFLOAT", n, b"0.5"), b"$4\r\n-6.5\r\n")
    wire.call(frame(b"TYPE", n), b"+string\r\n")
    wire.call(frame(b"SET", none, b"x", b"XX"), b"$-1\r\n")
    wire.call(frame(b"KEYS", key("no*").encode()), b"*0\r\n")
    wire.call(frame(b"CONFIG", b"GET", b"databases"), b"*2\r\n$9\r\ndatabases\r\n$2\r\n16\r\n")
    wire.call(frame(b"PING", b""), b"$0\r\n\r\n")


@case("RESP3 replies, byte for byte")
def resp3():
    wire = Wire()
    n, none = key("resp3").encode(), key("none3").encode()
    wire.call(frame(b"HELLO", b"3"), b"%7\r\n$6\r\nserver\r\n$")
    while wire.line() != b"$7" or wire.line() != b"modules":
        pass
    wire.expect(b"*0\r\n")
    wire.call(frame(b"SET", n, b"12"), b"+OK\r\n")
    wire.call(frame(b"GET", n), b"$2\r\n12\r\n")
    wire.call(frame(b"GET", none), b"_\r\n")
    wire.call(frame(b"MGET", n, none), b"*2\r\n$2\r\n12\r\n_\r\n")
    wire.call(frame(b"SET", none, b"x", b"XX"), b"_\r\n")
    wire.call(frame(b"CLIENT", b"GETNAME"), b"_\r\n")
    wire.call(frame(b"CONFIG", b"GET", b"databases"), b"%1\r\n$9\r\ndatabases\r\n$2\r\n16\r\n")
    wire.call(frame(b"INCRBYFLOAT", n, b"0.5"), b"$4\r\n12.5\r\n")
    wire.send(frame(b"CLIENT", b"INFO"))
    equal(wire.line()[:1], b"=")
    equal(wire.line()[:7], b"txt:id=")


@case("error replies, byte for byte")
def errors():
    wire = Wire()
    wire.call(frame(b"NOSUCH"),
              b"-ERR unknown command 'NOSUCH', with args beginning with: \r\n")
    wire.call(frame(b"NOSUCH", b"a", b"b c"),
              b"-ERR unknown command 'NOSUCH', with args beginning with: 'a' 'b c' \r\n")
    wire.call(frame(b"NOSUCH", b"a\r\nb"),
              b"-ERR unknown command 'NOSUCH', with args beginning with: 'a  b' \r\n")
    wire.call(frame(b"HELLO", b"9"), b"-NOPROTO unsupported protocol version\r\n")
    wire.call(frame(b"PING"), b"+PONG\r\n")


@case("a long unknown command is cut short")
def long_unknown():
    wire = Wire()
    wire.send(frame(b"X" * 500, *[b"y" * 100] * 5))
    line = wire.line()
    equal(line.startswith(b"-ERR unknown command '" + b"X" * 128 + b"', with args"), True)
    equal(len(line) < 500, True)


@case("a command that arrives byte by byte")
def split():
    wire = Wire()
    for byte in frame(b"SET", K, b"a\r\nb") + frame(b"GET", K):
        wire.send(bytes([byte]))
    wire.expect(b"+OK\r\n$4\r\na\r\nb\r\n")


@case("1000 commands in one piece")
def joined():
    wire = Wire()
    n = key("joined").encode()
    wire.send(frame(b"INCR", n) * 1000)
    wire.expect(b"".join(b":%d\r\n" % i for i in range(1, 1001)))


@case("inline and framed commands side by side")
def side_by_side():
    wire = Wire()
    wire.call(b"PING\r\n" + frame(b"ECHO", b"x") + b"PING a\r\n" + frame(b"PING"),
              b"+PONG\r\n$1\r\nx\r\n$1\r\na\r\n+PONG\r\n")


@case("an empty frame is no command")
def empty_frame():
    wire = Wire()
    wire.call(b"*0\r\n" + frame(b"PING"), b"+PONG\r\n")
    wire.call(b"*-1\r\n" + frame(b"PING"), b"+PONG\r\n")


@case("broken frames are told so and end the connection")
def broken():
    for data, text in (
            (b"*abc\r\n", b"invalid multibulk length"),
            (b"*3000000000\r\n", b"invalid multibulk length"),
            (b"*1\r\nPING\r\n", b"expected '$', got 'P'"),
            (b"*1\r\n$abc\r\n", b"invalid bulk length"),
            (b"*1\r\n$-5\r\n", b"invalid bulk length"),
            (b"*1\r\n$99999999999\r\n", b"invalid bulk length")):
        wire = Wire()
        wire.send(data)
        equal(wire.line(), b"-ERR Protocol error: " + text)
        wire.expect_closed()


@case("what came before a broken frame is answered")
def before_broken():
    wire = Wire()
    wire.send(frame(b"PING") + b"*x\r\n")
    wire.expect(b"+PONG\r\n-ERR Protocol error: invalid multibulk length\r\n")
    wire.expect_closed()


@case("QUIT is answered, then the connection ends")
def quit_command():
    wire = Wire()
    wire.call(frame(b"PING") + frame(b"QUIT") + frame(b"PING"), b"+PONG\r\n+OK\r\n")
    wire.expect_closed()


@case("RESET goes back to RESP2")
def reset():
    wire = Wire()
    wire.send(frame(b"HELLO", b"3") + frame(b"RESET"))
    while wire.line() != b"+RESET":
        pass
    wire.call(frame(b"GET", key("none4").encode()), b"$-1\r\n")


@case("what Lettuce, StackExchange and go-redis pipeline gets one reply each")
def greetings():
    wire = Wire()
    wire.send(frame(b"CLIENT", b"SETINFO", b"LIB-NAME", b"x")
              + frame(b"CLIENT", b"MAINT_NOTIFICATIONS", b"ON")
              + frame(b"CONFIG", b"GET", b"timeout")
              + frame(b"ECHO", bytes(range(16))))
    equal(wire.line()[:1] in (b"+", b"-"), True)
    equal(wire.line()[:4], b"-ERR")
    wire.expect(b"*2\r\n$7\r\ntimeout\r\n$1\r\n0\r\n$16\r\n" + bytes(range(16)) + b"\r\n")


main()
