"""Bounds of what a client may do to the server: on its input, its output, its silence and its
number. Whoever passes one is disconnected; nobody else notices."""

import contextlib
import os
import socket
import threading
import time

from kindred import SLOWNESS, Client, Cluster, Server, free_port, info, run, wait_until

MIB = 1 << 20
ANSWER_SECONDS = 1.0 * SLOWNESS


def one_server(directory, *options):
    return Server(os.path.join(directory, "node"), free_port(), *options).start().wait_ready()


def is_closed(client, seconds=10.0):
    """Whether the server closes the connection, whatever comes before that."""
    client.socket.settimeout(seconds * SLOWNESS)
    try:
        while client.socket.recv(1 << 16):
            pass
        return True
    except ConnectionError:
        return True
    except TimeoutError:
        return False


def resident_bytes(server):
    with open(f"/proc/{server.pid}/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGESIZE")


class Bystander:
    """Somebody else, who asks for something all the time."""

    def __init__(self, server):
        self.client = server.client()
        self.slowest = 0.0
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.ask)
        self.thread.start()

    def ask(self):
        while not self.stop.is_set():
            begun = time.monotonic()
            assert self.client("set", "bystander", 1) == "OK"
            self.slowest = max(self.slowest, time.monotonic() - begun)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()
        print(f"    somebody else waited {self.slowest * 1000:.0f} ms at most")
        assert self.slowest < ANSWER_SECONDS


def test_whoever_passes_the_hard_output_limit_is_disconnected(directory):
    server = one_server(directory, "--client-output-buffer-limit", "normal 8mb 0 0")
    with server.client(timeout=60.0) as client:
        client("set", "large", b"x" * (4 * MIB))
        client("set", "too-large", b"x" * (16 * MIB))
        with Bystander(server), server.client() as slow:
            slow.send_raw(Client.encode("mget", *["large"] * 16))
            assert is_closed(slow)
        assert "does not take its replies" in server.log_text()
        assert len(client("get", "large")) == 4 * MIB, "who takes them may have large ones"
        client("config", "set", "client-output-buffer-limit", "normal 0 0 0")
        assert len(client("get", "too-large")) == 16 * MIB


def test_whoever_stays_beyond_the_soft_output_limit_is_disconnected(directory):
    server = one_server(directory, "--client-output-buffer-limit", "normal 0 512kb 1")
    with server.client() as client:
        client("set", "k", b"x" * MIB)
        with Bystander(server), server.client() as slow:
            begun = time.monotonic()
            slow.send_raw(Client.encode("get", "k") * 20)
            wait_until(lambda: int(info(server, "clients")["connected_clients"]) == 3,
                       what="the one that does not read is gone")
            assert time.monotonic() - begun >= 1.0
        assert len(client("get", "k")) == MIB


def test_large_replies_from_other_nodes_do_not_pile_up(directory):
    cluster = Cluster(directory).start()
    server = cluster[0]
    with server.client(timeout=60.0) as client:
        for number in range(8):
            client("set", f"k{number}", b"x" * MIB)
        before = resident_bytes(server)
        with server.client() as slow:
            slow.socket.settimeout(1.0)
            try:
                for number in range(100_000):
                    slow.send_raw(Client.encode("get", f"k{number % 8}"))
            except TimeoutError:
                pass  # the server does not read on
            grown = resident_bytes(server) - before
            print(f"    {grown / MIB:.0f} MiB more in memory")
            assert grown < 128 * MIB * SLOWNESS
            assert server.answers()


def test_whoever_sends_a_command_without_an_end_is_disconnected(directory):
    server = one_server(directory, "--client-query-buffer-limit", "1mb")
    with Bystander(server), server.client() as endless:
        try:
            endless.send_raw(b"*2\r\n$4\r\nECHO\r\n$100000000\r\n" + b"x" * (4 * MIB))
        except OSError:
            pass
        assert is_closed(endless)


def test_a_command_has_a_million_arguments_at_most(directory):
    server = one_server(directory)
    with server.client() as client:
        client.send_raw(b"*1048577\r\n")
        assert str(client.read()) == "ERR Protocol error: invalid multibulk length"
        assert is_closed(client)
    with server.client(timeout=60.0) as client:
        count = 200_000
        assert client("del", *(f"k{n}" for n in range(count))) == 0


def test_the_timeout_spares_whoever_waits(directory):
    server = one_server(directory, "--timeout", 1)
    with server.client() as sleeper, server.client() as paused, server.client() as other:
        sleeper.send("debug", "sleep", "2.5")
        other("client", "pause", 2500, "write")
        paused.send("set", "k", "v")
        assert sleeper.read() == "OK" and paused.read() == "OK"
        assert is_closed(sleeper) and is_closed(paused)


def keepalive_of(client):
    """Whether TCP asks after the server's end of the connection, from /proc/net/tcp: timer 2."""
    mine, theirs = client.socket.getsockname()[1], client.socket.getpeername()[1]
    with open("/proc/net/tcp") as table:
        for line in table:
            words = line.split()
            if words[1].endswith(f":{theirs:04X}") and words[2].endswith(f":{mine:04X}"):
                return words[5].startswith("02:")
    raise AssertionError("there is no such connection")


def test_tcp_asks_after_silent_clients_as_the_option_says(directory):
    server = one_server(directory)
    with server.client() as client:
        client("ping")
        assert keepalive_of(client)
        client("config", "set", "tcp-keepalive", 0)
        with server.client() as later:
            later("ping")
            assert not keepalive_of(later)


def test_maxclients_is_a_bound_in_a_storm_too(directory):
    server = one_server(directory, "--maxclients", 50)
    with server.client() as first:
        wait_until(lambda: info_of(first)["connected_clients"] == "1")
        sockets = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(300)]
        refused = 300 - 49
        answers = {}
        for connection in sockets:
            connection.setblocking(False)

        def all_told():
            for number, connection in enumerate(sockets):
                with contextlib.suppress(BlockingIOError):
                    if number not in answers:
                        answers[number] = connection.recv(100)
            return len(answers) == refused

        wait_until(all_told)
        assert set(answers.values()) == {b"-ERR max number of clients reached\r\n"}
        stats = info_of(first)
        assert stats["connected_clients"] == "50" and stats["rejected_connections"] == str(refused)
        for connection in sockets:
            connection.close()
        wait_until(lambda: info_of(first)["connected_clients"] == "1")


def info_of(client):
    text = client("info", "clients", "stats").decode()
    return dict(line.split(":", 1) for line in text.split("\r\n") if ":" in line)


if __name__ == "__main__":
    run(globals())
