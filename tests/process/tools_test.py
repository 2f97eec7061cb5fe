"""The tools that people use with Redis do with Kindred what they do with Redis: redis-cli's special
modes, redis-benchmark, and the exporter for Prometheus. Each runs against a redis-server and the
plain face, or a Redis Cluster and the cluster face, and ends and looks the same."""

import contextlib
import os
import re
import subprocess
import urllib.request

from kindred import SLOWNESS, Client, Cluster, RedisServer, free_port, run, wait_until

NODES = 3
KEYS = 300
TOOL_SECONDS = 60.0 * SLOWNESS
# Metrics of the exporter about what Kindred does not have (its threads are --threads, its nodes'
# messages others), and about what there happens to be, as keys and commands.
NOT_COMPARED = re.compile("redis_config_io_threads|redis_cluster_stats_messages_|.*_key_")


class Face:
    """A port of the reference and one of Kindred that should look alike. `all_ports` are those of
    all of Kindred's nodes."""

    def __init__(self, reference, ours, all_ports, is_cluster):
        self.reference, self.ours, self.all_ports = reference, ours, all_ports
        self.is_cluster = is_cluster

    @property
    def ports(self):
        return self.reference, self.ours


def redis_cluster(directory):
    first = free_port(NODES)
    servers = [RedisServer(os.path.join(directory, f"redis-{port}"), port, "--cluster-enabled",
                           "yes", "--cluster-port", port + 100, "--cluster-node-timeout",
                           int(1000 * SLOWNESS)).start().wait_ready()
               for port in range(first, first + NODES)]
    tool("redis-cli", "--cluster", "create", *(f"127.0.0.1:{server.port}" for server in servers),
         "--cluster-yes")
    for server in servers:
        with server.client() as client:
            wait_until(lambda c=client: b"cluster_state:ok" in c("cluster", "info"), 20.0)
    return servers


def start(directory):
    """Both faces, of the same cluster of Kindred, and what they are compared with."""
    # Masses of commands wait behind each other, the longer the slower a node is, and nodes that are
    # too busy to be heard of would take each other for dead.
    kindreds = Cluster(directory, NODES, ("--request-timeout-ms", int(1000 * SLOWNESS),
                                          "--suspect-after-ms", int(600 * SLOWNESS))).start()
    redis = RedisServer(os.path.join(directory, "redis"), free_port()).start().wait_ready()
    redises = redis_cluster(directory)
    return (Face(redis.port, kindreds[0].port, [node.port for node in kindreds], False),
            Face(redises[0].port, kindreds[0].cluster_port,
                 [node.cluster_port for node in kindreds], True))


def tool(*command, text="", code=0):
    """What it prints; its exit code must be `code`."""
    result = subprocess.run([str(word) for word in command], input=text, capture_output=True,
                            text=True, errors="replace", timeout=TOOL_SECONDS, check=False)
    output = result.stdout + result.stderr
    assert result.returncode == code, (command, result.returncode, output[-3000:])
    return output


def lines_of(*command, count):
    """The first lines of a tool that would go on for ever."""
    with subprocess.Popen(["stdbuf", "-oL", *[str(word) for word in command]],
                          stdout=subprocess.PIPE, text=True) as process:
        lines = [process.stdout.readline() for _ in range(count)]
        process.terminate()
    return lines


def shape(output):
    """The different lines of an output, without what differs from server to server."""
    for pattern, word in ((r"\x1b\[[\d;]*m", ""), (r"\b[0-9a-f]{40}\b", "ID"),
                          (r"\([0-9a-f]{8}\.\.\.\)", "(ID)"), (r"127\.0\.0\.1:\d+", "ADDRESS"),
                          (r"slots:\S+", "slots:S"), (r"'\"[^\"]*\"'", "KEY"),
                          (r"\d+(\.\d+)?|\binf\b", "N")):  # of 500 requests in no time at all
        output = re.sub(pattern, word, output)
    return {line.strip() for line in output.splitlines() if line.strip()}


