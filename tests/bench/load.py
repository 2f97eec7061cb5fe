"""Runs a load on a group of servers and returns its figures.

redis-benchmark measures how much a server can do. What it cannot do, SET followed by WAIT and a
load at a given rate, does kindred_load (load_generator.h), whose path is in KINDRED_LOAD.
"""

import csv
import dataclasses
import json
import os
import subprocess

GENERATOR = os.environ.get("KINDRED_LOAD",
                           os.path.join(os.getcwd(), "build", "tests", "bench", "kindred_load"))
CONNECTIONS = 50
VALUE_BYTES = 100
FILL_PIPELINE = 16
# So much of a row's time goes to the run that warms up and tells how many requests fill the rest.
WARM_UP_SHARE = 0.2
WARM_UP_RATE = 40_000  # of the run of redis-benchmark that warms up: not known better yet


class LoadError(Exception):
    """A load did not run to its end, or was not answered as it should be."""


@dataclasses.dataclass
class Figures:
    """Of one run. A group's percentiles are those of its worst process."""
    rate: float  # operations a second
    p50_ms: float
    p99_ms: float
    cpu_s_per_million: float = 0.0  # of all server processes


@dataclasses.dataclass(frozen=True)
class Work:
    """What clients do: `command` is get, set or set-wait (WAIT 1 after each SET)."""
    command: str
    pipeline: int
    tool: str = "redis-benchmark"  # or kindred_load


def fill(group, keys):
    """Writes every key once, so that no GET misses."""
    _generate(group.prefixes, Work("set", FILL_PIPELINE), keys // len(group.prefixes), ["--fill"])


def full_load(group, work, keys, seconds):
    """As much as the group can take."""
    run = _redis_benchmark if work.tool == "redis-benchmark" else _generate_for
    warm = run(group, work, keys, seconds * WARM_UP_SHARE, None)
    before = group.cpu_seconds()
    figures, operations = run(group, work, keys, seconds * (1 - WARM_UP_SHARE), warm[0].rate)
    figures.cpu_s_per_million = (group.cpu_seconds() - before) / operations * 1e6
    return figures


def paced_load(group, work, keys, seconds, rate):
    """At `rate` operations a second. Latencies count from when an operation was due."""
    return _generate(group.endpoints, work, keys // len(group.prefixes),
                     ["--seconds", str(seconds), "--rate", f"{rate:.0f}"])[0]


def command_lines(group, work, keys):
    """What is run, for the report: as much as the group can take, then at a rate."""
    keys //= len(group.prefixes)
    rated = _generator_command(group.endpoints, work, keys, ["--rate", "RATE"])
    if work.tool == "redis-benchmark":
        port, prefix = group.endpoints[0]
        part = _parts(CONNECTIONS, len(group.endpoints))[0]
        full = _redis_benchmark_command(port, prefix, work, keys, part, "REQUESTS")
    else:
        full = _generator_command(group.endpoints, work, keys, [])
    return [_shown(full, group), _shown(rated, group)]


def _shown(command, group=None):
    text = " ".join([os.path.basename(command[0]), *command[1:]])
    text = text.replace("x" * VALUE_BYTES, "VALUE")
    for port, _ in group.endpoints if group else ():
        text = text.replace(str(port), "PORT")
    return text


# --- kindred_load ---------------------------------------------------------------------------------


def _generator_command(endpoints, work, keys, options):
    return [GENERATOR, "--command", work.command, "--pipeline", str(work.pipeline),
            "--connections", str(CONNECTIONS), "--value-bytes", str(VALUE_BYTES),
            "--keys", str(keys), *options, *(f"{port}={prefix}" for port, prefix in endpoints)]


def _generate_for(group, work, keys, seconds, _rate):
    return _generate(group.endpoints, work, keys // len(group.prefixes),
                     ["--seconds", str(seconds)])


def _generate(endpoints, work, keys, options):
    """Returns the figures and the number of operations."""
    command = _generator_command(endpoints, work, keys, options)
    # Its own time limit is on silence.
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    if done.returncode != 0:
        raise LoadError(f"{_shown(command)}: {done.stderr.strip()}")
    figures = json.loads(done.stdout)
    for fault in ("errors", "misses", "unreplicated"):
        if figures[fault]:
            raise LoadError(f"{_shown(command)}: {figures[fault]} {fault}")
    if not figures["operations"]:
        raise LoadError(f"{_shown(command)}: nothing was answered")
    return (Figures(figures["rate"], figures["p50_ms"], figures["p99_ms"]),
            figures["operations"])


# --- redis-benchmark ------------------------------------------------------------------------------


def _redis_benchmark_command(port, prefix, work, keys, connections, requests):
    operation = ["SET", prefix + "__rand_int__", "x" * VALUE_BYTES]
    if work.command == "get":
        operation = ["GET", prefix + "__rand_int__"]
    return ["redis-benchmark", "-p", str(port), "-c", str(connections), "-P", str(work.pipeline),
            "-r", str(keys), "-n", str(requests), "--csv", *operation]


def _redis_benchmark(group, work, keys, seconds, rate):
    """One process for each endpoint, each with its part of the connections and requests. `rate`
    is what to expect."""
    if work.command == "set-wait":
        raise LoadError("redis-benchmark cannot send WAIT after each SET")
    endpoints = group.endpoints
    total = max((rate or WARM_UP_RATE) * seconds, CONNECTIONS * work.pipeline)
    requests = max(1, round(total / len(endpoints)))
    commands = [_redis_benchmark_command(port, prefix, work, keys // len(group.prefixes),
                                         part, requests)
                for (port, prefix), part in zip(endpoints, _parts(CONNECTIONS, len(endpoints)))]
    parsed = [parse_csv(text) for text in _run_together(commands)]
    # The slowest process decides: sums of rates would leave out that the others had already ended.
    figures = Figures(rate=requests * len(endpoints) / max(requests / row.rate for row in parsed),
                      p50_ms=max(row.p50_ms for row in parsed),
                      p99_ms=max(row.p99_ms for row in parsed))
    return figures, requests * len(endpoints)


def _parts(total, count):
    return [total // count + (1 if i < total % count else 0) for i in range(count)]


def _run_together(commands):
    processes = [subprocess.Popen(command, text=True, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE) for command in commands]
    try:
        outputs = [process.communicate(timeout=600) for process in processes]
    finally:
        for process in processes:
            if process.poll() is None:
                process.kill()
                process.wait()
    for process, command, (out, errors) in zip(processes, commands, outputs):
        if process.returncode != 0 or "Error" in out + errors:
            raise LoadError(f"{_shown(command)}: {out}{errors}")
    return [out for out, _ in outputs]


def parse_csv(text):
    """The figures in what redis-benchmark --csv prints: a line of names, and one of values."""
    rows = list(csv.DictReader(text.strip().splitlines()))
    try:
        (row,) = rows
        figures = Figures(float(row["rps"]), float(row["p50_latency_ms"]),
                          float(row["p99_latency_ms"]))
    except (KeyError, TypeError, ValueError):
        raise LoadError(f"not what redis-benchmark --csv prints: {text!r}") from None
    if figures.rate <= 0:
        raise LoadError(f"redis-benchmark says that nothing was answered: {text!r}")
    return figures
