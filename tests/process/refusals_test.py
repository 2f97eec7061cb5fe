"""What `kindred server` refuses to start with: one clear sentence and a non-zero exit code."""

import os
import socket

from kindred import ReplyError, Server, free_port, run, run_binary, wait_until


def refusal(directory, *options, port=None):
    """Starts a server that must refuse; returns its sentence."""
    code, out, err = run_binary("server", "--port", port or free_port(), "--dir",
                                os.path.join(directory, "refused"), *options)
    assert code not in (0, None) and code > 0, f"exit code {code}"
    assert out == "", out
    lines = [line for line in err.splitlines() if line.startswith("kindred: ")]
    assert len(lines) == 1, err
    # Nothing but the log's own lines comes with it.
    assert all(line.startswith(("kindred: ", "20")) for line in err.splitlines()), err
    return lines[0]


def expect(sentence, *parts):
    for part in parts:
        assert part in sentence, f"{part!r} is not in: {sentence}"


def test_a_taken_port_is_named(directory):
    for offset, option in ((0, "--port"), (100, "--cluster-port"), (200, "--peer-port")):
        port = free_port()
        with socket.socket() as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # despite TIME_WAIT
            other.bind(("127.0.0.1", port + offset))
            other.listen()
            sentence = refusal(directory, port=port)
        expect(sentence, f"port {port + offset} is taken", option)


def test_the_port_of_another_server_is_taken(directory):
    server = Server(os.path.join(directory, "node"), free_port()).start().wait_ready()
    expect(refusal(directory, port=server.port), f"port {server.port} is taken")
    assert server.answers()


def test_a_directory_serves_one_process(directory):
    server = Server(os.path.join(directory, "node"), free_port()).start().wait_ready()
    expect(refusal(directory, "--dir", server.directory), server.directory, "in use")
    assert server.answers()
    assert server.stop() == 0


def test_foreign_data_is_left_alone(directory):
    foreign = os.path.join(directory, "foreign")
    os.mkdir(foreign)
    with open(os.path.join(foreign, "dump.rdb"), "w") as dump:
        dump.write("REDIS0011")
    expect(refusal(directory, "--dir", foreign), foreign, "dump.rdb")
    assert os.listdir(foreign) == ["dump.rdb"]


def test_unreadable_data_is_refused(directory):
    server = Server(os.path.join(directory, "node"), free_port()).start().wait_ready()
    assert server.stop() == 0
    for name in os.listdir(server.directory):
        if name.startswith("MANIFEST-"):
            with open(os.path.join(server.directory, name), "wb") as manifest:
                manifest.write(b"not a manifest" * 100)
    expect(refusal(directory, "--dir", server.directory), server.directory, "cannot be read")


def test_a_file_is_no_directory(directory):
    path = os.path.join(directory, "file")
    with open(path, "w") as file:
        file.write("")
    expect(refusal(directory, "--dir", path), path, "cannot be created")


def test_an_unknown_option_is_refused(directory):
    expect(refusal(directory, "--nosuch", "1"), "unknown option 'nosuch'", "--help")
    expect(refusal(directory, "--prot=7001"), "unknown option 'prot' (did you mean 'port'?)")
    expect(refusal(directory, "extra"), "'extra' belongs to no option", "--help")
    expect(refusal(directory, "--requirepass"), "--requirepass", "--help")
    file = os.path.join(directory, "kindred.toml")
    with open(file, "w") as config:
        config.write("prot = 7001\n")
    expect(refusal(directory, "--config", file), "prot", "did you mean 'port'", "kindred.toml:1")


def test_quorums_larger_than_the_replicas_are_refused(directory):
    expect(refusal(directory, "--write-quorum", "4"), "write-quorum is 4", "3 replicas")
    expect(refusal(directory, "--read-quorum", "3", "--replicas", "2"), "read-quorum is 3",
           "2 replicas")


def test_values_out_of_range_are_refused(directory):
    for option, value, part in (("--maxclients", "0", "maxclients cannot be '0'"),
                                ("--threads", "-1", "threads cannot be '-1'"),
                                ("--replicas", "many", "replicas cannot be 'many'"),
                                ("--cluster-port", "70000", "cluster-port cannot be '70000'"),
                                ("--cache-bytes", "1kb", "cache-bytes cannot be '1kb'"),
                                ("--appendfsync", "daily", "appendfsync cannot be 'daily'"),
                                ("--vnodes", "1000", "power of two"),
                                ("--join", "nowhere", "HOST:PEERPORT")):
        expect(refusal(directory, option, value), part)
    expect(refusal(directory, port="65536"), "port cannot be '65536'")
    expect(refusal(directory, port="0"), "port is 0, and so is tls-port")
    expect(refusal(directory, port="65500"), "cluster-port would be 65600")


def test_two_faces_need_two_ports(directory):
    port = free_port()
    expect(refusal(directory, "--cluster-port", port, port=port), "port and cluster-port are both")


def test_a_missing_file_is_named(directory):
    expect(refusal(directory, "--config", "/nowhere/kindred.toml"),
           "/nowhere/kindred.toml: No such file or directory")
    expect(refusal(directory, "--config", directory), "Is a directory")
    expect(refusal(directory, "--cluster-secret-file", "/nowhere/secret"), "/nowhere/secret")


def test_an_address_of_another_machine_is_refused(directory):
    expect(refusal(directory, "--bind", "192.0.2.1"), "cannot listen on 192.0.2.1")


def test_a_file_of_options_comes_before_flags(directory):
    port = free_port()
    file = os.path.join(directory, "kindred.toml")
    with open(file, "w") as config:
        config.write(f"port = 1\ntimeout = 77 # seconds\ndir = \"{directory}/elsewhere\"\n")
    server = Server(os.path.join(directory, "node"), port, "--config", file).start().wait_ready()
    with server.client() as client:
        assert client("config", "get", "timeout") == [b"timeout", b"77"]
        assert client("config", "get", "port") == [b"port", str(port).encode()]
    assert not os.path.exists(os.path.join(directory, "elsewhere"))


def test_a_member_with_keys_takes_no_new_node(directory):
    server = Server(os.path.join(directory, "node"), free_port()).start().wait_ready()
    with server.client() as client:
        assert client("set", "k", "v") == "OK"
    sentence = refusal(directory, "--join", f"127.0.0.1:{server.peer_port}")
    expect(sentence, "does not take this node", "holds keys", "cannot be moved yet")
    with server.client() as client:
        assert client("get", "k") == b"v"
        assert client("set", "k", "w") == "OK"


def test_clients_beyond_maxclients_are_told(directory):
    server = Server(os.path.join(directory, "node"), free_port(), "--maxclients", 3)
    server.start().wait_ready()
    # The connections of wait_ready are gone.
    first = server.client()
    wait_until(lambda: b"connected_clients:1\r" in first("info", "clients"), what="it is alone")
    clients = [first, server.client(), server.client()]
    assert all(client("ping") == "PONG" for client in clients)
    with server.client() as one_more:
        reply = one_more.read()
        assert isinstance(reply, ReplyError), reply
        assert str(reply) == "ERR max number of clients reached", reply
    clients.pop().close()
    wait_until(server.answers, what="there is room again")


if __name__ == "__main__":
    run(globals())
