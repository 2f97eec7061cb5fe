"""Clients that other clients see, hold up or end, whichever loops they are on."""

import os
import time

from kindred import Client, Server, free_port, run, wait_until

LOOPS = 3


def one_server(directory, *options):
    return Server(os.path.join(directory, "node"), free_port(), "--threads", LOOPS,
                  *options).start().wait_ready()


def listed(client, *arguments):
    """CLIENT LIST as dictionaries."""
    lines = client("client", "list", *arguments).decode().splitlines()
    return [dict(field.split("=", 1) for field in line.split(" ")) for line in lines]


def is_closed(client):
    try:
        return client.socket.recv(1) == b""
    except ConnectionError:
        return True


def test_clients_of_all_loops_are_killed_at_once(directory):
    server = one_server(directory)
    victims = [server.client() for _ in range(3 * LOOPS)]
    for number, victim in enumerate(victims):
        victim("client", "setname", f"victim-{number}")
    with server.client() as other:
        by_name = {client["name"]: client["id"] for client in listed(other)}
        ids = [by_name[f"victim-{number}"] for number in range(len(victims))]
        begun = time.monotonic()
        assert [other("client", "kill", "id", number) for number in ids[:-1]] == [1] * len(ids[:-1])
        assert all(is_closed(victim) for victim in victims[:-1])
        print(f"    all closed after {(time.monotonic() - begun) * 1000:.0f} ms")
        assert time.monotonic() - begun < 0.9, "nobody may have to wait for a second to be over"
        assert victims[-1]("ping") == "PONG"
        assert other("client", "kill", "type", "normal") == 1
        assert is_closed(victims[-1])
        wait_until(lambda: len(listed(other)) == 1, what="only one is left")
        assert other("client", "kill", "skipme", "no") == 1
        assert is_closed(other)


def test_a_client_is_killed_by_either_of_its_addresses(directory):
    server = one_server(directory)
    with server.client() as other:
        for kind in (("addr",), ("laddr",), ()):
            with server.client() as victim, Client(server.cluster_port) as bystander:
                assert victim("ping") == "PONG"
                name = "{}:{}".format(*(victim.socket.getpeername() if kind == ("laddr",)
                                        else victim.socket.getsockname()))
                killed = other("client", "kill", *kind, name)
                assert killed == (1 if kind else "OK")
                assert is_closed(victim)
                assert bystander("ping") == "PONG"


def test_a_client_that_takes_nothing_is_killed_too(directory):
    server = one_server(directory)
    with server.client() as victim, server.client() as other:
        other("set", "k", b"x" * (1 << 20))
        number = victim("client", "id")
        victim.send_raw(Client.encode("get", "k") * 50)
        wait_until(lambda: int(listed(other, "id", number)[0]["omem"]) > 1 << 20)
        assert listed(other, "id", number)[0]["events"] == "rw"
        assert other("client", "kill", "id", number) == 1
        wait_until(lambda: listed(other, "id", number) == [])


def test_the_list_has_real_figures(directory):
    server = one_server(directory)
    with server.client() as client, server.client() as other:
        client("client", "setname", "somebody")
        client("client", "setinfo", "lib-name", "lib")
        client("client", "setinfo", "lib-ver", "1.2")
        client("client", "no-evict", "on")
        client("select", 3)
        client("get", "k")
        client.send_raw(b"*2\r\n$3\r\nGET\r\n$100\r\nhalf a key")
        number = next(c["id"] for c in listed(other) if c["name"] == "somebody")
        wait_until(lambda: listed(other, "id", number)[0]["qbuf"] == "29")
        fields = listed(other, "id", number)[0]
        wanted = {"db": "3", "cmd": "get", "flags": "e", "lib-name": "lib", "lib-ver": "1.2",
                  "resp": "2", "user": "default", "multi": "-1", "sub": "0", "redir": "-1",
                  "events": "r", "addr": "{}:{}".format(*client.socket.getsockname()),
                  "laddr": f"127.0.0.1:{server.port}"}
        assert {name: fields[name] for name in wanted} == wanted, fields
        assert int(fields["fd"]) > 0 and int(fields["tot-mem"]) > 29
        wait_until(lambda: int(listed(other, "id", number)[0]["idle"]) >= 1, what="it is idle")
        assert listed(other, "type", "normal") and not listed(other, "type", "pubsub")


def test_a_pause_holds_up_clients_of_all_loops_until_it_ends(directory):
    server = one_server(directory)
    clients = [server.client() for _ in range(2 * LOOPS)]
    with server.client() as other:
        assert other("client", "pause", 60000, "write") == "OK"
        for number, client in enumerate(clients):
            assert client("get", "k") is None
            client.send("set", f"k{number}", number)
        wait_until(lambda: sum(c["flags"] == "b" for c in listed(other)) == len(clients))
        assert other("client", "unpause") == "OK"
        assert [client.read() for client in clients] == ["OK"] * len(clients)
        begun = time.monotonic()
        assert other("client", "pause", 300) == "OK"
        clients[0].send("ping")
        assert clients[0].read() == "PONG"
        assert 0.25 < time.monotonic() - begun < 3.0


def test_replies_that_are_not_wanted_are_not_sent(directory):
    server = one_server(directory)
    with server.client() as client:
        client.send("client", "reply", "off")
        for number in range(1000):
            client.send("incr", "n")
            client.send("nosuch", number)
        assert client("client", "reply", "on") == "OK"
        assert client("get", "n") == b"1000"
        client.send("client", "reply", "skip")
        client.send("incr", "n")
        assert client("get", "n") == b"1001"


def test_beyond_maxclients_one_is_told_so_and_closed(directory):
    server = one_server(directory, "--maxclients", 20)
    clients = [server.client()]
    wait_until(lambda: len(listed(clients[0])) == 1, what="whoever asked whether it is up has gone")
    clients += [server.client() for _ in range(19)]
    assert all(client("ping") == "PONG" for client in clients)
    with server.client() as late:
        assert str(late.read()) == "ERR max number of clients reached"
        assert is_closed(late)
    assert all(client("ping") == "PONG" for client in clients)
    clients.pop().close()
    wait_until(lambda: server.answers(), what="there is room again")


if __name__ == "__main__":
    run(globals())
