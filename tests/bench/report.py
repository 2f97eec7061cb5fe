"""What was measured, as Markdown: the table, the machine and the commands."""

import collections
import dataclasses
import datetime
import os
import platform
import shlex
import statistics
import subprocess
import sys
import tempfile
import time

import servers
from load import CONNECTIONS, VALUE_BYTES, Figures

BEGIN = "<!-- benchmark: begin -->"
END = "<!-- benchmark: end -->"
SYNCS = 100


class Results:
    """The figures of all rounds."""

    def __init__(self):
        self._full = collections.defaultdict(list)  # (server, work) -> [Figures]
        self._paced = collections.defaultdict(list)
        self._peak_mib = collections.defaultdict(list)  # server -> [MiB]
        self.commands = {}  # (server, work) -> command lines, server -> command line

    def add(self, server, work, full, paced, command_lines):
        self._full[server, work].append(full)
        self._paced[server, work].append(paced)
        self.commands[server, work] = command_lines

    def add_group(self, server, peak_mib, command_line):
        self._peak_mib[server].append(peak_mib)
        self.commands[server] = command_line

    def full(self, server, work):
        return _medians(self._full[server, work])

    def paced(self, server, work):
        return _medians(self._paced[server, work])

    def rates(self, server, work):
        """Of each round."""
        return [figures.rate for figures in self._full[server, work]]

    def peak_mib(self, server):
        return statistics.median(self._peak_mib[server])

    def servers(self):
        return list(self._peak_mib)


def _medians(figures):
    return Figures(*(statistics.median(column) for column in
                     zip(*(dataclasses.astuple(one) for one in figures))))


# --- the table ------------------------------------------------------------------------------------

HEAD = ("what is measured", "peer", "pipeline", "Kindred, op/s", "peer, op/s", "ratio (rounds)",
        "target", "Kindred, p50 / p99 ms", "peer, p50 / p99 ms", "Kindred, p99 ms at half load",
        "peer, p99 ms at half load", "Kindred, CPU s / 1M op", "peer, CPU s / 1M op")


def markdown(rows, results, options, machine):
    lines = [_heading(options), "", *_table(HEAD, [_cells(row, results) for row in rows]), "",
             *_table(("servers", "peak memory of all their processes, MiB"),
                     [(servers.SERVERS[name][1], f"{results.peak_mib(name):,.0f}")
                      for name in results.servers()]),
             "", *(f"- {what}: {value}" for what, value in machine.items()), "",
             "The servers, and the loads at pipeline 1 (redis-benchmark: one process for each "
             "server that clients connect to):", "", "```",
             *dict.fromkeys(results.commands[name] for name in results.servers()),
             *_loads(rows, results), "```"]
    return "\n".join(lines)


def _heading(options):
    command = shlex.join(["tests/bench/compare.py", *sys.argv[1:]])
    today = datetime.date.today().isoformat()
    return (f"`{command}` (`make bench`), {today}: medians of {options.rounds} "
            f"round{'s' if options.rounds > 1 else ''}, {options.seconds:g} s a load, "
            f"{CONNECTIONS} connections, {VALUE_BYTES}-byte values, {options.keys:,} keys.")


def _cells(row, results):
    ours, peer = results.full(row.ours, row.work), results.full(row.peer, row.peer_work)
    ours_half = results.paced(row.ours, row.work)
    peer_half = results.paced(row.peer, row.peer_work)
    ratios = [a / b for a, b in zip(results.rates(row.ours, row.work),
                                    results.rates(row.peer, row.peer_work))]
    ratio = ours.rate / peer.rate
    return (row.name, servers.SERVERS[row.peer][1], str(row.work.pipeline),
            f"{ours.rate:,.0f}", f"{peer.rate:,.0f}",
            f"{ratio:.2f} ({min(ratios):.2f}-{max(ratios):.2f})",
            _verdict(row.target, ratio),
            f"{ours.p50_ms:.2f} / {ours.p99_ms:.2f}", f"{peer.p50_ms:.2f} / {peer.p99_ms:.2f}",
            _half(row.p99_target_ms, ours, ours_half), _half(None, peer, peer_half),
            f"{ours.cpu_s_per_million:.1f}", f"{peer.cpu_s_per_million:.1f}")


def _verdict(target, ratio):
    return "-" if target is None else f"{target:g}, {'met' if ratio >= target else 'missed'}"


def _half(p99_ms_max, full, paced):
    """The p99 under half of the load; says so when even that load was not kept up."""
    text = f"{paced.p99_ms:.2f}"
    if paced.rate < 0.95 * full.rate / 2:
        text += f" (held only {paced.rate:,.0f}/s)"
    if p99_ms_max is not None:
        text += f" (under {p99_ms_max:g}: {'met' if paced.p99_ms < p99_ms_max else 'missed'})"
    return text


def _table(head, rows):
    return [f"| {' | '.join(cells)} |" for cells in [head, ["---"] * len(head), *rows]]


def _loads(rows, results):
    """Each command line once."""
    return dict.fromkeys(line for row in rows if row.work.pipeline == 1
                         for line in (*results.commands[row.ours, row.work],
                                      *results.commands[row.peer, row.peer_work]))


# --- the machine ----------------------------------------------------------------------------------


def machine():
    """What the figures depend on."""
    folder = tempfile.gettempdir()
    return {
        "machine": f"{_first('/proc/cpuinfo', 'model name')}, "
                   f"{len(os.sched_getaffinity(0))} cores, "
                   f"{int(_first('/proc/meminfo', 'MemTotal').split()[0]) / 2**20:.1f} GiB, "
                   f"{platform.system()} {platform.release()}",
        "disk": f"{_output('stat', '-f', '-c', '%T', folder)}, 4 KiB append + fdatasync "
                f"{_sync_us(folder):.0f} us (median of {SYNCS})",
        "peers": f"{_output('redis-server', '--version')}",
        "Kindred": f"{_output(servers.kindred.BINARY, '--version')}, "
                   f"commit {_output('git', 'describe', '--always', '--dirty') or 'unknown'}",
    }


def _first(path, name):
    with open(path, encoding="utf-8") as lines:
        return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(name)),
                    "unknown")


def _output(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def _sync_us(folder):
    """The figure on which every synced write rests."""
    times = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(SYNCS):
            begun = time.perf_counter()
            os.write(file.fileno(), bytes(4096))
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - begun)
    return statistics.median(times) * 1e6


# --- the document ---------------------------------------------------------------------------------


def check_marks(path):
    """Before half an hour is spent on a table that has no place."""
    text = path.read_text(encoding="utf-8")
    if not 0 <= text.find(BEGIN) < text.find(END):
        sys.exit(f"{path} has no lines {BEGIN} and {END}")


def write(path, table):
    text = path.read_text(encoding="utf-8")
    before, after = text[:text.index(BEGIN) + len(BEGIN)], text[text.index(END):]
    path.write_text(f"{before}\n{table}\n{after}", encoding="utf-8")
