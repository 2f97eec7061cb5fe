"""The servers that are compared: Redis in three forms, and Kindred in three.

Each of SERVERS is a function (folder) -> Group: it starts real processes on free loopback ports
with their data below that folder, and returns when they are ready. They end with the `with
kindred.temporary_directory()` around the folder, however it is left.
"""

import os
import pathlib
import subprocess
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "process"))
import kindred  # noqa: E402  (the path has to be set first)

MASTERS = 3
CLUSTER_NODES = 6
START_SECONDS = 60.0
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class Group:
    """What is measured as one: its processes, and where clients connect."""

    def __init__(self, servers, endpoints=None):
        """`endpoints`: (port, prefix of the keys) of each server that takes clients."""
        self.servers = list(servers)
        self.endpoints = endpoints or [(server.port, "key:") for server in self.servers]
        program, *words = self._shown(self.servers[0])
        self.command_line = " ".join([os.path.basename(program), *words])

    @staticmethod
    def _shown(server):
        for word in server.command():
            word = word.replace(server.directory, "DIR")
            word = word.replace(str(server.cluster_port), "PORT+100")
            yield word.replace(str(server.port), "PORT") or '""'

    @property
    def prefixes(self):
        """An endpoint for each set of keys, to write each key once."""
        return list({prefix: (port, prefix) for port, prefix in self.endpoints}.values())

    def cpu_seconds(self):
        """User and system time of all processes so far, with children that have ended."""
        ticks = 0
        for server in self.servers:
            with open(f"/proc/{server.pid}/stat", encoding="ascii") as stat:
                # After the name, which may hold anything but ends with the last bracket, come the
                # fields from the third on: utime, stime, cutime and cstime are 14 to 17.
                fields = stat.read().rpartition(")")[2].split()
            ticks += sum(int(field) for field in fields[11:15])
        return ticks / TICKS_PER_SECOND

    def peak_mib(self):
        """The most memory that was resident, summed over the processes."""
        kib = 0
        for server in self.servers:
            with open(f"/proc/{server.pid}/status", encoding="ascii") as status:
                kib += next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))
        return kib / 1024


def redis_memory(folder):
    server = kindred.RedisServer(os.path.join(folder, "redis"), kindred.free_port(),
                                 "--appendonly", "no")
    return Group([server.start().wait_ready(START_SECONDS)])


def redis_always(folder):
    server = kindred.RedisServer(os.path.join(folder, "redis"), kindred.free_port(),
                                 "--appendonly", "yes", "--appendfsync", "always")
    return Group([server.start().wait_ready(START_SECONDS)])


def redis_cluster(folder):
    first = kindred.free_port(CLUSTER_NODES)
    servers = [kindred.RedisServer(
        os.path.join(folder, f"redis-{port}"), port, "--appendonly", "yes", "--appendfsync",
        "always", "--cluster-enabled", "yes", "--cluster-port", port + 100,
        "--repl-diskless-sync-delay", "0")
               for port in range(first, first + CLUSTER_NODES)]
    for server in servers:
        server.start()
    for server in servers:
        server.wait_ready(START_SECONDS)
    made = subprocess.run(
        ["redis-cli", "--cluster", "create", *(f"127.0.0.1:{server.port}" for server in servers),
         "--cluster-replicas", "1", "--cluster-yes"],
        capture_output=True, text=True, timeout=START_SECONDS * kindred.SLOWNESS, check=False)
    if made.returncode != 0:
        raise AssertionError(f"redis-cli --cluster create: {made.stdout}{made.stderr}")
    for server in servers:
        kindred.wait_until(lambda s=server: _is_settled(s), START_SECONDS,
                           f"port {server.port} has its place in the Redis Cluster")
    endpoints = [(port, f"key:{{{tag}}}:") for port, tag in _hash_tags(servers).items()]
    return Group(servers, endpoints)


def _is_settled(server):
    """The cluster is complete, and this master has a replica or this replica its master's data."""
    with server.client() as client:
        complete = b"cluster_state:ok" in client("cluster", "info")
    replication = kindred.info(server, "replication")
    if replication["role"] == "master":
        return complete and "state=online" in replication.get("slave0", "")
    return complete and replication.get("master_link_status") == "up"


def _hash_tags(servers):
    """Each master's port with a hash tag whose keys live there: what redis-benchmark --cluster
    does, too, and the only way to tell a redis-benchmark process to stay with one master."""
    with servers[0].client() as client:
        ranges = [(first, last, master[1])
                  for first, last, master, *_ in client("cluster", "slots")]
        tags = {}
        for number in range(1000):
            slot = client("cluster", "keyslot", str(number))
            port = next(port for first, last, port in ranges if first <= slot <= last)
            tags.setdefault(port, number)
            if len(tags) == MASTERS:
                return tags
    raise AssertionError(f"not {MASTERS} masters: {ranges}")


def kindred_one(folder):
    server = kindred.Server(os.path.join(folder, "node-1"), kindred.free_port())
    return Group([server.start().wait_ready(START_SECONDS)])


def kindred_three(folder, *arguments):
    # Each node has its share of the machine, as `kindred local` gives it.
    threads = max(1, (os.cpu_count() or 1) // 3)
    return Group(kindred.Cluster(folder, 3, ("--threads", threads, *arguments)).start())


def kindred_three_read_one(folder):
    return kindred_three(folder, "--read-quorum", "1")


# By name, with what the report calls them.
SERVERS = {
    "redis_memory": (redis_memory, "Redis without persistence"),
    "redis_always": (redis_always, "Redis, appendfsync always"),
    "redis_cluster": (redis_cluster, "Redis Cluster 3 + 3, appendfsync always"),
    "kindred_one": (kindred_one, "Kindred, one node"),
    "kindred_three": (kindred_three, "Kindred, three nodes"),
    "kindred_three_read_one": (kindred_three_read_one, "Kindred, three nodes, read-quorum 1"),
}
