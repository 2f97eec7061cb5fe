"""Clients that send rubbish, promise what they do not send, take nothing, or come in great numbers:
whatever they do, another client is answered within a second."""

import os
import random
import resource
import socket
import threading
import time

from kindred import SLOWNESS, Client, ReplyError, Server, free_port, info, run, wait_until

MIB = 1 << 20
ANSWER_SECONDS = 1.0 * SLOWNESS


def start(directory):
    server = Server(os.path.join(directory, "node"), free_port()).start().wait_ready()
    with server.client() as client:
        assert client("set", "known", "value") == "OK"
    return server


def is_well(server):
    """Another client gets what it asks for within a second."""
    begun = time.monotonic()
    with server.client() as client:
        assert client("ping") == "PONG"
        assert client("get", "known") == b"value"
        assert client("set", "other", "value") == "OK"
    took = time.monotonic() - begun
    assert took < ANSWER_SECONDS, f"another client waited {took:.2f} s"
    return took


def resident_bytes(server):
    with open(f"/proc/{server.pid}/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGESIZE")


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


def test_garbage(directory):
    server = start(directory)
    rubbish = random.Random(1)
    for port in (server.port, server.cluster_port, server.peer_port):
        for _ in range(30):
            with Client(port) as client:
                try:
                    client.send_raw(rubbish.randbytes(rubbish.randrange(1, 5000)))
                    client.socket.shutdown(socket.SHUT_WR)
                except OSError:
                    pass  # it has hung up already
                assert ends(client)
        is_well(server)


def test_broken_protocol_is_refused_and_the_connection_closed(directory):
    server = start(directory)
    for raw, error in ((b"*1\r\n:5\r\n", "Protocol error: expected '$', got ':'"),
                       (b"*x\r\n", "Protocol error: invalid multibulk length"),
                       (b"*2000000000\r\n", "Protocol error: invalid multibulk length"),
                       (b"*1\r\n$-5\r\n", "Protocol error: invalid bulk length"),
                       (b"*1\r\n$99999999999\r\n", "Protocol error: invalid bulk length"),
                       (b"x" * 70000, "Protocol error: too big inline request"),
                       (b"*1\r\n$" + b"1" * 70000, "Protocol error: too big bulk count string"),
                       (b'GET "unbalanced\r\n', "Protocol error: unbalanced quotes in request")):
        with server.client() as client:
            client.send_raw(raw)
            reply = client.read()
            assert isinstance(reply, ReplyError) and str(reply) == f"ERR {error}", (raw[:30], reply)
            assert ends(client), raw[:30]
    is_well(server)


def test_half_a_command(directory):
    server = start(directory)
    whole = Client.encode("set", "half", "value")
    for length in range(1, len(whole)):
        with server.client() as client:
            client.send_raw(whole[:length])
    with server.client() as client:
        assert client("exists", "half") == 0
        for byte in whole:  # one byte at a time is a command nevertheless
            client.send_raw(bytes([byte]))
        assert client.read() == "OK"
    is_well(server)


def test_a_value_that_is_announced_and_never_sent(directory):
    server = start(directory)
    before = resident_bytes(server)
    clients = [server.client() for _ in range(20)]
    for client in clients:
        client.send_raw(b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$%d\r\nx" % (512 * MIB))
    is_well(server)
    grown = resident_bytes(server) - before
    print(f"    20 values of 512 MiB announced: {grown / MIB:.1f} MiB more in memory")
    assert grown < 8 * MIB * SLOWNESS
    for client in clients:
        client.close()
    with server.client() as client:
        client.send_raw(b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$%d\r\n" % (512 * MIB + 1))
        assert str(client.read()) == "ERR Protocol error: invalid bulk length"
    with server.client() as client:  # as many arguments as there may be, and none comes
        client.send_raw(b"*1048576\r\n")
        is_well(server)
    assert resident_bytes(server) - before < 16 * MIB * SLOWNESS
    is_well(server)


def test_a_thousand_connections(directory):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(4096, hard)), hard))
    server = start(directory)
    clients = [server.client() for _ in range(1000)]
    for number, client in enumerate(clients):
        client.send("set", f"key:{number}", number)
    assert all(client.read() == "OK" for client in clients)
    print(f"    another client was answered after {is_well(server) * 1000:.1f} ms")
    for client in clients:
        client.send("incr", "counter")
    assert sorted(client.read() for client in clients) == list(range(1, 1001))
    assert int(info(server, "clients")["connected_clients"]) == 1001
    for client in clients:
        client.close()
    wait_until(lambda: info(server, "clients")["connected_clients"] == "1", what="all have gone")
    is_well(server)


def test_a_client_that_asks_for_much_and_takes_nothing(directory):
    server = start(directory)
    with server.client(timeout=30.0) as client:
        assert client("set", "large", b"x" * MIB) == "OK"
        before = resident_bytes(server)
        for command in (Client.encode("get", "large"), Client.encode("mget", *["large"] * 10)):
            with server.client() as slow:
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
        assert client("strlen", "large") == MIB
    is_well(server)


def test_long_pipelines(directory):
    server = start(directory)
    count = 10_000
    with server.client(timeout=30.0) as client:
        # From a thread of its own, as the server does not read on for ever without being read.
        for commands, wanted in (
                ([("set", f"key:{n}", n) for n in range(count)], ["OK"] * count),
                ([("get", f"key:{n}") for n in range(count)], [b"%d" % n for n in range(count)]),
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


def test_a_pipeline_that_nobody_waits_for(directory):
    server = start(directory)
    for _ in range(20):
        with server.client() as client:
            client.send_raw(Client.encode("incr", "abandoned") * 2000)
    is_well(server)
    wait_until(lambda: info(server, "clients")["connected_clients"] == "1", what="all have gone")
    with server.client() as client:
        assert 0 <= int(client("get", "abandoned") or 0) <= 20 * 2000


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
