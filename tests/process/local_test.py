"""`kindred local` and `kindred status`: three nodes with one command, as `make run` does it."""

import os
import re
import signal
import socket
import subprocess
import time

from kindred import BINARY, SLOWNESS, Client, Server, free_port, run, run_binary, wait_until


class Local:
    """A running `kindred local`. Its standard output and error are in `text()`."""

    def __init__(self, directory, *options, port=None):
        self.port = port or free_port(3)
        self.directory = os.path.join(directory, "data")
        os.makedirs(directory, exist_ok=True)
        self.output = os.path.join(directory, "local.txt")
        with open(self.output, "wb") as output:
            self.process = subprocess.Popen(
                [BINARY, "local", "--nodes", "3", "--port", str(self.port), "--dir",
                 self.directory, *options], stdout=output, stderr=output)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(15 * SLOWNESS)

    def text(self):
        with open(self.output) as output:
            return output.read()

    def wait_ready(self):
        def ready():
            assert self.process.poll() is None, self.text()
            return "Ctrl-C stops all of them" in self.text()

        wait_until(ready, 60.0, "the cluster answers")
        return self

    def interrupt(self):
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(15 * SLOWNESS)

    def client(self, node):
        return Client(self.port + node)

    def pid_of(self, node):
        with self.client(node) as client:
            return int(re.search(rb"process_id:(\d+)", client("info", "server")).group(1))


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def alive(pid):
    try:
        os.kill(pid, 0)
        return True
    except ProcessLookupError:
        return False


def test_what_it_tells_to_type_works_and_the_data_stays(directory):
    with Local(directory) as local:
        local.wait_ready()
        assert f"redis-cli -p {local.port} set hello world" in local.text()
        assert f"redis-cli -p {local.port + 1} get hello" in local.text()
        with local.client(0) as first, local.client(1) as second, local.client(2) as third:
            assert first("set", "hello", "world") == "OK"
            assert second("get", "hello") == b"world"
            assert third("incr", "n") == 1
        assert local.interrupt() == 0
        assert not any(answers(local.port + node) for node in range(3))
    with Local(directory, port=local.port) as again:
        again.wait_ready()
        with again.client(2) as client:
            assert client("mget", "hello", "n") == [b"world", b"1"]


def test_status_shows_who_is_away(directory):
    with Local(directory) as local:
        local.wait_ready()
        with local.client(0) as client:
            assert client.pipeline([("set", f"k{i}", i) for i in range(100)]) == ["OK"] * 100
        for port in (local.port, local.port + 102):
            code, out, err = run_binary("status", f"127.0.0.1:{port}")
            assert code == 0, err
            assert "epoch 3, 3 nodes" in out and out.count(" alive ") == 3, out
            rows = [line.split() for line in out.splitlines() if " alive " in line]
            assert sum(int(row[-1]) for row in rows) == 100, out
            assert sum(int(row[-3]) for row in rows) == 1024, out
        for node, wanted in ((1, 0), (2, 1)):
            os.kill(local.pid_of(node), signal.SIGKILL)
            wait_until(lambda n=node: f"node-{n + 1} " in local.text(), what="it says who has died")
            wait_until(lambda w=wanted: run_binary("status", f":{local.port}")[0] == w,
                       what=f"status exits with {wanted}")
        assert "have no majority" in run_binary("status", f":{local.port}")[1]
        os.kill(local.pid_of(0), signal.SIGKILL)
        assert local.process.wait(15 * SLOWNESS) == 1
        assert "kindred: all nodes have ended" in local.text()
    code, _, err = run_binary("status", f"127.0.0.1:{local.port}")
    assert code == 1 and err.startswith("kindred: ") and "cannot be reached" in err, err


def test_a_password_is_taken_from_the_environment(directory):
    with Local(directory, "--requirepass", "secret") as local:
        local.wait_ready()
        status = ("status", f"127.0.0.1:{local.port}")
        code, _, err = run_binary(*status)
        assert code == 1 and "NOAUTH Authentication required. Set REDISCLI_AUTH" in err, err
        try:
            os.environ["REDISCLI_AUTH"] = "wrong"
            code, _, err = run_binary(*status)
            assert code == 1 and "WRONGPASS" in err, err
            os.environ["REDISCLI_AUTH"] = "secret"
            code, out, err = run_binary(*status)
            assert code == 0 and out.count(" alive ") == 3, out + err
        finally:
            del os.environ["REDISCLI_AUTH"]


def test_a_taken_port_stops_all_of_it(directory):
    port = free_port(3)
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # despite TIME_WAIT
        other.bind(("127.0.0.1", port + 1))
        other.listen()
        with Local(directory, port=port) as local:
            assert local.process.wait(30 * SLOWNESS) == 1
            assert f"kindred: node-2: port {port + 1} is taken" in local.text(), local.text()
    assert not answers(port)


def test_another_kindred_on_its_ports_is_left_alone(directory):
    for options in ((), ("--requirepass", "secret")):
        port = free_port(3)
        server = Server(os.path.join(directory, f"other{len(options)}"), port)
        server.start(*options)
        wait_until(lambda s=server: "ready: port" in s.log_text(), what="the other one answers")
        with Local(directory, port=port) as local:
            assert local.process.wait(30 * SLOWNESS) == 1
            assert f"kindred: node-1: port {port} is taken" in local.text(), local.text()
        with Client(port) as client:
            if options:
                assert client("auth", "secret") == "OK"
            assert b"\r\nnodes:1\r\n" in client("info", "kindred")
        assert server.stop() == 0


def test_the_directory_of_a_server_is_no_place_for_nodes(directory):
    server = Server(os.path.join(directory, "data"), free_port()).start().wait_ready()
    assert server.stop() == 0
    before = sorted(os.listdir(server.directory))
    with Local(directory) as local:
        assert local.process.wait(30 * SLOWNESS) == 1
        assert "choose another --dir" in local.text(), local.text()
    assert sorted(os.listdir(server.directory)) == before


def test_options_are_passed_on_and_refused_in_one_sentence(directory):
    with Local(directory, "--write-quorum", "9") as local:
        assert local.process.wait(30 * SLOWNESS) == 1
        assert "kindred: node-1: write-quorum is 9" in local.text(), local.text()
    with Local(directory, "--cluster-port", "7") as local:
        assert local.process.wait(30 * SLOWNESS) == 1
        assert "--cluster-port cannot be passed" in local.text(), local.text()
    with Local(directory, "--nosuch", "7") as local:
        assert local.process.wait(30 * SLOWNESS) == 1
        assert "kindred: node-1: unknown option 'nosuch'" in local.text(), local.text()


def test_the_nodes_do_not_outlive_it(directory):
    with Local(directory) as local:
        local.wait_ready()
        pids = [local.pid_of(node) for node in range(3)]
        local.process.kill()
        local.process.wait()
        # Nobody collects them any more but the system.
        wait_until(lambda: not any(answers(local.port + node) for node in range(3)))
        time.sleep(0.1)
        for pid in pids:
            wait_until(lambda p=pid: not alive(p), what="the node is gone")


if __name__ == "__main__":
    run(globals())
