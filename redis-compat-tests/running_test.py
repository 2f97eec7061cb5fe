#!/usr/bin/python3
"""The runner against what already runs: all plain ports of a cluster and one of its cluster faces
are told apart and each is spoken to; where nobody is, that is said. Takes the executable."""

import pathlib
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from lib import servers  # noqa: E402  (the path has to be set first)

RUN = pathlib.Path(__file__).resolve().parent / "run"
SCRIPTS = "cli/c"  # Short ones, of both faces.
PLAIN, CLUSTER = "cli/connection.rc", "cli/cluster.rc"


def run_at(ports):
    command = [str(RUN), "--host", servers.LOOPBACK, "--only", SCRIPTS]
    for port in ports:
        command += ["--port", str(port)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    print(done.stdout, flush=True)
    return done.returncode, done.stdout


def passed(output):
    """The (script, target) of all lines that begin with ok."""
    lines = [line.split() for line in output.splitlines() if line.startswith("ok ")]
    return {(words[1], words[3]) for words in lines}


def main():
    with servers.kindred_cluster(sys.argv[1]) as plain:
        face = plain[0] + 100
        code, output = run_at([*plain, face])
    expected = {(PLAIN, f"{servers.LOOPBACK}:{port}") for port in plain}
    expected.add((CLUSTER, f"{servers.LOOPBACK}:{face}"))
    seen = {line for line in passed(output) if line[0] in (PLAIN, CLUSTER)}
    assert code == 0, f"it ended with {code}"
    assert seen == expected, f"expected {expected}, got {seen}"

    code, output = run_at(plain[:1])
    assert code == 1, f"where nobody is it ended with {code}"
    assert f"nobody answers at {servers.LOOPBACK}:{plain[0]}" in output


if __name__ == "__main__":
    main()
