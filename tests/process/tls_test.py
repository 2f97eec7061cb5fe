"""TLS for clients and between nodes, with certificates of the test's own making: who gets in, what
is said to whom, and new certificates without a restart."""

import contextlib
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time

from kindred import (SLOWNESS, Client, Cluster, ReplyError, Server, free_port, info, nodes_alive,
                     outside_address, run, run_binary, wait_until)

try:
    import redis
except ModuleNotFoundError:  # this Python is not Debian's, whose library is plain Python
    sys.path.append("/usr/lib/python3/dist-packages")
    import redis

# Distances of a node's TLS ports from its plain one.
TLS, TLS_CLUSTER = 400, 500


def openssl(*args):
    subprocess.run(["openssl", *args], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


class Authority:
    """A CA in `directory`. `sign` writes NAME.crt and NAME.key there, over what is there."""

    def __init__(self, directory, name="ca"):
        self.path = os.path.join(directory, name)
        os.makedirs(self.path, exist_ok=True)
        self.cert = self.file("ca.crt")
        self.serial = 100
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", self.file("ca.key"), "-out", self.cert, "-subj", f"/CN={name}",
                "-days", "2")

    def file(self, name):
        return os.path.join(self.path, name)

    def sign(self, name):
        self.serial += 1
        openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", self.file(name + ".key"), "-out", self.file(name + ".csr"), "-subj",
                f"/CN={name}")
        openssl("x509", "-req", "-in", self.file(name + ".csr"), "-CA", self.cert, "-CAkey",
                self.file("ca.key"), "-set_serial", str(self.serial), "-days", "2", "-out",
                self.file(name + ".crt"))
        return self.file(name + ".crt"), self.file(name + ".key")

    def options(self, name="server", *more):
        cert, key = self.sign(name)
        return ["--tls-cert-file", cert, "--tls-key-file", key, "--tls-ca-cert-file", self.cert,
                *more]

    def flags(self, name="client"):
        """The options of redis-cli and of `kindred status`."""
        cert, key = self.sign(name)
        return ["--tls", "--cacert", self.cert, "--cert", cert, "--key", key]

    def context(self, name="client"):
        """For clients; without a name they have no certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.load_verify_locations(self.cert)
        if name:
            context.load_cert_chain(*self.sign(name))
        return context


class TlsClient(Client):
    def __init__(self, port, context, timeout=10.0,  # pylint: disable=super-init-not-called
                 host="127.0.0.1"):
        plain = socket.create_connection((host, port), timeout=timeout * SLOWNESS)
        try:
            # An end without close_notify is an error.
            self.socket = context.wrap_socket(plain, suppress_ragged_eofs=False)
        except BaseException:
            plain.close()
            raise
        self.file = self.socket.makefile("rb")

    def serial(self):
        return int(self.socket.getpeercert()["serialNumber"], 16)


def one_server(directory, authority, *options):
    port = free_port()
    server = Server(os.path.join(directory, "node"), port, "--tls-port", port + TLS,
                    "--tls-cluster-port", port + TLS_CLUSTER, *authority.options(), *options)
    return server.start().wait_ready()


def lets_in(port, context):
    """With TLS 1.3 the client learns with the first answer whether its certificate will do."""
    try:
        with TlsClient(port, context) as client:
            return client("ping") == "PONG"
    except (ssl.SSLError, ConnectionError):
        return False


def status(port, *args):
    return run_binary("status", f"127.0.0.1:{port}", *args)


def cli(port, *args):
    return subprocess.run(["redis-cli", "-p", str(port), *args], capture_output=True, text=True,
                          timeout=20 * SLOWNESS, check=False).stdout.strip()


# --- clients --------------------------------------------------------------------------------------


def test_redis_cli_and_redis_py(directory):
    authority = Authority(directory)
    server = one_server(directory, authority)
    flags = authority.flags()
    cert, key = authority.sign("client")
    assert cli(server.port + TLS, *flags, "set", "hello", "world") == "OK"
    assert cli(server.port + TLS, *flags, "get", "hello") == "world"
    assert cli(server.port, "get", "hello") == "world"
    assert cli(server.port + TLS_CLUSTER, *flags, "-c", "get", "hello") == "world"
    with redis.Redis(port=server.port + TLS, ssl=True, ssl_ca_certs=authority.cert,
                     ssl_certfile=cert, ssl_keyfile=key) as client:
        value = os.urandom(20 << 20)
        assert client.set("large", value) and client.get("large") == value
        with client.pipeline(transaction=False) as pipe:
            for i in range(5000):
                pipe.set(f"k{i}", i)
                pipe.get(f"k{i}")
            assert pipe.execute()[1::2] == [str(i).encode() for i in range(5000)]
    facts = info(server, "server", "kindred")
    assert facts["tcp_port"] == str(server.port)
    assert facts["listener0"] == f"name=tcp,bind=127.0.0.1,bind=-::1,port={server.port}"
    assert facts["listener2"] == f"name=tls,bind=127.0.0.1,bind=-::1,port={server.port + TLS}"
    assert facts["tls_port"] == str(server.port + TLS)


def test_certificates_are_asked_for_as_tls_auth_clients_says(directory):
    authority, other = Authority(directory), Authority(directory, "other")
    server = one_server(directory, authority)
    trusting = authority.context(None)
    trusting.load_cert_chain(*other.sign("client"))  # trusts the server, is of another CA
    for auth, without in (("yes", False), ("no", True), ("optional", True), ("yes", False)):
        with server.client() as client:
            assert client("config", "set", "tls-auth-clients", auth) == "OK"
        port = server.port + TLS
        assert lets_in(port, authority.context()), auth
        assert lets_in(port, authority.context(None)) == without, auth
        assert lets_in(port, trusting) == (auth == "no"), auth
    assert "peer did not return a certificate" in server.log_text()


def test_passwords_and_permissions_hold(directory):
    authority = Authority(directory)
    server = one_server(directory, authority)
    with server.client() as client:
        assert client("config", "set", "requirepass", "sesame") == "OK"
    with TlsClient(server.port + TLS, authority.context()) as client:
        client.send("get", "k")
        assert str(client.read()).startswith("NOAUTH")
        assert client("auth", "sesame") == "OK"
        assert client("acl", "setuser", "alice", "on", ">wonderland", "~a*", "+get") == "OK"
        assert client("auth", "alice", "wonderland") == "OK"
        client.send("get", "b")
        assert str(client.read()).startswith("NOPERM")
        assert client("get", "a") is None


def test_whoever_is_not_wanted_is_told_so_by_tls(directory):
    authority = Authority(directory)
    outside = outside_address()
    server = one_server(directory, authority, "--maxclients", "3",
                        *(["--bind", f"127.0.0.1 {outside}"] if outside else []))
    context = authority.context()
    with contextlib.ExitStack() as open_ones:
        clients = [open_ones.enter_context(TlsClient(server.port + TLS, context))
                   for _ in range(3)]
        assert [client("ping") for client in clients] == ["PONG"] * 3
        with TlsClient(server.port + TLS, context) as refused:
            assert str(refused.read()) == "ERR max number of clients reached"
            assert refused.file.read() == b""
        # Those who never finish their handshake do not add up.
        silent = [socket.create_connection(("127.0.0.1", server.port + TLS)) for _ in range(200)]
        assert clients[0]("ping") == "PONG"
        for connection in silent:
            connection.close()
    if not outside:
        return

    def alone():
        with contextlib.suppress(ReplyError):  # as long as the others take the places
            return info(server, "clients")["connected_clients"] == "1"

    def told():
        with contextlib.suppress(OSError):  # as long as the silent ones take the places
            with TlsClient(server.port + TLS, context, host=outside) as refused:
                return str(refused.read())

    wait_until(alone, 5.0, "the others are gone")
    assert "Redis is running in protected mode" in wait_until(told, 5.0, "somebody is told")
    with server.client() as client:
        client("config", "set", "requirepass", "sesame")
    with TlsClient(server.port + TLS, context, host=outside) as client:
        assert client("auth", "sesame") == "OK"


def test_only_tls(directory):
    authority = Authority(directory)
    port = free_port()
    server = Server(os.path.join(directory, "node"), 0, "--tls-port", port, "--tls-cluster-port",
                    port + 100, *authority.options()).start()
    context = authority.context()

    def answers():
        assert server.process.poll() is None, server.log_text()
        with contextlib.suppress(OSError):
            return lets_in(port, context)

    wait_until(answers, 20.0, "the TLS port answers")
    with TlsClient(port, context) as client:
        text = client("info", "server", "kindred").decode()
        assert f"tcp_port:{port}\r\n" in text and "plain_port:0\r\n" in text, text
    with TlsClient(port + 100, context) as client:
        assert client("cluster", "slots")[0][2][1] == port + 100
        assert f" 127.0.0.1:{port + 100}@{port + 200} ".encode() in client("cluster", "nodes")
        fields = client("cluster", "shards")[0][3][0]
        facts = dict(zip(fields[::2], fields[1::2]))
        assert facts[b"tls-port"] == port + 100 and b"port" not in facts, facts
    for asked in port, port + 100:
        code, out, err = status(asked, *authority.flags())
        assert code == 0 and f"127.0.0.1:{port} " in out and "alive" in out, (out, err)
    assert server.stop() == 0


def test_a_half_closed_client_gets_its_replies(directory):
    authority = Authority(directory)
    server = one_server(directory, authority)
    # Without close_notify: the bytes of TCP just end.
    with TlsClient(server.port + TLS, authority.context()) as client:
        client.send_raw(b"".join(Client.encode("incr", "n") for _ in range(500)))
        socket.socket(fileno=os.dup(client.socket.fileno())).shutdown(socket.SHUT_WR)
        assert [client.read() for _ in range(500)] == list(range(1, 501))
        assert client.file.read() == b"", "the server says close_notify"
    with TlsClient(server.port + TLS, authority.context()) as client:
        client.send("quit")
        assert client.read() == "OK"
        assert client.file.read() == b""


def test_a_slow_reader_waits_and_nobody_notices(directory):
    authority = Authority(directory)
    server = one_server(directory, authority)
    with TlsClient(server.port + TLS, authority.context(), timeout=60.0) as slow:
        assert slow("set", "k", b"x" * (1 << 20)) == "OK"
        slow.socket.setblocking(False)
        request, sent = Client.encode("get", "k"), 0
        with contextlib.suppress(ssl.SSLWantWriteError):
            while sent < 3000:
                slow.send_raw(request)
                sent += 1
        with server.client() as other:
            for _ in range(20):
                begun = time.monotonic()
                assert other("ping") == "PONG"
                assert time.monotonic() - begun < 0.5 * SLOWNESS
            waiting = int(info(server, "clients")["client_recent_max_output_buffer"])
            assert waiting < 16 << 20, waiting
        slow.socket.settimeout(60.0 * SLOWNESS)
        for _ in range(sent):
            assert len(slow.read()) == 1 << 20


# --- what is no client ----------------------------------------------------------------------------


def closed_within(port, data, seconds):
    with socket.create_connection(("127.0.0.1", port), timeout=seconds * SLOWNESS) as bad:
        bad.sendall(data)
        answer = b""
        with contextlib.suppress(ConnectionResetError):
            while piece := bad.recv(4096):
                answer += piece
        return answer


def client_hello():
    into, out = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    with contextlib.suppress(ssl.SSLWantReadError):
        context.wrap_bio(into, out).do_handshake()
    return out.read()


def test_the_wrong_bytes_for_a_port_close_that_connection_only(directory):
    authority = Authority(directory)
    server = one_server(directory, authority)
    with TlsClient(server.port + TLS, authority.context()) as tls, server.client() as plain:
        for words in (b"PING\r\n", b"*1\r\n$4\r\nPING\r\n", b"GET / HTTP/1.1\r\n\r\n",
                      os.urandom(4096), client_hello()[:-1] + b"\0" * 70000):
            closed_within(server.port + TLS, words, 5.0)
            closed_within(server.port + TLS_CLUSTER, words, 5.0)
            assert tls("ping") == "PONG" and plain("ping") == "PONG"
        for port in (server.port, server.cluster_port):
            answer = closed_within(port, client_hello(), 5.0)
            assert answer == b"-ERR Protocol error: this port does not speak TLS\r\n", answer
        closed_within(server.peer_port, client_hello(), 5.0)
        assert tls("ping") == "PONG" and plain("ping") == "PONG"
    assert "TLS with 127.0.0.1:" in server.log_text()


def test_whoever_does_not_finish_the_handshake_is_closed(directory):
    authority = Authority(directory)
    server = one_server(directory, authority)
    port = server.port + TLS
    silent = [socket.create_connection(("127.0.0.1", port), timeout=30.0) for _ in range(50)]
    for i, connection in enumerate(silent):
        connection.sendall(client_hello()[:i])
    context = authority.context()
    begun = time.monotonic()
    with TlsClient(port, context) as client:
        assert client("ping") == "PONG"
        assert time.monotonic() - begun < 2.0 * SLOWNESS
        for connection in silent:
            with contextlib.suppress(ConnectionResetError):
                while connection.recv(4096):
                    pass
            connection.close()
        assert 8.0 < time.monotonic() - begun < 14.0 * SLOWNESS
        assert client("ping") == "PONG"
    assert "did not finish the handshake in time" in server.log_text()


# --- files ----------------------------------------------------------------------------------------


def refusal(directory, *options):
    port = free_port()
    code, _, err = run_binary("server", "--port", port, "--tls-port", port + TLS, "--dir",
                              os.path.join(directory, "refused"), *options)
    assert code == 1 and err.startswith("kindred: ") and err.count("\n") == 1, (code, err)
    return err


def test_a_start_with_files_that_will_not_do_is_refused(directory):
    authority = Authority(directory)
    cert, key = authority.sign("server")
    _, other_key = authority.sign("other")
    assert "set tls-cert-file" in refusal(directory)
    assert "set tls-key-file" in refusal(directory, "--tls-cert-file", cert)
    files = ("--tls-cert-file", cert, "--tls-key-file")
    assert "tls-ca-cert-file" in refusal(directory, *files, key)
    ca = ("--tls-ca-cert-file", authority.cert)
    assert "key values mismatch" in refusal(directory, *files, other_key, *ca)
    assert "No such file" in refusal(directory, *files, "/nowhere/key", *ca)
    assert not os.path.exists(os.path.join(directory, "refused")), "nothing was begun"


def test_new_certificates_without_a_restart(directory):
    authority = Authority(directory)
    server = one_server(directory, authority)
    context, port = authority.context(), server.port + TLS

    def serial():
        with TlsClient(port, context) as client:
            assert client("ping") == "PONG"
            return client.serial()

    with TlsClient(port, context) as old:
        before = old.serial()
        assert serial() == before
        cert, key = authority.sign("server")
        assert serial() == before, "nobody has told it yet"
        server.signal(signal.SIGHUP)
        wait_until(lambda: serial() == authority.serial, 5.0, "the new certificate is shown")

        authority.sign("server")
        assert old("config", "set", "tls-cert-file", cert, "tls-key-file", key) == "OK"
        assert serial() == authority.serial
        good = authority.serial

        # What will not do changes nothing.
        _, other_key = authority.sign("other")
        old.send("config", "set", "tls-key-file", other_key)
        assert str(old.read()) == (
            "ERR CONFIG SET failed (possibly related to argument 'tls-key-file') - "
            "Unable to update TLS configuration. Check server logs.")
        assert old("config", "get", "tls-key-file") == [b"tls-key-file", key.encode()]
        with open(cert, "w", encoding="ascii") as file:
            file.write("no certificate")
        server.signal(signal.SIGHUP)
        wait_until(lambda: server.log_text().count("TLS stays as it was") == 2, 5.0)
        assert serial() == good

        # Its own connection is as it was, through all of it.
        assert old("set", "k", "v") == "OK" and old.serial() == before


# --- a cluster ------------------------------------------------------------------------------------


def tls_cluster(directory, authority, *options):
    cluster = Cluster(directory, 3)
    for i, server in enumerate(cluster):
        server.options = ["--tls-port", str(server.port + TLS), "--tls-cluster-port",
                          str(server.port + TLS_CLUSTER), "--tls-cluster", "yes",
                          *authority.options(f"node-{i}"), *options]
    return cluster.start()


def test_new_certificates_between_nodes_without_a_restart(directory):
    """Another CA's certificates take the places of the old ones, in the same files."""
    old, new = Authority(directory, "old"), Authority(directory, "new")
    cluster = tls_cluster(directory, old)
    context = new.context()

    def shown(server):
        with contextlib.suppress(OSError), TlsClient(server.peer_port, context) as link:
            return link.serial()

    serials = []
    for i in range(3):
        for file in new.sign(f"node-{i}"):
            shutil.copy(file, old.path)
        serials.append(new.serial)
    shutil.copy(new.cert, old.cert)
    assert [shown(server) for server in cluster] == [None] * 3, "nobody has told them yet"
    for server in cluster:
        server.signal(signal.SIGHUP)
    wait_until(lambda: [shown(server) for server in cluster] == serials, 5.0,
               "the new certificates are shown")

    def all_take_writes():
        for server in cluster:
            with server.client() as client:
                assert client("with", "w", "all", "set", "k", server.port) == "OK"
                assert client("with", "r", "all", "get", "k") == b"%d" % server.port
        return True

    def all_take_writes_again():
        with contextlib.suppress(ReplyError):  # each node dials anew on its own time
            return all_take_writes()

    all_take_writes()  # over the links that exist
    # Who starts now knows the new CA only. In the end there is no link left from before.
    for server in cluster[1], cluster[2]:
        assert server.stop() == 0
        server.start().wait_ready()
        cluster.wait_ready()
        wait_until(all_take_writes_again, what="all nodes are linked")
    assert cluster.stop() == [0, 0, 0]


