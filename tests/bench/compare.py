#!/usr/bin/python3
"""`make bench`: Kindred beside Redis, on this machine, in turn. docs/performance.md says more.

In each round every group of servers is started once, filled, measured and stopped; the order
rotates from round to round. The table holds the medians of the rounds.
"""

import argparse
import contextlib
import dataclasses
import os
import pathlib
import signal
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import load  # noqa: E402  (the path has to be set first)
import report  # noqa: E402
import servers  # noqa: E402
from load import Work  # noqa: E402
from servers import kindred  # noqa: E402

PIPELINES = (1, 16)
QUICK = {"rounds": 1, "seconds": 0.4, "keys": 3000}


@dataclasses.dataclass(frozen=True)
class Row:
    """A line of the table: one kind of work on Kindred, beside its peer's."""
    name: str
    ours: str
    work: Work
    peer: str
    peer_work: Work
    target: float = None  # Kindred's rate / the peer's
    p99_target_ms: float = None  # of Kindred, at half of its maximal load


def _rows():
    """In the order in which each server is measured, too."""
    for pipeline, target in zip(PIPELINES, (0.7, 0.4)):
        get = Work("get", pipeline)
        yield Row("one node, GET in memory", "kindred_one", get, "redis_memory", get, target)
    for pipeline, target in zip(PIPELINES, (0.7, 0.3)):
        put = Work("set", pipeline)
        yield Row("one node, synced SET", "kindred_one", put, "redis_always", put, target)
    for pipeline in PIPELINES:
        get = Work("get", pipeline)
        yield Row("three nodes, GET", "kindred_three", get, "redis_cluster", get, 1.0, 10.0)
    for pipeline in PIPELINES:
        get = Work("get", pipeline)
        yield Row("three nodes, GET with read-quorum 1", "kindred_three_read_one", get,
                  "redis_cluster", get)
    for pipeline in PIPELINES:
        yield Row("three nodes, SET; the cluster's with WAIT 1",
                  "kindred_three", Work("set", pipeline, "kindred_load"),
                  "redis_cluster", Work("set-wait", pipeline, "kindred_load"), 1.0, 10.0)
    for pipeline in PIPELINES:
        put = Work("set", pipeline, "kindred_load")
        yield Row("three nodes, SET; the cluster's without WAIT",
                  "kindred_three", put, "redis_cluster", put)


def works_of(rows):
    """What is to be measured on each server, nothing twice: {server: [work]}."""
    works = {}
    for row in rows:
        for server, work in ((row.ours, row.work), (row.peer, row.peer_work)):
            if work not in works.setdefault(server, []):
                works[server].append(work)
    return works


def measure(server, works, options, results):
    """Starts one group of servers, and adds what was measured to the results."""
    start, _ = servers.SERVERS[server]
    with kindred.temporary_directory() as folder, _logs_when_it_fails(folder):
        group = start(folder)
        load.fill(group, options.keys)
        for work in works:
            full = load.full_load(group, work, options.keys, options.seconds)
            paced = load.paced_load(group, work, options.keys, options.seconds, full.rate / 2)
            results.add(server, work, full, paced, load.command_lines(group, work, options.keys))
            print(f"  {server}, {work.command}, pipeline {work.pipeline}: {full.rate:,.0f}/s",
                  file=sys.stderr, flush=True)
        results.add_group(server, group.peak_mib(), group.command_line)
        for process in group.servers:
            if process.process.poll() is not None:
                raise load.LoadError(f"{server}: a server has ended: {process.log_text()[-2000:]}")


@contextlib.contextmanager
def _logs_when_it_fails(folder):
    try:
        yield
    except (AssertionError, load.LoadError):
        for log in sorted(pathlib.Path(folder).glob("*.log")):
            print(f"{log.name}:", *log.read_text(errors="replace").splitlines()[-15:], sep="\n  ",
                  file=sys.stderr)
        raise


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="default: 3")
    parser.add_argument("--seconds", type=float, default=5.0,
                        help="of each load, of which there are two for each cell (default: 5)")
    parser.add_argument("--keys", type=int, default=100_000, help="default: 100000")
    parser.add_argument("--only", metavar="TEXT", default="",
                        help="just rows with TEXT in their name, as in --only 'one node, GET'")
    parser.add_argument("--write", metavar="FILE", type=pathlib.Path,
                        help="put the table between the marks of this file")
    parser.add_argument("--quick", action="store_true",
                        help="one short round that only shows that everything works")
    options = parser.parse_args()
    if options.quick:
        vars(options).update(QUICK)
    if options.write and (options.quick or options.only):
        parser.error("--write goes with neither --quick nor --only: keep whole runs")
    if options.write:
        report.check_marks(options.write)
    return options


def main():
    # A SIGTERM, too, must end the servers that were started here; Ctrl-C does so anyway.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    options = parse_options()
    rows = [row for row in _rows() if options.only in row.name]
    if not rows:
        sys.exit(f"no row has '{options.only}' in its name")
    for path in (kindred.BINARY, load.GENERATOR):
        if not os.access(path, os.X_OK):
            sys.exit(f"there is no executable {path}; `make bench` builds it")
    results = report.Results()
    works = works_of(rows)
    names = list(works)
    machine = report.machine()
    try:
        for number in range(options.rounds):
            print(f"round {number + 1} of {options.rounds}", file=sys.stderr, flush=True)
            turn = number % len(names)
            for server in names[turn:] + names[:turn]:
                measure(server, works[server], options, results)
    except (AssertionError, load.LoadError) as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit("interrupted")
    text = report.markdown(rows, results, options, machine)
    print(text)
    if options.quick:
        print("Everything was answered and measured. The figures of so short a run mean nothing.")
    if options.write:
        report.write(options.write, text)


if __name__ == "__main__":
    main()
