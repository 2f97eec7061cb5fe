"""Clean ends and restarts: exit codes, identities, data and times to live; and keys that expire in
great numbers at the same time."""

import os
import signal
import threading
import time

from kindred import SLOWNESS, Cluster, Server, free_port, info, run, wait_until


def stop_all(cluster):
    """SIGTERM to all; returns how long it took until the last had ended, in seconds."""
    begun = time.monotonic()
    for server in cluster:
        server.signal(signal.SIGTERM)
    codes = [server.process.wait(20 * SLOWNESS) for server in cluster]
    took = time.monotonic() - begun
    assert codes == [0] * len(cluster), codes
    return took


def node_ids(cluster):
    return [info(server, "kindred")["node_id"] for server in cluster]


def test_a_single_server_on_an_empty_directory_serves_at_once(directory):
    begun = time.monotonic()
    server = Server(os.path.join(directory, "node"), free_port()).start().wait_ready()
    with server.client() as client:
        assert client("dbsize") == 0
        assert client("set", "k", "v") == "OK"
        assert client("get", "k") == b"v"
    took = time.monotonic() - begun
    print(f"    the first SET and GET were answered {took:.2f} s after the start")
    assert took < 3.0 * SLOWNESS


def test_a_cluster_restarts_with_its_data_and_identities(directory):
    cluster = Cluster(directory).start()
    ids = node_ids(cluster)
    assert len(set(ids)) == 3
    pairs = [(f"key:{number}", f"value:{number}".encode()) for number in range(500)]
    with cluster[0].client() as client:
        assert set(client.pipeline([("set", *pair) for pair in pairs])) == {"OK"}
        client("select", 5)
        assert client("set", "elsewhere", "v") == "OK"
    for _ in range(2):
        took = stop_all(cluster)
        print(f"    all had ended after {took:.2f} s")
        assert took < 5.0 * SLOWNESS
        begun = time.monotonic()
        cluster.restart()  # without --join
        print(f"    all saw all {time.monotonic() - begun:.2f} s after the start")
        assert node_ids(cluster) == ids
        for server in cluster:
            assert info(server, "kindred")["epoch"] == "3"
            with server.client() as client:
                assert client.pipeline([("get", key) for key, _ in pairs]) == [v for _, v in pairs]
                assert client("dbsize") == len(pairs)
                client("select", 5)
                assert client("get", "elsewhere") == b"v"


def test_nodes_restart_one_by_one_while_the_others_serve(directory):
    cluster = Cluster(directory).start()
    for number, server in enumerate(cluster):
        other = cluster[(number + 1) % 3]
        assert server.stop() == 0
        cluster.wait_ready(alive=2)
        with other.client() as client:
            assert client("set", f"without {number}", "v") == "OK"
        server.start()
        cluster.wait_ready()
        with server.client() as client:
            assert client("get", f"without {number}") == b"v"


def test_a_restart_after_a_crash_is_a_new_actor_with_the_old_identity(directory):
    server = Server(os.path.join(directory, "node"), free_port()).start().wait_ready()
    node_id = info(server, "kindred")["node_id"]
    with server.client() as client:
        assert client("set", "k", "v") == "OK"
    server.kill()
    server.start().wait_ready()
    assert "was not shut down cleanly and is a new actor" in server.log_text()
    assert info(server, "kindred")["node_id"] == node_id
    with server.client() as client:
        assert client("get", "k") == b"v"


def test_times_to_live_count_down_over_restarts(directory):
    cluster = Cluster(directory).start()
    begun = time.time() * 1000
    with cluster[0].client() as client:
        assert client("set", "long", "v", "px", 100_000_000) == "OK"
        assert client("set", "short", "v", "px", 1500) == "OK"
        assert client("set", "touched", "v", "ex", 100) == "OK"
        assert client("persist", "touched") == 1
        at = client("pexpiretime", "long")
    stop_all(cluster)
    wait_until(lambda: time.time() * 1000 > begun + 1600, what="the short one has expired")
    cluster.restart()
    for server in cluster:
        with server.client() as client:
            assert client("get", "short") is None
            assert client("exists", "short") == 0
            assert client("pttl", "touched") == -1
            assert client("pexpiretime", "long") == at
            left = client("pttl", "long")
            passed = time.time() * 1000 - begun
            assert 100_000_000 - passed - 50 <= left <= 100_000_000 - 1600, (left, passed)
    wait_until(lambda: all(_size(server) == 2 for server in cluster), what="the sweeper was there")


def _size(server):
    with server.client() as client:
        return client("dbsize")


# --- the sweeper ----------------------------------------------------------------------------------

EXPIRING = 100_000
PORTION = 5000


class Latencies:
    """Measures the time of PING and GET, one after the other, until it is told to stop."""

    def __init__(self, server):
        self.server = server
        self.stopping = threading.Event()
        self.seconds = []
        self.thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.thread.join(10 * SLOWNESS)
        assert not self.thread.is_alive()

    def _run(self):
        with self.server.client() as client:
            while not self.stopping.is_set():
                for command in (("ping",), ("get", "stays")):
                    begun = time.monotonic()
                    client(*command)
                    self.seconds.append(time.monotonic() - begun)
                time.sleep(0.001)

    def milliseconds(self, share):
        return sorted(self.seconds)[int(share * (len(self.seconds) - 1))] * 1000


def write_expiring(client, seconds):
    """Sets keys that all expire within one second, the one that begins in `seconds`. Returns when
    that is, or None if writing them took longer than that."""
    second = int(time.time() + seconds)
    for begin in range(0, EXPIRING, PORTION):
        replies = client.pipeline(
            [("set", f"expiring:{number}", "v", "pxat", second * 1000 + number % 1000)
             for number in range(begin, begin + PORTION)])
        assert set(replies) == {"OK"}, next(reply for reply in replies if reply != "OK")
    return second if time.time() < second else None


def test_keys_that_expire_together_are_gone_soon(directory):
    server = Server(os.path.join(directory, "node"), free_port()).start().wait_ready()
    with server.client(timeout=60.0) as client:
        assert client("set", "stays", "v") == "OK"
        second = write_expiring(client, 4) or write_expiring(client, 15 * SLOWNESS)
        assert second, "writing took too long"
        assert client("dbsize") == EXPIRING + 1
        wait_until(lambda: time.time() > second, 20.0)
        with Latencies(server) as latencies:
            wait_until(lambda: time.time() > second + 1)  # now all have expired
            wait_until(lambda: _size(server) == 1, 10.0, "the expired keys are gone")
            took = time.time() - second - 1
        assert client("get", "stays") == b"v"
        assert client("keys", "*") == [b"stays"]
    print(f"    {EXPIRING} keys were gone {took:.1f} s after the last had expired; meanwhile "
          f"{len(latencies.seconds)} requests: p50 {latencies.milliseconds(0.5):.2f} ms, "
          f"p99 {latencies.milliseconds(0.99):.2f} ms, longest {latencies.milliseconds(1):.1f} ms")
    assert latencies.milliseconds(0.99) < 100 * SLOWNESS


if __name__ == "__main__":
    run(globals())