def test_a_cluster_whose_nodes_speak_tls(directory):
    authority = Authority(directory)
    cluster = tls_cluster(directory, authority, "--threads", "2")
    contexts = authority.context()
    with TlsClient(cluster[0].port + TLS, contexts) as client:
        for i in range(50):
            assert client("set", f"k{i}", "x" * (i * 1000)) == "OK"
    for server in cluster:
        with TlsClient(server.port + TLS, contexts) as client:
            assert [len(client("get", f"k{i}")) for i in range(50)] == [
                i * 1000 for i in range(50)]

    cert, key = authority.sign("client")
    with redis.RedisCluster(host="127.0.0.1", port=cluster[1].port + TLS_CLUSTER, ssl=True,
                            ssl_ca_certs=authority.cert, ssl_certfile=cert,
                            ssl_keyfile=key) as client:
        ports = {node.port for node in client.get_nodes()}
        assert ports == {server.port + TLS_CLUSTER for server in cluster}, ports
        for i in range(50):
            assert len(client.get(f"k{i}")) == i * 1000
            client.incr(f"n{i}")

    # A node that dies comes back over the same links.
    cluster[2].kill()
    with TlsClient(cluster[0].port + TLS, contexts) as client:
        wait_until(lambda: nodes_alive(cluster[0]) == 2, 10.0)
        for i in range(50):
            assert client("incr", f"n{i}") == 2
    cluster[2].start().wait_ready()
    cluster.wait_ready()
    with TlsClient(cluster[2].port + TLS, contexts) as client:
        for i in range(50):
            assert client("incr", f"n{i}") == 3

    # Nobody reads along, and a peer that says nothing in the right way gets nothing.
    assert closed_within(cluster[0].peer_port, b"KNDR" + b"\0" * 100, 5.0)[:4] != b"KNDR"
    assert cluster.stop() == [0, 0, 0]


