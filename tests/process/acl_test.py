"""Who may come in, over real sockets: users and passwords that are the same on every node and
survive what happens to nodes, clients of other machines, and nodes without the right secret."""

import os
import socket
import time

from kindred import (SLOWNESS, Client, Cluster, ReplyError, Server, free_port, info,
                     outside_address, run, run_binary, wait_until)

NO_AUTH = "NOAUTH Authentication required."


def logs_in(server, user, password):
    try:
        with server.client() as client:
            return client("auth", user, password) == "OK"
    except (OSError, ReplyError):
        return False


def error_of(server, *command, login=None):
    """What a new connection's command is refused with, or None."""
    with server.client() as client:
        try:
            if login:
                client("auth", *login)
            client(*command)
            return None
        except ReplyError as error:
            return str(error)


def serves(server, *login):
    """It lets us in and sees all nodes."""
    try:
        with server.client() as client:
            client("auth", *login)
            return b"nodes_alive:3\r" in client("info", "kindred")
    except (OSError, ReplyError):
        return False


def secret_file(directory, name):
    path = os.path.join(directory, name)
    with open(path, "w") as secret:
        secret.write(f"the secret {name}\n")
    return path


# --- users on every node ---------------------------------------------------------------------------


def test_a_user_made_on_one_node_is_known_on_all_and_survives(directory):
    cluster = Cluster(directory).start()
    with cluster[0].client() as client:
        assert client("acl", "setuser", "alice", "on", ">secret", "~a:*", "+@all") == "OK"
    for server in cluster:
        wait_until(lambda s=server: logs_in(s, "alice", "secret"), 2.0, f"{server.port} knows her")
        assert not logs_in(server, "alice", "wrong")
        assert error_of(server, "set", "b", "1", login=("alice", "secret")) == \
            "NOPERM No permissions to access a key"
    # A change on another node, and a node that is killed without a warning right after.
    with cluster[1].client() as client:
        assert client("acl", "setuser", "bob", "on", ">hidden", "allkeys", "+get") == "OK"
    cluster[1].kill()
    cluster[1].start().wait_ready()
    assert logs_in(cluster[1], "bob", "hidden"), "the answer came when it was durable"
    wait_until(lambda: logs_in(cluster[2], "bob", "hidden"), 2.0)
    assert all(code == 0 for code in cluster.stop())
    cluster.restart()
    for server in cluster:
        assert logs_in(server, "alice", "secret") and logs_in(server, "bob", "hidden")


def test_a_node_that_was_away_hears_of_it(directory):
    cluster = Cluster(directory).start()
    with cluster[0].client() as client:
        client("acl", "setuser", "alice", "on", ">secret", "+@all", "~*")
        wait_until(lambda: logs_in(cluster[2], "alice", "secret"), 2.0)
        cluster[2].stop()
        client("acl", "deluser", "alice")
        client("acl", "setuser", "bob", "on", ">secret", "+@all", "~*")
    cluster[2].start().wait_ready()
    wait_until(lambda: logs_in(cluster[2], "bob", "secret"), 2.0)
    assert not logs_in(cluster[2], "alice", "secret")


def test_a_deleted_users_connections_end_on_every_node(directory):
    cluster = Cluster(directory).start()
    with cluster[0].client() as admin:
        admin("acl", "setuser", "alice", "on", "nopass", "+@all", "~*")
        silent = []
        for server in cluster:
            wait_until(lambda s=server: logs_in(s, "alice", "x"), 2.0)
            silent.append(server.client())
            silent[-1]("auth", "alice", "x")
        assert admin("acl", "deluser", "alice") == 1
        for client in silent:  # they say nothing, and are closed all the same
            client.socket.settimeout(5 * SLOWNESS)
            assert client.socket.recv(1) == b""
        assert admin("ping") == "PONG"


