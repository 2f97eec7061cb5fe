"""Starting and stopping the servers under test: Debian's redis-server, and Kindred's three nodes.

Each has a temporary folder of its own, and only what was started here is ever stopped.
"""

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time

START_SECONDS = 60
STOP_SECONDS = 20
NODES = 3
LOOPBACK = "127.0.0.1"


class ServerError(Exception):
    """A server did not start, or does not answer."""


def ask(host, port, *arguments, seconds=5):
    """What redis-cli prints for one command, or None if nobody answers."""
    command = ["redis-cli", "-h", host, "-p", str(port), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        return None
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else None


def info(host, port):
    """INFO as a dictionary."""
    lines = (ask(host, port, "INFO") or "").splitlines()
    return dict(line.split(":", 1) for line in lines if ":" in line)


@contextlib.contextmanager
def redis_server(cluster=False):
    """A private redis-server; with `cluster` a cluster of one node that has all slots."""
    port, bus_port = _free_ports([0, 1])
    command = ["redis-server", "--port", str(port), "--bind", LOOPBACK, "--save", "",
               "--appendonly", "no", "--enable-debug-command", "local"]
    if cluster:
        command += ["--cluster-enabled", "yes", "--cluster-port", str(bus_port),
                    "--cluster-announce-ip", LOOPBACK]
    with _running("redis-server", command) as server:
        server.wait_until("PING answers", lambda: ask(LOOPBACK, port, "PING") == "PONG")
        if cluster:
            ask(LOOPBACK, port, "CLUSTER", "ADDSLOTSRANGE", "0", "16383")
            server.wait_until("the cluster is complete", lambda: "cluster_state:ok" in (
                ask(LOOPBACK, port, "CLUSTER", "INFO") or ""))
        yield port


@contextlib.contextmanager
def kindred_cluster(binary, base_port=None):
    """Three nodes of Kindred; gives their plain ports (the cluster face is at port + 100)."""
    if base_port is None:
        faces = [face + node for face in (0, 100, 200, 300) for node in range(NODES)]
        base_port = _free_ports(faces)[0]
    ports = [base_port + node for node in range(NODES)]

    def command(folder):
        return [binary, "local", "--nodes", str(NODES), "--port", str(base_port), "--dir", folder]

    with _running("kindred local", command) as server:
        for port in ports:
            server.wait_until(f"PING answers on port {port}",
                              lambda port=port: ask(LOOPBACK, port, "PING") == "PONG")
        server.wait_until("kindred status succeeds",
                          lambda: _succeeds([binary, "status", f"{LOOPBACK}:{base_port}"]))
        yield ports


class _Server:
    def __init__(self, name, command, folder):
        self._name = name
        self._log_path = os.path.join(folder, "compat-server.log")
        with open(self._log_path, "wb") as log:
            # A process group of its own: Ctrl-C at the terminal then reaches the runner alone,
            # which stops the server in an orderly way.
            self._process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL,
                                             stdout=log, stderr=log, start_new_session=True)

    def wait_until(self, what, condition):
        deadline = time.monotonic() + START_SECONDS
        while not condition():
            if self._process.poll() is not None:
                raise ServerError(f"{self._name} has ended with {self._process.returncode} "
                                  f"before {what}\n{self._log_end()}")
            if time.monotonic() > deadline:
                raise ServerError(f"{self._name}: not within {START_SECONDS} s: {what}\n"
                                  f"{self._log_end()}")
            time.sleep(0.05)

    def stop(self):
        """Ctrl-C; the whole process group is killed only when that does not help."""
        if self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            print(f"{self._name} did not stop within {STOP_SECONDS} s and was killed", flush=True)

    def _log_end(self):
        with open(self._log_path, errors="replace") as log:
            return "".join(log.readlines()[-20:])


@contextlib.contextmanager
def _running(name, command):
    folder = tempfile.mkdtemp(prefix="redis-compat-")
    try:
        full_command = command(folder) if callable(command) else command
        try:
            server = _Server(name, full_command, folder)
        except OSError as error:
            raise ServerError(f"{name} cannot be started: {error}") from None
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _succeeds(command):
    try:
        return subprocess.run(command, capture_output=True, timeout=10).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def _free_ports(offsets):
    """Ports base + offset, all free, below the range that outgoing connections draw from."""
    for _ in range(200):
        base = random.randrange(15000, 31000)
        if all(_is_free(base + offset) for offset in offsets):
            return [base + offset for offset in offsets]
    raise ServerError("no free ports on the loopback address")


def _is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