def join(directory, seed, *options):
    port = free_port()
    return run_binary("server", "--port", port, "--dir", os.path.join(directory, "stranger"),
                      "--join", f"127.0.0.1:{seed.peer_port}", *options, seconds=60.0)


def test_a_node_of_another_ca_can_neither_join_nor_speak(directory):
    authority, other = Authority(directory), Authority(directory, "other")
    cluster = tls_cluster(directory, authority)
    code, _, err = join(directory, cluster[0], "--tls-cluster", "yes", *other.options("stranger"))
    assert code == 1 and "certificate verify failed" in err, err

    # One that trusts the cluster, but is not trusted.
    cert, key = other.sign("stranger")
    code, _, err = join(directory, cluster[0], "--tls-cluster", "yes", "--tls-cert-file", cert,
                        "--tls-key-file", key, "--tls-ca-cert-file", authority.cert)
    assert code == 1 and "unknown ca" in err, err
    assert "certificate verify failed" in cluster[0].log_text()

    # And one that speaks no TLS.
    plain = Server(os.path.join(directory, "plain"), free_port(), "--join",
                   f"127.0.0.1:{cluster[0].peer_port}").start()
    wait_until(lambda: "no link to" in plain.log_text(), 10.0)
    wait_until(lambda: "refused: TLS: wrong version number" in cluster[0].log_text(), 10.0)
    assert not plain.answers(), "no client is served before it is a member"
    plain.kill()
    for server in cluster:
        assert info(server, "kindred")["nodes"] == "3"

    # A member whose certificate is another CA's now is away.
    cluster[2].stop()
    cluster[2].options += other.options("stranger")
    cluster[2].start()
    wait_until(lambda: "no link to" in cluster[2].log_text(), 10.0)
    time.sleep(1.0)
    assert nodes_alive(cluster[0]) == 2
    with cluster[0].client() as client:
        assert client("set", "k", "v") == "OK"
    with contextlib.suppress(OSError, ReplyError):
        with cluster[2].client() as client:
            client.send("with", "r", "all", "get", "k")
            assert str(client.read()).startswith("NOQUORUM")


