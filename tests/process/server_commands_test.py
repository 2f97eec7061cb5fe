"""Commands about the whole process: MONITOR over all loops, SLOWLOG, statistics, SHUTDOWN, SAVE."""

import os
import time

from kindred import Client, Cluster, Server, free_port, info, run, wait_until

LOOPS = 3
MIB = 1 << 20


def one_server(directory, *options):
    return Server(os.path.join(directory, "node"), free_port(), "--threads", LOOPS,
                  *options).start().wait_ready()


def test_a_monitor_hears_the_commands_of_all_loops_once(directory):
    server = one_server(directory)
    with server.client() as monitor, server.client() as second:
        assert monitor("monitor") == "OK" and second("monitor") == "OK"
        clients = [server.client() for _ in range(3 * LOOPS)]
        wanted = set()
        for number, client in enumerate(clients):
            client.send_raw(b"".join(Client.encode("set", f"k{number}", n) for n in range(100)))
            wanted.update(f'"set" "k{number}" "{n}"' for n in range(100))
        for client in clients:
            assert [client.read() for _ in range(100)] == ["OK"] * 100
        for listener in (monitor, second):
            lines = [listener.read() for _ in range(len(wanted))]
            assert {line.split("] ", 1)[1] for line in lines} == wanted
            for number, client in enumerate(clients):
                name = "{}:{}".format(*client.socket.getsockname())
                own = [line for line in lines if f'"k{number}"' in line]
                assert all(f"[0 {name}]" in line for line in own)
                assert [int(line.split('"')[-2]) for line in own] == list(range(100))


def test_a_monitor_that_takes_nothing_is_disconnected_and_nobody_else_notices(directory):
    server = one_server(directory)
    with server.client() as monitor, server.client(timeout=60.0) as client:
        assert monitor("monitor") == "OK"
        monitors = lambda: sum(b"flags=O" in line  # noqa: E731
                               for line in client("client", "list").splitlines())
        wait_until(lambda: monitors() == 1)
        slowest = 0.0
        for _ in range(100):
            begun = time.monotonic()
            assert client("echo", b"x" * MIB) == b"x" * MIB
            slowest = max(slowest, time.monotonic() - begun)
        wait_until(lambda: monitors() == 0, what="the listener is gone")
        print(f"    the slowest command took {slowest * 1000:.0f} ms")
        assert server.answers()


def test_a_monitor_is_not_silent_for_too_long(directory):
    server = one_server(directory, "--timeout", 1)
    with server.client() as monitor:
        assert monitor("monitor") == "OK"
        for _ in range(2):  # whichever loops they are on
            with server.client() as silent:
                assert silent.file.read() == b"", "this one is disconnected after a second"
        with server.client() as client:
            client("get", "k")
        assert '"get" "k"' in monitor.read()


def test_slow_commands_are_logged_with_what_the_client_had_to_wait(directory):
    server = one_server(directory, "--slowlog-log-slower-than", 0)
    with server.client() as client:
        client("client", "setname", "me")
        client("set", "k", b"x" * 200)
        wait_until(lambda: client("slowlog", "len") >= 2)
        entry = next(e for e in client("slowlog", "get", -1) if e[3][:1] == [b"set"])
        number, when, took, args, address, name = entry
        assert number >= 0 and abs(when - time.time()) < 60 and took > 20
        assert args == [b"set", b"k", b"x" * 128 + b"... (72 more bytes)"]
        assert address.decode() == "{}:{}".format(*client.socket.getsockname())
        assert name == b"me"
        begun = time.monotonic()
        assert client("debug", "sleep", "0.2") == "OK"
        assert time.monotonic() - begun >= 0.2
        assert client("slowlog", "get", 1)[0][2] >= 200_000
        assert client("slowlog", "reset") == "OK"


