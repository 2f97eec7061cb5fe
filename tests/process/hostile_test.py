"""Clients that send rubbish, promise what they do not send, take nothing, or come in great numbers,
on both faces: whatever they do, another client is answered at once, and the memory is freed."""

import contextlib
import os
import random
import resource
import socket
import struct
import threading
import time

from kindred import SLOWNESS, Client, ReplyError, Server, free_port, info, run, wait_until

MIB = 1 << 20
# A sanitizer copies hundreds of MiB so slowly that the limit can only tell an answer from none.
ANSWER_SECONDS = 0.1 if SLOWNESS == 1.0 else 5.0
# What allocators may keep of what was freed; a sanitizer keeps 256 MiB to recognise it.
KEPT_BYTES = 32 * MIB if SLOWNESS == 1.0 else 400 * MIB


def start(directory, *options):
    server = Server(os.path.join(directory, "node"), free_port(), *options).start().wait_ready()
    with server.client() as client:
        assert client("set", "known", "value") == "OK"
    return server


def faces(server):
    return server.port, server.cluster_port


def answer_seconds(port):
    """How long another client takes to come and get what it asks for."""
    begun = time.monotonic()
    with Client(port) as client:
        assert client("ping") == "PONG"
        assert client("get", "known") == b"value"
        assert client("set", "other", "value") == "OK"
    return time.monotonic() - begun


def is_well(server):
    """Another client is answered at once, on both faces. Gives the longer of their times."""
    took = max(answer_seconds(port) for port in faces(server))
    assert took < ANSWER_SECONDS, f"another client waited {took:.2f} s"
    return took


def resident_bytes(server):
    with open(f"/proc/{server.pid}/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGESIZE")


@contextlib.contextmanager
def unharmed(server):
    """Whatever is done to the server inside, it is as good as before in the end."""
    before = resident_bytes(server)
    yield before
    is_well(server)
    wait_until(lambda: info(server, "clients")["connected_clients"] == "1", what="all have gone")
    wait_until(lambda: resident_bytes(server) - before < KEPT_BYTES, 30.0, "the memory is free")


def ends(client):
    """Whether the server closes the connection; what it says before does not matter."""
    client.socket.settimeout(5.0 * SLOWNESS)
    try:
        while client.socket.recv(65536):
            pass
        return True
    except ConnectionError:
        return True
    except TimeoutError:
        return False


def reset(client):
    """Closes with a reset instead of an orderly end."""
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def test_garbage(directory):
    server = start(directory)
    rubbish = random.Random(1)
    for port in (*faces(server), server.peer_port):
        with unharmed(server):
            for _ in range(30):
                with Client(port) as client:
                    try:
                        client.send_raw(rubbish.randbytes(rubbish.randrange(1, 5000)))
                        client.socket.shutdown(socket.SHUT_WR)
                    except OSError:
                        pass  # it has hung up already
                    assert ends(client)


BROKEN = (
    (b"*1\r\n:5\r\n", "Protocol error: expected '$', got ':'"),
    (b"*1\r\n*1\r\n$4\r\nPING\r\n", "Protocol error: expected '$', got '*'"),
    (b"*1\r\n" * 1000, "Protocol error: expected '$', got '*'"),
    (b"*x\r\n", "Protocol error: invalid multibulk length"),
    (b"*1 \r\n", "Protocol error: invalid multibulk length"),
    (b"*2000000000\r\n", "Protocol error: invalid multibulk length"),
    (b"*99999999999999999999\r\n", "Protocol error: invalid multibulk length"),
    (b"*1\r\n$-5\r\n", "Protocol error: invalid bulk length"),
    (b"*1\r\n$-1\r\n", "Protocol error: invalid bulk length"),
    (b"*1\r\n$\r\n", "Protocol error: invalid bulk length"),
    (b"*1\r\n$4294967300\r\nPING\r\n", "Protocol error: invalid bulk length"),
    (b"*1\r\n$-18446744073709551612\r\nPING\r\n", "Protocol error: invalid bulk length"),
    (b"*1\r\n$99999999999\r\n", "Protocol error: invalid bulk length"),
    (b"x" * 70000, "Protocol error: too big inline request"),
    (b"*" + b"1" * 70000, "Protocol error: too big mbulk count string"),
    (b"*1\r\n$" + b"1" * 70000, "Protocol error: too big bulk count string"),
    (b'GET "unbalanced\r\n', "Protocol error: unbalanced quotes in request"),
)


