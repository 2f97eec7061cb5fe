"""Clients and peers that do not behave: half-closed and idle connections, slow readers, enormous
values, bytes that are no messages; and a clean end while requests are in flight."""

import os
import socket
import threading
import time

from kindred import (SLOWNESS, Client, Cluster, ReplyError, Server, free_port, info, run,
                     wait_until)

MIB = 1 << 20


def one_server(directory, *options):
    return Server(os.path.join(directory, "node"), free_port(), *options).start().wait_ready()


def test_a_client_that_has_closed_its_half_gets_its_replies(directory):
    server = one_server(directory)
    with server.client() as client:
        client.send_raw(b"".join(Client.encode("incr", "n") for _ in range(500)))
        client.socket.shutdown(socket.SHUT_WR)
        assert [client.read() for _ in range(500)] == list(range(1, 501))
        assert client.file.read() == b""


def test_quit_answers_what_came_before_it(directory):
    server = one_server(directory)
    with server.client() as client:
        client.send_raw(b"SET a 1\r\nGET a\r\nQUIT\r\nGET a\r\n")
        assert [client.read() for _ in range(3)] == ["OK", b"1", "OK"]
        assert client.file.read() == b""


def test_values_of_many_megabytes(directory):
    server = one_server(directory)
    value = os.urandom(MIB) * 24
    with server.client(timeout=60.0) as client:
        assert client("set", "large", value) == "OK"
        assert client("get", "large") == value
        assert client("strlen", "large") == len(value)


def test_a_slow_reader_does_not_fill_the_memory(directory):
    server = one_server(directory)
    with server.client(timeout=60.0) as slow, server.client() as other:
        assert slow("set", "k", b"x" * MIB) == "OK"
        before = resident_bytes(server)
        asked = 200
        sender = threading.Thread(target=slow.send_raw, args=(Client.encode("get", "k") * asked,))
        sender.start()
        time.sleep(1.0)
        assert other("ping") == "PONG"
        assert resident_bytes(server) - before < 64 * MIB
        for _ in range(asked):
            assert len(slow.read()) == MIB
        sender.join()


def resident_bytes(server):
    with open(f"/proc/{server.pid}/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGESIZE")


def test_a_client_that_only_sends_is_not_read_for_ever(directory):
    server = one_server(directory)
    with server.client() as rude:
        rude.socket.settimeout(2.0)
        before = resident_bytes(server)
        try:
            for _ in range(400):
                rude.send_raw(Client.encode("echo", b"y" * MIB))
            raise AssertionError("400 MiB were taken from a client that reads nothing")
        except TimeoutError:
            pass
        assert resident_bytes(server) - before < 64 * MIB
        assert server.answers()


def test_silent_clients_are_disconnected_after_the_timeout(directory):
    server = one_server(directory, "--timeout", 1)
    with server.client() as client:
        assert client("ping") == "PONG"
        assert client.file.read() == b""


def test_a_killed_client_is_disconnected(directory):
    server = one_server(directory)
    with server.client() as victim, server.client() as other:
        number = victim("client", "id")
        try:
            killed = other("client", "kill", "id", number)
        except ReplyError:
            return  # not offered yet
        assert killed == 1
        assert victim.file.read() == b""


def test_hundreds_of_clients(directory):
    server = one_server(directory)
    clients = [server.client() for _ in range(300)]
    for number, client in enumerate(clients):
        client.send("set", f"k{number}", number)
    assert all(client.read() == "OK" for client in clients)
    assert int(info(server, "clients")["connected_clients"]) == 301
    for client in clients:
        client.close()
    wait_until(lambda: info(server, "clients")["connected_clients"] == "1", what="all have gone")


def test_strangers_on_the_peer_port_are_turned_away(directory):
    server = one_server(directory)
    with Client(server.peer_port) as redis:
        redis.send_raw(b"*1\r\n$4\r\nPING\r\n")
        assert redis.file.read() == b""
    with Client(server.peer_port) as silent:
        assert silent.file.read() == b""  # after the deadline of the handshake
    with Client(server.peer_port) as noise:
        noise.send_raw(b"KNDR" + os.urandom(4000))
        noise.file.read()
    assert server.answers()
    assert "is no Kindred node" in server.log_text()


def test_nodes_need_the_same_secret(directory):
    secrets = []
    for name in ("one", "two"):
        secrets.append(os.path.join(directory, name))
        with open(secrets[-1], "w") as secret:
            secret.write(f"the secret {name}\n")
    first = Server(os.path.join(directory, "first"), free_port(), "--cluster-secret-file",
                   secrets[0]).start().wait_ready()
    join = ("--join", f"127.0.0.1:{first.peer_port}")
    for name, options, why in (
            ("other", ("--cluster-secret-file", secrets[1]),
             "the two nodes have different cluster secrets"),
            ("none", (), "has a cluster secret and the node that dialed has none")):
        stranger = Server(os.path.join(directory, name), free_port(), *options, *join).start()
        # At once: to try again would change nothing.
        assert stranger.process.wait(5 * SLOWNESS) == 1
        sentence = stranger.log_text().splitlines()[-1]
        assert sentence.startswith(f"kindred: the cluster of {join[1]} does not take this node: ")
        assert why in sentence and "the same cluster-secret-file" in sentence, sentence
    friend = Server(os.path.join(directory, "friend"), free_port(), "--cluster-secret-file",
                    secrets[0], *join).start().wait_ready()
    assert info(friend, "kindred")["nodes"] == "2"


def test_sigterm_answers_what_is_in_flight(directory):
    cluster = Cluster(directory).start()
    acked = []
    stop = threading.Event()

    def write():
        with cluster[0].client() as client:
            number = 0
            try:
                while not stop.is_set():
                    if client("set", f"w{number}", number) == "OK":
                        acked.append(number)
                    number += 1
            except (OSError, ReplyError):
                pass

    writer = threading.Thread(target=write)
    writer.start()
    wait_until(lambda: len(acked) > 50)
    begun = time.monotonic()
    assert cluster.stop() == [0, 0, 0]
    assert time.monotonic() - begun < 5.0
    stop.set()
    writer.join()
    cluster.restart()
    assert all("was shut down cleanly" in server.log_text() for server in cluster)
    with cluster[1].client() as client:
        replies = client.pipeline([("get", f"w{number}") for number in acked])
    assert replies == [str(number).encode() for number in acked]


if __name__ == "__main__":
    run(globals())
