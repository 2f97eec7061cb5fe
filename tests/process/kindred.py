"""Real servers for the process tests: start one or a cluster in a temporary folder on free ports,
talk RESP to them over plain sockets, stop them, kill them, pause them.

Only the standard library. A test file ends with `run(globals())`, which runs every function whose
name starts with `test_`, prints one line for each failure and "N passed, N failed" at the end, and
leaves with a non-zero code if any has failed. The path of the binary is in KINDRED_BINARY.
"""

import atexit
import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback

BINARY = os.environ.get("KINDRED_BINARY", os.path.join(os.getcwd(), "build", "kindred"))
# Under a sanitizer everything takes its time.
SLOWNESS = 4.0 if os.environ.get("KINDRED_SANITIZER") else 1.0
# Distances of a node's other ports from its plain one.
OFFSETS = (0, 100, 200, 300)


class ReplyError(Exception):
    """An error reply; its text begins with the code, as in "ERR ..."."""


def wait_until(condition, seconds=10.0, what=None):
    """Waits until `condition()` is true and returns what it returned; raises when it never is."""
    deadline = time.monotonic() + seconds * SLOWNESS
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what or condition}")
        time.sleep(0.02)


def _is_free(port):
    with contextlib.closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            return True
        except OSError:
            return False


_next_port = 20000 + os.getpid() % 97 * 20


def free_port(nodes=1):
    """A plain port from which `nodes` nodes find all their ports free."""
    global _next_port
    for _ in range(2000):
        port = _next_port
        _next_port += nodes
        if _next_port > 32000:
            _next_port = 20000
        if all(_is_free(port + i + offset) for i in range(nodes) for offset in OFFSETS):
            return port
    raise AssertionError("no free ports")


def outside_address():
    """An address of this machine that is not a loopback one, or None."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("198.51.100.1", 9))  # nothing is sent
            address = probe.getsockname()[0]
        except OSError:
            return None
    return None if address.startswith("127.") else address


class Client:
    """One connection. `client("set", "k", "v")` sends a command and returns its reply: bytes, int,
    None, a list, or True for OK-like status lines as str. Error replies are raised."""

    def __init__(self, port, host="127.0.0.1", timeout=10.0):
        self.socket = socket.create_connection((host, port), timeout=timeout * SLOWNESS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.file.close()
        self.socket.close()

    def __call__(self, *args):
        self.send(*args)
        reply = self.read()
        if isinstance(reply, ReplyError):
            raise reply
        return reply

    @staticmethod
    def encode(*args):
        parts = [b"*%d\r\n" % len(args)]
        for arg in args:
            data = arg if isinstance(arg, bytes) else str(arg).encode()
            parts.append(b"$%d\r\n%s\r\n" % (len(data), data))
        return b"".join(parts)

    def send(self, *args):
        self.socket.sendall(self.encode(*args))

    def send_raw(self, data):
        self.socket.sendall(data)

    def pipeline(self, commands):
        """Sends all of them at once; error replies are in the list."""
        self.send_raw(b"".join(self.encode(*command) for command in commands))
        return [self.read() for _ in commands]

    def read(self):
        line = self.file.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionError("the server has closed the connection")
        kind, rest = line[:1], line[1:-2]
        if kind == b"+":
            return rest.decode()
        if kind == b"-":
            return ReplyError(rest.decode())
        if kind in (b":", b"("):
            return int(rest)
        if kind == b"_":
            return None
        if kind == b",":
            return float(rest)
        if kind == b"#":
            return rest == b"t"
        if kind in (b"$", b"=", b"!"):
            if int(rest) < 0:
                return None
            data = self.file.read(int(rest) + 2)[:-2]
            return ReplyError(data.decode()) if kind == b"!" else data
        if kind in (b"*", b"~", b">"):
            return None if int(rest) < 0 else [self.read() for _ in range(int(rest))]
        if kind == b"%":
            return {self.read(): self.read() for _ in range(int(rest))}
        raise AssertionError(f"not RESP: {line!r}")


class Server:
    """A `kindred server` process, started by start()."""

    def __init__(self, directory, port, *options):
        self.directory = directory
        self.port = port
        self.options = [str(option) for option in options]
        self.log = os.path.join(os.path.dirname(directory), os.path.basename(directory) + ".log")
        self.process = None

    @property
    def cluster_port(self):
        return self.port + 100

    @property
    def peer_port(self):
        return self.port + 200

    @property
    def pid(self):
        return self.process.pid

    def command(self, *more):
        return [BINARY, "server", "--port", str(self.port), "--dir", self.directory,
                *self.options, *more]

    def start(self, *more):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command(*more), stdout=log, stderr=log)
        _running.append(self)
        return self

    def client(self, **kwargs):
        return Client(self.port, **kwargs)

    def answers(self):
        try:
            with Client(self.port, timeout=2.0) as client:
                return client("ping") == "PONG"
        except (OSError, ReplyError):
            return False

    def wait_ready(self, seconds=20.0):
        def ready():
            if self.process.poll() is not None:
                raise AssertionError(f"the server has ended: {self.log_text()[-2000:]}")
            return self.answers()

        wait_until(ready, seconds, f"port {self.port} answers")
        return self

    def log_text(self):
        with open(self.log, "r", errors="replace") as log:
            return log.read()

    def signal(self, number):
        self.process.send_signal(number)

    def stop(self, seconds=10.0):
        """Like an operator: SIGTERM. Returns the exit code."""
        self.signal(signal.SIGTERM)
        return self.process.wait(seconds * SLOWNESS)

    def kill(self):
        """Like a power cut, but for the system's caches."""
        self.signal(signal.SIGKILL)
        self.process.wait()

    def pause(self):
        self.signal(signal.SIGSTOP)

    def resume(self):
        self.signal(signal.SIGCONT)