def test_broken_protocol_is_refused_and_the_connection_closed(directory):
    server = start(directory)
    with unharmed(server):
        for port in faces(server):
            for raw, error in BROKEN:
                with Client(port) as client:
                    client.send_raw(raw)
                    reply = client.read()
                    assert isinstance(reply, ReplyError), (raw[:30], reply)
                    assert str(reply) == f"ERR {error}", (raw[:30], reply)
                    assert ends(client), raw[:30]


def test_no_command_at_all_is_passed_over(directory):
    server = start(directory)
    with unharmed(server):
        for port in faces(server):
            with Client(port) as client:
                client.send_raw(b"*0\r\n*-1\r\n*-2000000000\r\n\r\n\n" * 10_000)
                assert client("ping") == "PONG"


def test_half_a_command(directory):
    server = start(directory)
    whole = Client.encode("set", "half", "value")
    with unharmed(server):
        for port in faces(server):
            for length in range(1, len(whole)):
                with Client(port) as client:
                    client.send_raw(whole[:length])
            with Client(port) as client:
                assert client("exists", "half") == 0


def test_one_byte_at_a_time(directory):
    server = start(directory)
    with unharmed(server):
        clients = [Client(port) for port in faces(server) for _ in range(100)]
        whole = [Client.encode("set", f"slow:{number:03}", "value") for number in range(200)]
        for position in range(len(whole[0])):
            for client, raw in zip(clients, whole):
                client.send_raw(raw[position:position + 1])
            if position % 10 == 0:
                is_well(server)
        assert all(client.read() == "OK" for client in clients)
        for client in clients:
            client.close()


def test_half_closed_connections(directory):
    server = start(directory)
    with unharmed(server):
        for port in faces(server):
            waiting = [Client(port) for _ in range(100)]
            for number, client in enumerate(waiting):
                client.send_raw(Client.encode("set", f"last:{number}", number) * 20)
                if number % 2:
                    client.send_raw(b"*2\r\n$3\r\nGET\r\n$100\r\nhalf")
                client.socket.shutdown(socket.SHUT_WR)
            for client in waiting:
                assert [client.read() for _ in range(20)] == ["OK"] * 20
                assert ends(client)
                client.close()
            for number in range(100):  # gone without a word, with replies on the way
                client = Client(port)
                client.send_raw(Client.encode("get", "known") * 200)
                reset(client)


def test_a_value_that_is_announced_and_never_sent(directory):
    server = start(directory)
    with unharmed(server) as before:
        clients = [Client(port) for port in faces(server) for _ in range(20)]
        for client in clients:
            client.send_raw(b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$%d\r\nx" % (512 * MIB))
        is_well(server)
        grown = resident_bytes(server) - before
        print(f"    40 values of 512 MiB announced: {grown / MIB:.1f} MiB more in memory")
        assert grown < 8 * MIB * SLOWNESS
        for client in clients:
            client.close()
        with server.client() as client:
            client.send_raw(b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$%d\r\n" % (512 * MIB + 1))
            assert str(client.read()) == "ERR Protocol error: invalid bulk length"


def test_a_huge_value_whose_end_is_not_sent(directory):
    server = start(directory)
    piece = b"x" * MIB

    def send(client):
        client.send_raw(b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$%d\r\n" % (500 * MIB))
        for _ in range(490):
            client.send_raw(piece)

    for port in faces(server):
        with unharmed(server), Client(port, timeout=30.0) as client:
            sender = threading.Thread(target=send, args=(client,))
            sender.start()
            longest = 0.0
            while sender.is_alive():
                longest = max(longest, is_well(server))
            print(f"    490 MiB of 500: another client was answered after {longest * 1000:.1f} ms")
            client.close()


def test_a_million_arguments_that_are_announced_and_never_sent(directory):
    server = start(directory)
    with unharmed(server) as before:
        clients = [Client(port) for port in faces(server) for _ in range(50)]
        for client in clients:
            client.send_raw(b"*1048576\r\n$4\r\nMGET\r\n" + b"$1\r\nk\r\n" * 500)
        is_well(server)
        grown = resident_bytes(server) - before
        print(f"    100 times a million arguments announced: {grown / MIB:.1f} MiB more in memory")
        assert grown < 16 * MIB * SLOWNESS
        for client in clients:
            client.close()


def test_five_thousand_connections(directory):
    """The server is started with few descriptors allowed and has to help itself, as Redis does."""
    count = 5000
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, hard))
    server = start(directory)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, count + 1000)), hard))
    with unharmed(server) as before:
        clients = [Client(faces(server)[number % 2], timeout=30.0) for number in range(count)]
        is_well(server)
        assert int(info(server, "clients")["connected_clients"]) == count + 1
        for number, client in enumerate(clients):
            client.send("set", f"key:{number}", number)
        assert all(client.read() == "OK" for client in clients)
        print(f"    another client was answered after {is_well(server) * 1000:.1f} ms, "
              f"{(resident_bytes(server) - before) / MIB:.0f} MiB more in memory")
        for client in clients:
            client.send("incr", "counter")
        assert sorted(client.read() for client in clients) == list(range(1, count + 1))
        for number, client in enumerate(clients):
            (reset if number % 3 == 0 else Client.close)(client)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_client_that_asks_for_much_and_takes_nothing(directory):
    server = start(directory)
    with server.client(timeout=30.0) as client:
        assert client("set", "large", b"x" * MIB) == "OK"
    for port in faces(server):
        for command in (Client.encode("get", "large"), Client.encode("mget", *["large"] * 10)):
            with unharmed(server) as before, Client(port) as slow:
                slow.socket.settimeout(0.5)
                try:
                    for _ in range(20000):
                        slow.send_raw(command)
                except TimeoutError:
                    pass  # the server does not read on
                took = is_well(server)
                grown = resident_bytes(server) - before
                print(f"    {grown / MIB:.0f} MiB more in memory, another client was answered "
                      f"after {took * 1000:.1f} ms")
                assert grown < 256 * MIB
                slow.close()


