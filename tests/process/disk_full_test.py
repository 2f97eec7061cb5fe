"""A disk that fills up: writes are refused and say why, reads go on, and when there is room again
so do writes, with nothing lost that was acknowledged. The data lies on a small tmpfs."""

import contextlib
import os
import subprocess
import sys
import tempfile
import time

from kindred import SLOWNESS, Cluster, ReplyError, Server, free_port, info, run, run_binary, wait_until

MIB = 1 << 20
DISK_MIB = 200
TIMEOUT = 1.0 * SLOWNESS
OPTIONS = ("--request-timeout-ms", int(TIMEOUT * 1000))
# A request may take longer than its timeout by this, on a machine that does other things.
MARGIN = 0.5 * SLOWNESS


def why_skipped():
    """Why no file system can be mounted here, or None."""
    with tempfile.TemporaryDirectory() as directory:
        tried = mount(directory, DISK_MIB)
        if tried.returncode == 0:
            unmount(directory)
            return None
        return f"a tmpfs cannot be mounted: {tried.stderr.strip()}"


def mount(path, mib, *more):
    return subprocess.run(["mount", "-t", "tmpfs", "-o", ",".join([f"size={mib}m", *more]),
                           "kindred-test", path], capture_output=True, text=True, check=False)


def unmount(path):
    subprocess.run(["umount", "-l", path], check=True)


class SmallDisk:
    def __init__(self, path):
        self.path = path
        self.ballast = os.path.join(path, "ballast")

    def free_bytes(self):
        facts = os.statvfs(self.path)
        return facts.f_bavail * facts.f_frsize

    def leave(self, mib):
        """Fills the disk with something else, until `mib` are free."""
        with open(self.ballast, "ab") as ballast:
            size = os.path.getsize(self.ballast) + self.free_bytes() - mib * MIB
            os.posix_fallocate(ballast.fileno(), 0, size)

    def make_room(self):
        os.unlink(self.ballast)

    def grow(self, mib):
        assert mount(self.path, mib, "remount").returncode == 0


@contextlib.contextmanager
def small_disk(directory, name="disk"):
    path = os.path.join(directory, name)
    os.mkdir(path)
    mounted = mount(path, DISK_MIB)
    assert mounted.returncode == 0, mounted.stderr
    try:
        yield SmallDisk(path)
    finally:
        unmount(path)


@contextlib.contextmanager
def server_on(disk):
    server = Server(os.path.join(disk.path, "node"), free_port(), *OPTIONS)
    server.log = disk.path + ".log"
    server.start().wait_ready()
    try:
        yield server
        # One line an event, also of what RocksDB says of the disk.
        assert all(line.startswith("20") for line in server.log_text().splitlines())
    finally:
        server.kill()


def timed(client, *command):
    """(reply or error, seconds)"""
    begun = time.monotonic()
    try:
        reply = client(*command)
    except ReplyError as error:
        reply = error
    return reply, time.monotonic() - begun


def assert_refused(reply, seconds):
    assert isinstance(reply, ReplyError), reply
    assert str(reply).startswith(("MISCONF", "NOQUORUM")), reply
    assert seconds < TIMEOUT + MARGIN, f"{reply} took {seconds:.2f} s"


def is_refused(client):
    reply, seconds = timed(client, "set", "probe", "x")
    assert seconds < TIMEOUT + MARGIN, f"{reply} took {seconds:.2f} s"
    return isinstance(reply, ReplyError)


def test_writes_are_refused_and_go_on_when_there_is_room(directory):
    with small_disk(directory) as disk, server_on(disk) as server:
        with server.client() as client:
            pairs = [(f"key:{n}", f"value:{n}".encode()) for n in range(1000)]
            assert set(client.pipeline([("set", *pair) for pair in pairs])) == {"OK"}
            for _ in range(2):
                disk.leave(mib=1)
                reply, seconds = timed(client, "set", "first", "x")
                print(f"    the first write: {reply}, after {seconds:.2f} s")
                assert_refused(reply, seconds)
                assert "the disk" in str(reply), reply
                for command in (("set", "k", "v"), ("incr", "n"), ("del", "key:1"),
                                ("mset", "a", "1", "b", "2")):
                    reply, seconds = timed(client, *command)
                    assert_refused(reply, seconds)
                    assert str(reply).startswith("MISCONF the disk"), reply
                assert [client("get", key) for key, _ in pairs] == [v for _, v in pairs]
                assert info(server, "persistence")["aof_last_write_status"] == "err"
                disk.make_room()
                begun = time.monotonic()
                wait_until(lambda: not is_refused(client), what="writes go on")
                print(f"    writes went on {time.monotonic() - begun:.2f} s after there was room")
                assert client("incr", "n") >= 1
                assert client("del", "n") == 1
        server.kill()
        server.start().wait_ready()
        with server.client() as client:
            assert client.pipeline([("get", key) for key, _ in pairs]) == [v for _, v in pairs]


def test_a_full_disk_does_not_keep_a_server_from_ending(directory):
    with small_disk(directory) as disk, server_on(disk) as server:
        with server.client() as client:
            assert client("set", "k", "v") == "OK"
            disk.leave(mib=1)
            assert is_refused(client)
        begun = time.monotonic()
        code = server.stop()
        print(f"    ended after {time.monotonic() - begun:.2f} s with exit code {code}")
        assert time.monotonic() - begun < 5.0 * SLOWNESS
        disk.leave(mib=1)  # a part was given back
        code, _, error = run_binary(*server.command()[1:])
        print(f"    and starts with: {error.splitlines()[-1]}")
        assert code != 0 and "is full" in error
        disk.make_room()
        server.start().wait_ready()
        with server.client() as client:
            assert client("get", "k") == b"v"


