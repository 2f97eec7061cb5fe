"""FLUSHALL while clients write: what was there before it is gone, and what is counted afterwards
begins at nothing."""

import threading

from kindred import SLOWNESS, Cluster, ReplyError, run, wait_until

FLUSHES = 30


class Counting:
    """A thread that increments one counter over one node and writes down what it is told."""

    def __init__(self, server, key, moment):
        self.replies = []  # (asked, answered, value), the first two by the clock that all share
        self.key = key
        self.moment = moment
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._run, args=(server,), daemon=True)
        self.thread.start()

    def _run(self, server):
        with server.client() as client:
            while not self.stopping.is_set():
                asked = self.moment()
                try:
                    value = client("incr", self.key)
                except ReplyError:
                    value = None
                self.replies.append((asked, self.moment(), value))

    def stop(self):
        self.stopping.set()
        self.thread.join(20 * SLOWNESS)
        assert not self.thread.is_alive()


def clock():
    """Numbers in the order in which they are asked for, by whichever thread."""
    lock = threading.Lock()
    last = [0]

    def moment():
        with lock:
            last[0] += 1
            return last[0]

    return moment


def flush_while_counting(directory, nodes):
    cluster = Cluster(directory, nodes).start()
    moment = clock()
    counting = [Counting(cluster[thread % nodes], f"counter:{thread % 2}", moment)
                for thread in range(4)]
    flushes = []
    with cluster[nodes - 1].client() as client:
        for _ in range(FLUSHES):
            before = len(counting[0].replies)
            wait_until(lambda b=before: len(counting[0].replies) > b + 10, what="more is counted")
            asked = moment()
            assert client("flushall") == "OK"
            flushes.append((asked, moment()))
        for each in counting:
            each.stop()
        for key in ("counter:0", "counter:1"):
            check(flushes, sorted(reply for each in counting if each.key == key
                                  for reply in each.replies))
        assert client("flushall") == "OK"
        assert client("dbsize") == 0
        assert client("exists", "counter:0", "counter:1") == 0
        assert client("incr", "counter:0") == 1
        assert client("dbsize") == 1


def check(flushes, replies):
    """An INCR that was asked for after a flush counts no INCR that was answered before it."""
    unknown = sum(value is None for _, _, value in replies)
    print(f"    {len(replies)} INCRs, {unknown} of them without an answer in time")
    for number, (asked, answered) in enumerate(flushes):
        until = flushes[number + 1][0] if number + 1 < len(flushes) else 1 << 60
        for begun, ended, value in replies:
            if value is None or begun < answered or ended > until:
                continue
            counted = sum(other[1] >= asked and other[0] <= ended for other in replies)
            assert value <= counted, \
                f"after flush {number} INCR tells {value}, but only {counted} can have counted"


def test_a_cluster_forgets_what_was_counted_before(directory):
    flush_while_counting(directory, nodes=3)


def test_a_single_server_forgets_what_was_counted_before(directory):
    flush_while_counting(directory, nodes=1)


if __name__ == "__main__":
    run(globals())