def test_a_cluster_without_tls_gets_it_by_a_restart(directory):
    authority = Authority(directory)
    flags = authority.flags()
    cluster = Cluster(directory, 3).start()
    with cluster[0].client() as client:
        assert client("set", "k", "v") == "OK"
    for i, server in enumerate(cluster):
        server.options = ["--tls-port", str(server.port + TLS), "--tls-cluster-port",
                          str(server.port + TLS_CLUSTER), *authority.options(f"node-{i}")]
        assert server.stop() == 0
        server.start().wait_ready()
        cluster.wait_ready()
        # Of those that have no TLS ports yet it is known that they are alive.
        code, out, err = status(server.port + TLS, *flags)
        assert code == 0 and out.count(" alive ") == 3, (out, err)
    context = authority.context()
    wanted = {server.port + TLS_CLUSTER for server in cluster}

    def ports_told_by(server):
        with TlsClient(server.port + TLS_CLUSTER, context) as client:
            assert client("get", "k") == b"v"
            return {node[1] for piece in client("cluster", "slots") for node in piece[2:]}

    for server in cluster:
        wait_until(lambda s=server: ports_told_by(s) == wanted, 10.0, "all know all ports")
    # They are remembered while their node is away.
    cluster[1].kill()
    cluster[0].stop()
    cluster[0].start().wait_ready()
    assert ports_told_by(cluster[0]) == wanted


