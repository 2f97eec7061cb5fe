"""strace, attached to running servers."""

import os
import re
import shutil
import signal
import subprocess

from kindred import SLOWNESS, wait_until


def why_skipped():
    """Why strace cannot be used here, or None."""
    if os.environ.get("KINDRED_SANITIZER"):
        return "a server with a sanitizer does not run under strace"
    if shutil.which("strace") is None:
        return "strace is not installed"
    # As a server is: somebody's child, but not strace's.
    sleeper = subprocess.Popen(["sleep", "20"])
    strace = subprocess.Popen(["strace", "-p", str(sleeper.pid), "-o", os.devnull],
                              stderr=subprocess.PIPE, text=True)
    try:
        wait_until(lambda: strace.poll() is not None or tracer_of(sleeper.pid) == strace.pid)
        if strace.poll() is not None:
            return f"strace is not permitted: {strace.stderr.read().strip()}"
        return None
    finally:
        sleeper.kill()
        sleeper.wait()
        strace.wait()


def tracer_of(thread, process=None):
    """The process id of the tracer of a thread, or 0."""
    with open(f"/proc/{process or thread}/task/{thread}/status") as status:
        return int(re.search(r"TracerPid:\t(\d+)", status.read()).group(1))


class Strace:
    """strace attached to all threads of a server, from entering the context to leaving it."""

    def __init__(self, server, *options):
        self.server = server
        self.options = options

    def __enter__(self):
        self.process = subprocess.Popen(
            ["strace", "-f", "-p", str(self.server.pid), *self.options], stderr=subprocess.DEVNULL)
        wait_until(self._attached, what="strace is attached to all threads")
        return self

    def _attached(self):
        assert self.process.poll() is None, "strace has ended"
        pid = self.server.pid
        threads = os.listdir(f"/proc/{pid}/task")
        return all(tracer_of(int(thread), pid) == self.process.pid for thread in threads)

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)  # strace detaches, and the server goes on
        self.process.wait(20 * SLOWNESS)