def test_a_disk_that_is_filled_by_writes(directory):
    with small_disk(directory) as disk, server_on(disk) as server:
        acked = {}
        with server.client() as client:
            for number in range(100_000):
                value = os.urandom(100_000)
                reply, seconds = timed(client, "set", f"key:{number}", value)
                if reply != "OK":
                    break
                acked[f"key:{number}"] = value
            print(f"    {len(acked)} values of 100 kB, then: {reply}, after {seconds:.2f} s; "
                  f"{disk.free_bytes() // MIB} MiB of {DISK_MIB} are free")
            assert_refused(reply, seconds)
            for number in range(20):
                assert_refused(*timed(client, "set", f"more:{number}", os.urandom(100_000)))
            assert all(client("get", key) == value for key, value in acked.items())
            disk.grow(3 * DISK_MIB)
            wait_until(lambda: not is_refused(client), what="writes go on")
            for number in range(300):
                value = os.urandom(100_000)
                assert client("set", f"late:{number}", value) == "OK"
                acked[f"late:{number}"] = value
        server.kill()
        server.start().wait_ready()
        with server.client() as client:
            assert all(client("get", key) == value for key, value in acked.items())


def test_writes_in_flight_when_the_disk_fills_up_do_not_hang(directory):
    with small_disk(directory) as disk, server_on(disk) as server:
        clients = [server.client() for _ in range(20)]
        outcomes = {}
        filled = False
        for number in range(2000):
            for thread, client in enumerate(clients):
                client.send("set", f"key:{thread}:{number}", number)
            begun = time.monotonic()
            if number == 50:
                disk.leave(mib=0)
                filled = True
            replies = [client.read() for client in clients]
            took = time.monotonic() - begun
            assert took < TIMEOUT + MARGIN, f"replies took {took:.2f} s"
            for thread, reply in enumerate(replies):
                outcomes[f"key:{thread}:{number}"] = (number, reply)
            if filled and all(isinstance(reply, ReplyError) for reply in replies):
                break
        disk.make_room()
        with clients[0] as client:
            wait_until(lambda: not is_refused(client), what="writes go on")
        texts = {str(reply) for _, reply in outcomes.values()}
        for text in sorted(texts):
            print("     ", text)
        server.kill()
        server.start().wait_ready()
        with server.client() as client:
            values = client.pipeline([("get", key) for key in outcomes])
        for (key, (number, reply)), value in zip(outcomes.items(), values):
            if reply == "OK":
                assert value == b"%d" % number, f"acked {key} is {value}"
            elif "; nothing was done" in str(reply):
                assert value is None, f"refused {key} is {value}"


def test_a_cluster_serves_while_one_disk_is_full(directory):
    with small_disk(directory) as disk:
        cluster = Cluster(directory, options=OPTIONS)
        cluster[0].directory = os.path.join(disk.path, "node")
        try:
            cluster.start()
            serve_while_one_disk_is_full(cluster, disk)
        finally:
            cluster[0].kill()


def serve_while_one_disk_is_full(cluster, disk):
    """Reads go on through the two others; what is refused is refused in time and says why."""
    keys = [f"key:{number}" for number in range(100)]
    acked = {}
    with cluster[0].client() as full, cluster[1].client() as second, cluster[2].client() as third:
        assert set(second.pipeline([("set", key, "before") for key in keys])) == {"OK"}
        disk.leave(mib=1)
        assert_refused_at_last(full)
        for name, client in (("second", second), ("third", third), ("full", full)):
            refused, longest = [], 0.0
            for key in keys:
                value = f"{name} meanwhile"
                reply, seconds = timed(client, "set", key, value)
                if reply == "OK":
                    acked[key] = value
                else:
                    assert_refused(reply, seconds)
                    refused.append(reply)
                read, read_seconds = timed(client, "get", key)
                longest = max(longest, seconds, read_seconds)
                if client is full and isinstance(read, ReplyError):
                    assert_refused(read, read_seconds)
                else:
                    assert read == acked.get(key, "before").encode(), (key, read)
            print(f"    through the {name} node {len(refused)} of {len(keys)} writes were refused; "
                  f"longest request {longest:.2f} s")
            if refused and len(refused) >= len(keys) / 3:
                break  # each of the full node's costs the timeout
        disk.make_room()
        again = [("set", f"again:{number}", "v") for number in range(200)]
        for client in (second, third, full):
            wait_until(lambda c=client: set(c.pipeline(again)) == {"OK"}, what="writes go on")
    for server in cluster:
        with server.client() as reader:
            for key, value in acked.items():
                assert reader("get", key) == value.encode()


def assert_refused_at_last(client):
    """Until the node has noticed that its disk is full."""
    wait_until(lambda: any(isinstance(reply, ReplyError) for reply in client.pipeline(
        [("set", f"probe:{number}", "x") for number in range(30)])), what="the node has noticed")


if __name__ == "__main__":
    reason = why_skipped()
    if reason:
        print(f"skipped: {reason}\n0 passed, 0 failed")
        sys.exit(0)
    run(globals())