def test_status_by_tls(directory):
    authority, other = Authority(directory), Authority(directory, "other")
    cluster = tls_cluster(directory, authority)
    flags = authority.flags()
    for port in cluster[1].port + TLS, cluster[2].port + TLS_CLUSTER:
        code, out, err = status(port, *flags)
        assert code == 0 and out.count(" alive ") == 3, (out, err)
        for server in cluster:
            assert f"127.0.0.1:{server.port + TLS} " in out, out
            assert f" {server.port + TLS_CLUSTER} " in out, out
    port = cluster[0].port + TLS
    assert status(port, *flags, "--sni", "localhost")[0] == 0
    assert status(port, "--tls", "--insecure", *flags[3:])[0] == 0

    def refusal_of(*command):
        code, out, err = status(*command)
        assert code != 0 and not out, (code, out)
        return err

    assert "if it is a port for TLS, say --tls" in refusal_of(port)
    assert "leave out --tls" in refusal_of(cluster[0].port, *flags)
    assert "--cacert names the file of its CA" in refusal_of(port, "--tls", *flags[3:])
    assert "--cert and --key name the files of yours" in refusal_of(port, *flags[:3])
    assert "--cert and --key belong together" in refusal_of(port, *flags[:5])
    assert "--cacert /nowhere: No such file" in refusal_of(port, "--tls", "--cacert", "/nowhere")
    assert "--cert has to name a certificate of the server's CA" in refusal_of(
        port, *flags[:3], *other.flags()[3:])
    assert "--cacert requires --tls" in refusal_of(port, *flags[1:])

    # One that is away, and one whose cluster face speaks no TLS.
    cluster[2].kill()
    wait_until(lambda: " suspect " in status(port, *flags)[1], what="one is away")
    alone = Server(os.path.join(directory, "alone"), free_port(), "--tls-port", free_port(),
                   *authority.options()).start().wait_ready()
    assert "it needs a tls-cluster-port" in refusal_of(alone.options[1], *flags)


def test_kindred_local_with_tls(directory):
    authority = Authority(directory)
    port = free_port(3)
    binary = os.environ.get("KINDRED_BINARY", os.path.join(os.getcwd(), "build", "kindred"))
    with subprocess.Popen([binary, "local", "--port", str(port), "--tls-port", str(port + TLS),
                           "--tls-cluster-port", str(port + TLS_CLUSTER), "--dir",
                           os.path.join(directory, "data"), "--tls-cluster", "yes",
                           *authority.options()], stdout=subprocess.PIPE, text=True) as local:
        try:
            assert local.stdout.readline().startswith("3 nodes run on 127.0.0.1")
            for i in range(3):
                assert lets_in(port + TLS + i, authority.context())
                assert lets_in(port + TLS_CLUSTER + i, authority.context())
        finally:
            local.send_signal(signal.SIGINT)
            assert local.wait(30 * SLOWNESS) == 0


if __name__ == "__main__":
    run(globals())