def test_a_sleeping_client_keeps_nobody_else_waiting(directory):
    server = Server(os.path.join(directory, "node"), free_port(), "--threads", 1)
    server.start().wait_ready()
    with server.client() as sleeper, server.client() as other:
        sleeper.send("debug", "sleep", "1")
        time.sleep(0.05)
        begun = time.monotonic()
        for number in range(100):
            assert other("set", "k", number) == "OK"
        assert time.monotonic() - begun < 0.9
        assert sleeper.read() == "OK"


def test_statistics_of_commands_are_those_of_all_loops(directory):
    server = one_server(directory)
    clients = [server.client() for _ in range(2 * LOOPS)]
    with server.client() as other:
        other("config", "resetstat")
        for client in clients:
            for number in range(10):
                client("incr", f"n{number}")
        stats = info(server, "commandstats", "latencystats", "errorstats", "stats")
        fields = dict(field.split("=") for field in stats["cmdstat_incr"].split(","))
        assert fields["calls"] == str(20 * LOOPS) and fields["failed_calls"] == "0"
        assert float(fields["usec_per_call"]) > 1
        percentiles = [float(field.split("=")[1])
                       for field in stats["latency_percentiles_usec_incr"].split(",")]
        assert 1 < percentiles[0] <= percentiles[1] <= percentiles[2]
        histogram = other("latency", "histogram", "incr")
        assert histogram[1][1] == 20 * LOOPS and histogram[1][3][-1] == 20 * LOOPS
        assert int(stats["total_net_input_bytes"]) > 20 * LOOPS * 20


def test_memory_follows_what_is_kept(directory):
    server = one_server(directory)
    with server.client(timeout=60.0) as client:
        before = info(server, "memory")
        client("set", "k", b"x" * (64 * MIB))
        after = info(server, "memory")
        assert int(after["used_memory"]) > int(before["used_memory"]) + 32 * MIB
        assert int(after["used_memory_peak"]) >= int(after["used_memory"])
        assert int(before["used_memory"]) < int(before["used_memory_rss"])
        assert client("memory", "purge") == "OK"


def test_expired_keys_are_counted_and_may_be_left_where_they_are(directory):
    server = one_server(directory)
    with server.client() as client:
        assert client("debug", "set-active-expire", 0) == "OK"
        for number in range(50):
            client("set", f"k{number}", 1, "px", 1)
        time.sleep(0.3)
        assert info(server, "stats")["expired_keys"] == "0"
        assert client("debug", "set-active-expire", 1) == "OK"
        wait_until(lambda: info(server, "stats")["expired_keys"] == "50")


def test_shutdown_ends_the_process_cleanly(directory):
    server = one_server(directory)
    with server.client() as client:
        client.send("set", "k", "v")
        client.send("shutdown")
        assert client.read() == "OK"
        assert client.file.read() == b""
    assert server.process.wait(10) == 0
    server.start().wait_ready()
    assert "was shut down cleanly" in server.log_text()
    with server.client() as client:
        assert client("get", "k") == b"v"


def test_what_save_has_answered_survives_whatever_appendfsync_says(directory):
    server = one_server(directory, "--appendfsync", "no")
    with server.client() as client:
        for number in range(100):
            client("set", f"k{number}", number)
        assert client("save") == "OK"
        assert client("waitaof", 1, 0, 0) == [0, 0]
    server.kill()
    server.start().wait_ready()
    with server.client() as client:
        assert client.pipeline([("get", f"k{n}") for n in range(100)]) == [
            str(n).encode() for n in range(100)]


def test_wait_says_how_many_others_have_the_writes(directory):
    cluster = Cluster(directory).start()
    with cluster[0].client() as client:
        client("set", "k", "v")
        assert client("wait", 2, 0) == 1
        assert client("waitaof", 1, 1, 0) == [1, 1]
        client("consistency", "w", "all")
        client("set", "k", "w")
        assert client("wait", 2, 0) == 2


if __name__ == "__main__":
    run(globals())