def test_a_password_holds_for_the_cluster_and_nodes_need_none(directory):
    cluster = Cluster(directory).start()
    with cluster[0].client() as before:
        assert before("set", "k", "v") == "OK"
        assert before("config", "set", "requirepass", "secret") == "OK"
        assert before("get", "k") == b"v", "who was there before stays"
    for server in cluster:
        wait_until(lambda s=server: error_of(s, "get", "k") == NO_AUTH, 2.0)
        assert error_of(server, "get", "k", login=("secret",)) is None
    for server in cluster:
        server.signal(15)
    for server in cluster:
        server.process.wait()
        server.start()
    for server in cluster:
        wait_until(lambda s=server: serves(s, "secret"), 20.0)
        assert error_of(server, "get", "k") == NO_AUTH
        with server.client() as client:
            client("auth", "default", "secret")
            assert client("get", "k") == b"v"


def test_a_password_of_the_configuration_is_news_once(directory):
    server = Server(os.path.join(directory, "node"), free_port(), "--requirepass", "first")
    server.start()
    wait_until(lambda: logs_in(server, "default", "first"), 20.0)
    assert error_of(server, "ping") == NO_AUTH
    with server.client() as client:
        client("auth", "first")
        client("config", "set", "requirepass", "second")
    server.stop()
    server.start()
    wait_until(lambda: logs_in(server, "default", "second"), 20.0)
    server.stop()
    server.start("--requirepass", "third")
    wait_until(lambda: logs_in(server, "default", "third"), 20.0)
    assert not logs_in(server, "default", "second")


def test_a_node_that_joins_takes_the_clusters_users(directory):
    first = Server(os.path.join(directory, "first"), free_port()).start().wait_ready()
    with first.client() as client:
        client("acl", "setuser", "alice", "on", ">secret", "+@all", "~*")
    time.sleep(0.01)  # the joiner's own users are the later ones
    second = Server(os.path.join(directory, "second"), free_port(), "--requirepass", "mine",
                    "--join", f"127.0.0.1:{first.peer_port}").start().wait_ready()
    assert logs_in(second, "alice", "secret")
    assert info(second, "kindred")["nodes"] == "2"
    assert "requirepass is not the password of the cluster" in second.log_text()
    assert error_of(first, "ping") is None


def test_the_acl_file(directory):
    cluster = Cluster(directory).start()
    path = os.path.join(cluster[0].directory, "users.acl")
    with cluster[0].client() as client:
        client("acl", "setuser", "alice", "on", ">secret", "+@all", "~*")
        assert client("acl", "save") == "OK"
        with open(path) as file:
            saved = file.read()
        assert saved.startswith("user alice on sanitize-payload #"), saved
        client("acl", "deluser", "alice")
        assert client("acl", "load") == "OK"
    for server in cluster:
        wait_until(lambda s=server: logs_in(s, "alice", "secret"), 2.0)
    # Edited while the node is down.
    cluster[0].stop()
    with open(path, "a") as file:
        file.write("user carol on >pass ~* +@all\n")
    cluster[0].start().wait_ready()
    for server in cluster:
        wait_until(lambda s=server: logs_in(s, "carol", "pass"), 2.0)
    # Broken while the node is down.
    cluster[0].stop()
    with open(path, "a") as file:
        file.write("user dave nonsense\n")
    code, _, err = run_binary(*cluster[0].command()[1:])
    assert code == 1 and "users.acl:4: Syntax error" in err.splitlines()[-1], err
    assert logs_in(cluster[1], "carol", "pass")


# --- other machines --------------------------------------------------------------------------------


