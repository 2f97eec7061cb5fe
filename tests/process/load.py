"""Clients that write to a cluster from several threads while a test does things to its nodes, and
what has to be true of their writes afterwards.

Each thread sets keys that nobody else sets and increments counters that all share, over one node
after the other. A write is *acked* when it was answered OK, *unknown* when its outcome cannot be
known (the connection broke after it was sent, or -NOQUORUM that says so), and *refused* when the
reply says that nothing was done.
"""

import threading
import time

from kindred import SLOWNESS, ReplyError, wait_until

COUNTERS = 4
# Replies are read in portions of so many, so that a check does not send without reading.
PORTION = 2000


class Load:
    """`with Load(cluster) as load:` runs the threads; afterwards its records can be checked."""

    def __init__(self, servers, name="load", threads=6):
        """`name` keeps the keys of several loads apart."""
        self.servers = list(servers)
        self.name = name
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        # Guarded by the lock.
        self.acked = {}  # key -> value
        self.unknown = {}
        self.refused = {}
        self.errors = {}  # text -> how often
        self.counters = {f"{name}:counter:{number}": [0, 0]  # acked, unknown
                         for number in range(COUNTERS)}
        self.strange = []
        self.threads = [threading.Thread(target=self._run, args=(number,), daemon=True)
                        for number in range(threads)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join(30 * SLOWNESS)
            assert not thread.is_alive(), "a writer waits for a reply that does not come"

    def acked_count(self):
        with self.lock:
            return len(self.acked) + sum(acked for acked, _ in self.counters.values())

    def wait_for_acks(self, count, what):
        """Waits until `count` more writes are acknowledged."""
        wanted = self.acked_count() + count
        wait_until(lambda: self.acked_count() >= wanted, 10.0, f"{count} acks {what}")

    def _run(self, thread):
        turn = thread
        number = 0
        counters = list(self.counters)
        while not self.stopping.is_set():
            server = self.servers[turn % len(self.servers)]
            turn += 1
            try:
                with server.client(timeout=5.0) as client:
                    for _ in range(50):
                        if self.stopping.is_set():
                            return
                        key = f"{self.name}:{thread}:{number}"
                        self._set(client, key, f"value of {key}")
                        self._incr(client, counters[number % COUNTERS])
                        number += 1
            except OSError:
                number += 1
                time.sleep(0.01)  # before the next node is tried

    def _set(self, client, key, value):
        outcome = self._outcome(client, "OK", "set", key, value)
        with self.lock:
            getattr(self, outcome)[key] = value
        if outcome == "unknown" and client.lost:
            raise ConnectionError

    def _incr(self, client, name):
        outcome = self._outcome(client, None, "incr", name)
        with self.lock:
            self.counters[name][0] += outcome == "acked"
            self.counters[name][1] += outcome == "unknown"
        if outcome == "unknown" and client.lost:
            raise ConnectionError

    def _outcome(self, client, wanted, *command):
        client.lost = False
        try:
            reply = client(*command)
        except ReplyError as error:
            text = str(error)
            with self.lock:
                self.errors[text] = self.errors.get(text, 0) + 1
            if "nothing was done" in text:
                return "refused"
            if "the write may still take effect" not in text:
                self._note(command, text)
            return "unknown"
        except OSError:
            client.lost = True
            return "unknown"
        if (wanted is not None and reply != wanted) or (wanted is None and type(reply) is not int):
            self._note(command, reply)
        return "acked"

    def _note(self, command, reply):
        with self.lock:
            self.strange.append((command, reply))

    # --- afterwards ------------------------------------------------------------------------------

    def check(self, servers=None):
        """Every node tells all that was acknowledged, and nothing that was refused. What is unknown
        may show at last, but never goes away again."""
        assert not self.strange, self.strange[:5]
        counts = {name: acked for name, (acked, _) in self.counters.items()}
        shown = dict(self.acked)
        for server in servers or self.servers:
            values, counters = self._read_all(server)
            for key, value in shown.items():
                assert values[key] == value.encode(), f"{key} is {values[key]}, port {server.port}"
            for key in self.refused:
                assert values[key] is None, f"refused {key} is {values[key]}, port {server.port}"
            for key, value in self.unknown.items():
                assert values[key] in (None, value.encode()), f"unknown {key} is {values[key]}"
                if values[key] is not None:
                    shown[key] = value
            for name, (acked, unknown) in self.counters.items():
                value = int(counters[name] or 0)
                assert counts[name] <= value <= acked + unknown, \
                    f"{name} is {value}: {acked} acked, {unknown} unknown, {counts[name]} seen"
                counts[name] = value

    def _read_all(self, server):
        keys = [*self.acked, *self.unknown, *self.refused]
        values = {}
        with server.client(timeout=20.0) as client:
            for begin in range(0, len(keys), PORTION):
                portion = keys[begin:begin + PORTION]
                replies = client.pipeline([("get", key) for key in portion])
                for key, reply in zip(portion, replies):
                    if isinstance(reply, ReplyError):
                        reply = client("get", key)  # once more: a node may just have come back
                    values[key] = reply
            return values, {name: client("get", name) for name in self.counters}

    def report(self):
        unknown_counts = sum(unknown for _, unknown in self.counters.values())
        acked_counts = sum(acked for acked, _ in self.counters.values())
        print(f"    SET: {len(self.acked)} acked, {len(self.unknown)} unknown, "
              f"{len(self.refused)} refused; INCR: {acked_counts} acked, {unknown_counts} unknown")
        for text, times in sorted(self.errors.items()):
            print(f"    {times} x {text}")