def expect_the_same(face, *command, code=0, **options):
    """Runs a tool against both; PORT in its command is theirs. Gives what it printed for ours."""
    theirs, ours = (tool(*[str(word).replace("PORT", str(port)) for word in command], code=code,
                         **options) for port in face.ports)
    assert shape(theirs) == shape(ours), (command, shape(theirs) ^ shape(ours))
    return ours


def fill(face):
    """The same keys on both; redis-cli -c goes to the right node."""
    commands = "".join(f"SET key:{number} value-{number}\n" for number in range(KEYS))
    for port in face.ports:
        # Of all nodes, as most modes look at one of them.
        large = "".join(f"SETRANGE large:{{{number}}} 9999 x\n" for number in range(30))
        output = tool("redis-cli", "-c", "-p", port, text=commands + large)
        assert output.count("OK") == KEYS and output.count("10000") == 30, output[-500:]


def test_redis_cli_looks_at_the_keys(directory):
    for face in start(directory):
        fill(face)
        for mode in ("--bigkeys", "--memkeys"):
            output = expect_the_same(face, "redis-cli", "-p", "PORT", mode)
            assert re.search(r"Biggest string found '\"large:", output), output
        expect_the_same(face, "redis-cli", "-p", "PORT", "--hotkeys", code=1)
        found = [key for port in (face.all_ports if face.is_cluster else face.all_ports[:1])
                 for key in tool("redis-cli", "-p", port, "--scan", "--pattern",
                                 "key:1?").split()]
        assert sorted(found) == [f"key:{number}" for number in range(10, 20)]
        for port in face.all_ports:
            output = tool("redis-cli", "-p", port, "--scan", "--pattern", "nosuch*")
            assert output == ""


def test_redis_cli_measures(directory):
    header = re.compile(r"^(-+ data -+|keys +mem +clients)")
    figures = re.compile(r"^\d+ +[\d.]+[BKMG] +\d+ +\d+ +\d+ \(\+\d+\) +\d+\s*$")
    latency = re.compile(r"^\d+ \d+ \d+\.\d\d \d+\s*$")
    for face in start(directory):
        for port in face.ports:
            lines = lines_of("redis-cli", "-p", port, "-i", "0.1", "--stat", count=6)
            assert all(header.match(line) for line in lines[:2]), lines
            assert all(figures.match(line) for line in lines[2:]), lines
            once = tool("redis-cli", "-p", port, "-i", "0.3", "--latency")
            assert latency.match(once), once
            history = lines_of("redis-cli", "-p", port, "-i", "0.2", "--latency-history", count=2)
            assert all(latency.match(line) for line in history), history


def test_redis_cli_follows_a_cluster(directory):
    _, face = start(directory)
    fill(face)
    asked = "".join(f"GET key:{number}\n" for number in range(KEYS))
    for port in (face.reference, *face.all_ports):
        lines = tool("redis-cli", "-c", "-p", port, text=asked).splitlines()
        values = [line for line in lines if not line.startswith("-> Redirected to slot ")]
        assert values == [f"value-{number}" for number in range(KEYS)], (port, values[:5])


def test_redis_cli_manages_a_cluster(directory):
    _, face = start(directory)
    fill(face)
    output = expect_the_same(face, "redis-cli", "--cluster", "check", "127.0.0.1:PORT")
    assert "[OK] All 16384 slots covered." in output, output
    output = expect_the_same(face, "redis-cli", "--cluster", "info", "127.0.0.1:PORT")
    assert f"[OK] {KEYS + 30} keys in {NODES} masters." in output, output
    for command in (["PING"], ["CONFIG", "GET", "maxmemory"], ["DBSIZE"], ["CLUSTER", "MYID"]):
        output = expect_the_same(face, "redis-cli", "--cluster", "call", "127.0.0.1:PORT", *command)
        assert all(f"127.0.0.1:{port}: " in output for port in face.all_ports), output
    for port in face.all_ports:
        tool("redis-cli", "--cluster", "check", f"127.0.0.1:{port}")