class RedisServer(Server):
    """A redis-server process, to compare with; the rest is as for a node of Kindred."""

    def command(self, *more):
        os.makedirs(self.directory, exist_ok=True)
        return ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir",
                self.directory, "--save", "", *self.options, *more]


class Cluster:
    """Servers that are members of one cluster, on consecutive ports below `directory`."""

    def __init__(self, directory, nodes=3, options=()):
        port = free_port(nodes)
        self.servers = [Server(os.path.join(directory, f"node-{i + 1}"), port + i, *options)
                        for i in range(nodes)]

    def __getitem__(self, index):
        return self.servers[index]

    def __iter__(self):
        return iter(self.servers)

    def __len__(self):
        return len(self.servers)

    def start(self):
        """The first start: one node after the other becomes a member."""
        self[0].start().wait_ready()
        for server in self.servers[1:]:
            server.start("--join", f"127.0.0.1:{self[0].peer_port}").wait_ready(60.0)
        return self.wait_ready()

    def restart(self):
        for server in self:
            server.start()
        return self.wait_ready()

    def wait_ready(self, seconds=30.0, alive=None):
        """Every running node sees `alive` nodes (all of them, if not told)."""
        wanted = len(self) if alive is None else alive
        for server in self:
            if server.process.poll() is None:
                wait_until(lambda s=server: nodes_alive(s) == wanted, seconds,
                           f"port {server.port} sees {wanted} nodes")
        return self

    def stop(self):
        for server in self:
            server.signal(signal.SIGTERM)
        return [server.process.wait(20 * SLOWNESS) for server in self]


def info(server, *sections):
    """INFO as a dictionary."""
    with server.client() as client:
        text = client("info", *sections).decode()
    return dict(line.split(":", 1) for line in text.split("\r\n") if ":" in line)


def nodes_alive(server):
    try:
        return int(info(server, "kindred")["nodes_alive"])
    except (OSError, ReplyError, KeyError):
        return 0


def run_binary(*args, seconds=20.0):
    """Runs the binary to its end: (exit code, standard output, standard error)."""
    result = subprocess.run([BINARY, *[str(arg) for arg in args]], capture_output=True, text=True,
                            errors="replace", timeout=seconds * SLOWNESS, check=False)
    return result.returncode, result.stdout, result.stderr


# --- running tests --------------------------------------------------------------------------------

_running = []


def _stop_all():
    for server in _running:
        if server.process is not None and server.process.poll() is None:
            server.process.kill()  # works on a paused one, too
            server.process.wait()
    _running.clear()


atexit.register(_stop_all)


@contextlib.contextmanager
def temporary_directory():
    directory = tempfile.mkdtemp(prefix="kindred-test-")
    try:
        yield directory
    finally:
        _stop_all()
        shutil.rmtree(directory, ignore_errors=True)


def _logs_of(directory):
    for name in sorted(os.listdir(directory)):
        if name.endswith(".log"):
            with open(os.path.join(directory, name), errors="replace") as log:
                lines = log.read().splitlines()[-15:]
            print(f"    {name}:", *lines, sep="\n      ")


def sanitizer_complaint(directory):
    """What a sanitizer has found in any server, or None."""
    for name in sorted(os.listdir(directory)):
        if name.endswith(".log"):
            with open(os.path.join(directory, name), errors="replace") as log:
                found = re.search(r"(ERROR: \w+Sanitizer|WARNING: ThreadSanitizer|runtime error:|"
                                  r"CHECK\(.*failed).*", log.read())
            if found:
                return f"{name}: {found.group(0)}"
    return None


def run(names):
    """Runs the tests among `names`, each with its own temporary folder as its argument."""
    tests = [(name, test) for name, test in names.items() if name.startswith("test_")]
    chosen = sys.argv[1:]
    passed = failed = 0
    for name, test in tests:
        if chosen and name not in chosen:
            continue
        with temporary_directory() as directory:
            begun = time.monotonic()
            try:
                test(directory)
                complaint = sanitizer_complaint(directory)
                if complaint:
                    raise AssertionError(complaint)
                passed += 1
                print(f"ok   {name} ({time.monotonic() - begun:.1f} s)", flush=True)
            except Exception:  # pylint: disable=broad-except
                failed += 1
                print(f"FAIL {name}", flush=True)
                traceback.print_exc(file=sys.stdout)
                _logs_of(directory)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)