def test_clients_of_other_machines_need_a_password_to_be_set(directory):
    outside = outside_address()
    if outside is None:
        print("     skipped: this machine has loopback addresses only")
        return
    server = Server(os.path.join(directory, "node"), free_port(), "--bind", "0.0.0.0")
    server.start().wait_ready()

    def first_word():
        with Client(server.port, host=outside) as client:
            client.send("ping")
            try:
                reply = client.read()
            except ConnectionError:
                return "closed"
            if isinstance(reply, ReplyError) and str(reply).startswith("DENIED"):
                try:
                    assert client.file.read() == b"", "and it is closed"
                except ConnectionError:
                    pass  # as our ping was still on its way
                assert "Redis is running in protected mode because" in str(reply)
            return str(reply).split(" ", maxsplit=1)[0]

    assert first_word() == "DENIED"
    with server.client() as client:
        client("config", "set", "requirepass", "secret")
        assert first_word() == "NOAUTH"
        client("config", "set", "requirepass", "")
        assert first_word() == "DENIED"
        client("config", "set", "protected-mode", "no")
        assert first_word() == "PONG"


def test_without_a_secret_peers_are_on_this_machine_only(directory):
    outside = outside_address()
    if outside is None:
        print("     skipped: this machine has loopback addresses only")
        return

    def peer_port_answers(server, host):
        with socket.socket() as probe:
            return probe.connect_ex((host, server.peer_port)) == 0

    secret = secret_file(directory, "secret")
    open_node = Server(os.path.join(directory, "open"), free_port(), "--bind", "0.0.0.0")
    open_node.start().wait_ready()
    assert peer_port_answers(open_node, "127.0.0.1")
    assert not peer_port_answers(open_node, outside)
    guarded = Server(os.path.join(directory, "guarded"), free_port(), "--bind", "0.0.0.0",
                     "--cluster-secret-file", secret).start().wait_ready()
    assert peer_port_answers(guarded, outside)

    def join(*options):
        begun = time.monotonic()
        code, _, err = run_binary("server", "--port", free_port(), "--dir",
                                  os.path.join(directory, "joiner"), "--join",
                                  f"{outside}:{guarded.peer_port}", *options, seconds=30)
        assert code == 1 and time.monotonic() - begun < 10 * SLOWNESS
        return err.splitlines()[-1]

    assert "without a cluster-secret-file nodes link to others on the same machine only" in join()
    assert "different cluster secrets" in join("--cluster-secret-file",
                                               secret_file(directory, "other"))
    friend = Server(os.path.join(directory, "friend"), free_port(),
                    "--bind", f"{outside} 127.0.0.1", "--join", f"{outside}:{guarded.peer_port}",
                    "--cluster-secret-file", secret).start()
    wait_until(lambda: info(guarded, "kindred")["nodes"] == "2", 20.0)
    friend.wait_ready()


def test_the_secret_is_never_sent(directory):
    """A man in the middle sees the whole handshake, and none of the secret."""
    secret = secret_file(directory, "secret")
    member = Server(os.path.join(directory, "member"), free_port(), "--cluster-secret-file",
                    secret).start().wait_ready()
    seen = []
    with socket.socket() as middle:
        middle.bind(("127.0.0.1", 0))
        middle.listen()
        middle.settimeout(20)
        joiner = Server(os.path.join(directory, "joiner"), free_port(), "--join",
                        f"127.0.0.1:{middle.getsockname()[1]}", "--cluster-secret-file", secret)
        joiner.start()
        inside, _ = middle.accept()
        with inside, socket.create_connection(("127.0.0.1", member.peer_port)) as onward:
            inside.settimeout(0.2)
            onward.settimeout(0.2)
            deadline = time.monotonic() + 3 * SLOWNESS
            while time.monotonic() < deadline and sum(map(len, seen)) < 400:
                for source, target in ((inside, onward), (onward, inside)):
                    try:
                        data = source.recv(1 << 16)
                    except TimeoutError:
                        continue
                    seen.append(data)
                    target.sendall(data)
    joiner.kill()
    said = b"".join(seen)
    assert said.count(b"KNDR") >= 3, "a hello, a welcome and a proof"
    assert b"the secret" not in said


if __name__ == "__main__":
    run(globals())