def test_redis_cli_inserts_masses(directory):
    plain, cluster = start(directory)
    count = 10_000
    masses = b"".join(Client.encode("set", f"mass:{number}", number) for number in range(count))
    wrong = "SET a 1\nNOSUCH\nINCR a\n"
    expect_the_same(plain, "redis-cli", "-p", "PORT", "--pipe", text=masses.decode())
    expect_the_same(plain, "redis-cli", "-p", "PORT", "--pipe", text=wrong, code=1)
    # A Redis Cluster would answer MOVED to most.
    output = tool("redis-cli", "-p", cluster.ours, "--pipe", text=masses.decode())
    assert f"errors: 0, replies: {count}" in output, output
    with Client(plain.ours) as client:
        assert client("get", f"mass:{count - 1}") == b"%d" % (count - 1)


def test_redis_benchmark_runs_all_tests_of_strings(directory):
    tests = ("-t", "ping_inline,ping_mbulk,set,get,incr,mset", "-r", 1000, "-c", 10, "-n", 500)
    for face in start(directory):
        more = ("--cluster",) if face.is_cluster else ()
        for options in ((), ("-3", "-P", 16, "--threads", 2)):
            command = ("redis-benchmark", "-p", "PORT", "--csv", *more, *tests, *options)
            output = expect_the_same(face, *command)
            figures = [float(line.split('","')[1]) for line in output.splitlines()
                       if line.endswith('"') and not line.startswith('"test"')]
            assert len(figures) == 6 and min(figures) > 0, output


@contextlib.contextmanager
def exporter(directory, port, *options):
    """The page of metrics of a node; the exporter must have no complaints."""
    at = f"127.0.0.1:{free_port()}"
    log = os.path.join(directory, f"exporter-{port}.txt")
    with open(log, "w") as output, subprocess.Popen(
            ["prometheus-redis-exporter", "--redis.addr", f"redis://127.0.0.1:{port}",
             "--web.listen-address", at, *options], stdout=output, stderr=output) as process:
        try:
            def page():
                with contextlib.suppress(OSError), urllib.request.urlopen(
                        f"http://{at}/metrics", timeout=10 * SLOWNESS) as answer:
                    return answer.read().decode()
                assert process.poll() is None, "the exporter has ended"
                return ""

            wait_until(page, what="the exporter answers")
            yield page()
        finally:
            process.terminate()
    with open(log) as text:
        complaints = [line for line in text if "level=info" not in line]
    assert not complaints, complaints


def metrics_of(page):
    """{name with labels: value}"""
    found = {}
    for line in page.splitlines():
        if line and not line.startswith("#"):
            name, value = line.rsplit(" ", 1)
            found[name] = float(value)
    return found


def test_prometheus_scrapes_a_node(directory):
    for face in start(directory):
        fill(face)
        options = ["--include-system-metrics", "--count-keys", "*", "--check-keys", "key:1?"]
        options += ["--is-cluster"] if face.is_cluster else []
        found = []
        for port in face.ports:
            with exporter(directory, port, *options) as page:
                found.append(metrics_of(page))
        theirs, ours = found
        for metrics in found:
            assert metrics["redis_up"] == 1
            assert metrics['redis_exporter_last_scrape_error{err=""}'] == 0
            assert metrics["redis_connected_clients"] >= 1
            assert metrics['redis_db_keys{db="db0"}'] > 0
            assert metrics["redis_memory_used_bytes"] > 0
            assert metrics['redis_commands_total{cmd="set"}'] > 0
        names = [{name.split("{")[0] for name in metrics if name.startswith("redis_")}
                 for metrics in found]
        missing = {name for name in names[0] - names[1] if not NOT_COMPARED.match(name)}
        assert not missing, missing
        if not face.is_cluster:
            assert ours['redis_db_keys{db="db0"}'] == theirs['redis_db_keys{db="db0"}']


if __name__ == "__main__":
    run(globals())
