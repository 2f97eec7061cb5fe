"""One node's disk takes long to sync: nobody waits for it, neither clients of the others nor its own,
as two other replicas have each write on disk. Only what was answered before the disk was known to be
slow waits for its sync."""

import os
import sys
import time

from kindred import Cluster, run
from pause_test import Prober, figures, first_replicas
from strace import Strace, why_skipped

SYNC = 0.6  # seconds of each sync
# By when it is known to be slow, at the latest: it has been for the longest hedge, and two ticks.
NOTICED = 1.0
# A write that waits for the sync that runs and for its own takes up to two syncs, one at least.
LONGEST = 0.4


def test_nobody_waits_for_a_slow_disk(directory):
    cluster = Cluster(directory).start()
    slow = cluster[0]
    delay = f"inject=fdatasync:delay_enter={int(SYNC * 1e6)}"
    with Prober(list(cluster), threads=6) as prober:
        prober.wait_for_requests(100)
        with Strace(slow, "-o", os.devnull, "-e", "trace=fdatasync", "-e", delay):
            began = time.monotonic()
            time.sleep(NOTICED + 3)
            ended = time.monotonic()
        prober.wait_for_requests(100)
    during = [r for r in prober.requests if began + NOTICED < r[0] < ended]
    first = first_replicas(cluster[1], sorted({r[2] for r in during}))
    its_own = [r for r in during if first[r[2]] == slow.port]
    longest = max(figures("it is the first replica", its_own),
                  figures("all", during))
    assert len(its_own) > 100, "few requests of which the slow node is the first replica"
    assert longest < LONGEST, f"a request took {longest:.3f} s"
    assert not [r for r in during if r[4] is not None]
    failed = [r for r in prober.requests if r[4] is not None]
    assert all("may still take effect" in r[4] for r in failed), failed


if __name__ == "__main__":
    if reason := why_skipped():
        print(f"skipped: {reason}\n0 passed, 0 failed")
        sys.exit(0)
    run(globals())
