"""`kill -9` of each node in turn while transactions run: whoever reads the keys of one together sees
all of it or nothing, also of those whose outcome nobody was told, and also while others read and
write the keys one by one."""

import random
import threading
import time

from kindred import Client, Cluster, ReplyError, run, wait_until

PAIRS = 4


class Transactions:
    """Writers, each of which sets both keys of a pair to the same new value; readers of single
    keys, which settle what a crash has left of these alone; and readers of whole pairs."""

    def __init__(self, servers):
        self.servers = list(servers)
        self.over = threading.Event()
        self.lock = threading.Lock()
        self.written = self.read = self.unknown = 0
        self.torn = []
        work = [self.write, self.write, self.read_single, self.read_pair, self.read_pair]
        self.threads = [threading.Thread(target=self.run, args=(each, number))
                        for number, each in enumerate(work)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()

    def run(self, work, number):
        draw = random.Random(number)
        serial = 0
        client = None
        while not self.over.is_set():
            serial += 1
            try:
                client = client or Client(draw.choice(self.servers).port, timeout=3.0)
                work(client, f"{{pair{draw.randrange(PAIRS)}}}", f"{number}-{serial}", draw)
            except OSError:
                with self.lock:
                    self.unknown += 1
                if client is not None:
                    client.close()
                client = None
                time.sleep(0.01)  # the node is dead: others are tried
        if client is not None:
            client.close()

    def write(self, client, pair, value, draw):
        *_, reply = client.pipeline([("MULTI",), ("SET", pair + "left", value),
                                     ("SET", pair + "right", value), ("EXEC",)])
        with self.lock:
            if isinstance(reply, list):
                self.written += 1
            else:
                self.unknown += 1

    def read_single(self, client, pair, value, draw):
        try:
            client("GET", pair + draw.choice(["left", "right"]))
        except ReplyError as error:
            assert "NOQUORUM" in str(error), error

    def read_pair(self, client, pair, value, draw):
        self.check_pair(client, pair)

    def check_pair(self, client, pair):
        *_, reply = client.pipeline([("MULTI",), ("GET", pair + "left"),
                                     ("GET", pair + "right"), ("EXEC",)])
        if not isinstance(reply, list):
            return False
        with self.lock:
            self.read += 1
            if reply[0] != reply[1]:
                self.torn.append((pair, reply))
        return True

    def wait_for_more(self, what):
        before = self.written, self.read
        wait_until(lambda: self.written > before[0] + 20 and self.read > before[1] + 20, 30, what)


def test_a_transaction_shows_whole_or_not_at_all(directory):
    cluster = Cluster(directory).start()
    with Transactions(cluster) as transactions:
        for _ in range(2):
            for server in cluster:
                transactions.wait_for_more("with all nodes")
                server.kill()
                transactions.wait_for_more("with one node killed")
                server.start()
                cluster.wait_ready()
    for server in cluster:
        with server.client() as client:
            for number in range(PAIRS):
                wait_until(lambda: transactions.check_pair(client, f"{{pair{number}}}"), 10)
    print(f"{transactions.written} transactions acknowledged, {transactions.unknown} unknown or "
          f"refused, {transactions.read} pairs read")
    assert not transactions.torn, transactions.torn[:3]


if __name__ == "__main__":
    run(globals())