def test_many_slow_readers(directory):
    """They do take their replies, but next to nothing at a time."""
    server = start(directory)
    value = b"x" * (256 << 10)
    with server.client(timeout=30.0) as client:
        assert client("set", "large", value) == "OK"
    with unharmed(server) as before:
        readers = [Client(port) for port in faces(server) for _ in range(25)]
        for reader in readers:
            reader.send_raw(Client.encode("get", "large") * 100)
        taken = 0
        for _ in range(20):
            for reader in readers:
                taken += len(reader.socket.recv(512))
            is_well(server)
        grown = resident_bytes(server) - before
        print(f"    50 slow readers: {grown / MIB:.0f} MiB more in memory")
        assert taken > 0 and grown < 256 * MIB * SLOWNESS
        for reader in readers:
            reader.close()


def test_long_pipelines(directory):
    server = start(directory)
    count = 10_000
    for port in faces(server):
        with unharmed(server), Client(port, timeout=30.0) as client:
            client("del", "counter")
            # From a thread of its own, as the server does not read on for ever without being read.
            for commands, wanted in (
                    ([("set", f"key:{n}", n) for n in range(count)], ["OK"] * count),
                    ([("get", f"key:{n}") for n in range(count)],
                     [b"%d" % n for n in range(count)]),
                    ([("incr", "counter")] * count, list(range(1, count + 1))),
                    ([("ping",)] * count, ["PONG"] * count)):
                raw = b"".join(Client.encode(*command) for command in commands)
                sender = threading.Thread(target=client.send_raw, args=(raw,))
                begun = time.monotonic()
                sender.start()
                meanwhile = is_well(server)
                replies = [client.read() for _ in range(count)]
                took = time.monotonic() - begun
                sender.join()
                assert replies == wanted, commands[0]
                print(f"    {count} x {commands[0][0]}: {took:.2f} s, another client was answered "
                      f"after {meanwhile * 1000:.1f} ms")
            client.close()


def test_a_pipeline_that_nobody_waits_for(directory):
    server = start(directory)
    with unharmed(server):
        for port in faces(server):
            for _ in range(10):
                with Client(port) as client:
                    client.send_raw(Client.encode("incr", "abandoned") * 1000)
    with server.client() as client:
        assert 0 <= int(client("get", "abandoned") or 0) <= 20 * 1000


def test_commands_that_are_none(directory):
    server = start(directory)
    with server.client() as client:
        for command in (("",), ("nosuch", "x"), ("get",), ("get", "a", "b"), ("set", "a"),
                        ("x" * 10000,), (b"\x00\xff\r\n",), ("with",), ("with", "r", "9"),
                        ("with", "context", "!", "get", "a"), ("siblings",), ("expire", "a", "b"),
                        ("incrby", "a", "99999999999999999999"), ("select", "16"),
                        ("client", "nosuch"), ("config", "set", "nosuch", "1")):
            client.send(*command)
            reply = client.read()
            assert isinstance(reply, ReplyError), (command, reply)
        assert client("ping") == "PONG"
        long_key = b"k" * (2 * MIB)
        assert client("set", long_key, "v") == "OK"
        assert client("get", long_key) == b"v"
        assert client("del", long_key) == 1
    is_well(server)


if __name__ == "__main__":
    run(globals())
