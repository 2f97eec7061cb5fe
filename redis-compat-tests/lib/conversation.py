"""Conversations with redis-cli (.rc files): reading them, and playing them against a server.

README.md describes the format. A file is a list of cases; a case is a list of steps; a step is a
command and the lines that redis-cli should print for it.
"""

import dataclasses
import difflib
import os
import re
import secrets
import selectors
import subprocess
import time

REPLY_SECONDS = 10
POLL_SECONDS = 15
# What redis-cli says, by itself, of a line that is a quote without its end. Told behind a command,
# such a line shows where the reply ends, and the server sees nothing of it, in a MULTI neither.
HALF_QUOTE = '"'
REFUSAL = "Invalid argument(s)"
VARIABLE = re.compile(r"\$([a-z]\w*)")
ELAPSED = re.compile(r"^\(\d+\.\d\ds\)$")
INDEX = re.compile(r"^\s*\d+[)#~] ")


class ConversationError(Exception):
    """A case went another way than its script says."""


@dataclasses.dataclass
class Step:
    line: int
    kind: str  # ">" once, ">>" until it matches, ">?" in any order, "@" go to another node
    text: str
    expected: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Case:
    title: str
    steps: list = dataclasses.field(default_factory=list)


def parse(text, resp):
    """The cases of a file as they read when spoken in RESP version `resp`."""
    cases = []
    for number, line in enumerate(text.splitlines(), 1):
        line = line.rstrip()
        if not line or line.startswith("--"):
            continue
        if line.startswith("== "):
            cases.append(Case(line[3:]))
        elif not cases:
            raise ValueError(f"line {number}: a case has to begin with '== title'")
        elif match := re.match(r"(>>|>\?|>|@) (.*)", line):
            cases[-1].steps.append(Step(number, match[1], match[2]))
        else:
            if match := re.match(r"([23])\| ?(.*)", line):
                if int(match[1]) != resp:
                    continue
                line = match[2]
            if not cases[-1].steps or cases[-1].steps[-1].kind == "@":
                raise ValueError(f"line {number}: a reply without a command")
            cases[-1].steps[-1].expected.append(line)
    return cases


class Cli:
    """One redis-cli on a pipe, which is told one command at a time."""

    def __init__(self, host, port, resp):
        command = ["redis-cli", "-h", host, "-p", str(port), "--no-raw"]
        self._process = subprocess.Popen(
            command + (["-3"] if resp == 3 else []),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._process.stdout, selectors.EVENT_READ)
        self._left = b""

    def run(self, command):
        """What redis-cli prints for `command`, as a list of lines without trailing blanks."""
        try:
            self._process.stdin.write(f"{command}\n{HALF_QUOTE}\n".encode())
            self._process.stdin.flush()
        except BrokenPipeError:
            raise ConversationError("redis-cli has ended") from None
        lines = []
        deadline = time.monotonic() + REPLY_SECONDS
        while True:
            line = self._line(deadline, lines)
            lines.append(line.removesuffix(REFUSAL))  # "QUEUED" of an INFO has no line's end.
            if line.endswith(REFUSAL):
                return [text for text in lines if text and not ELAPSED.match(text)]

    def _line(self, deadline, so_far):
        while b"\n" not in self._left:
            if not self._selector.select(max(0, deadline - time.monotonic())):
                raise ConversationError(
                    f"no reply within {REPLY_SECONDS} s; so far: {so_far}")
            chunk = os.read(self._process.stdout.fileno(), 1 << 16)
            if not chunk:
                raise ConversationError(f"redis-cli has ended; so far: {so_far}")
            self._left += chunk
        line, self._left = self._left.split(b"\n", 1)
        return line.decode("utf-8", "replace").rstrip()

    def close(self):
        self._selector.close()
        self._process.kill()
        self._process.communicate()


class Player:
    """Plays the cases of one file. `ports[0]` is the server in question; "@ N" moves N further."""

    def __init__(self, host, ports, resp):
        self._host = host
        self._ports = ports
        self._resp = resp
        self._clis = {}

    def play(self, case):
        """Returns normally when the case holds, otherwise raises ConversationError."""
        variables = {"p": "t" + secrets.token_hex(4)}
        node = 0
        try:
            for step in case.steps:
                if step.kind == "@":
                    node = int(step.text)
                else:
                    self._step(self._cli(node), step, variables)
        finally:
            # The database, protocol and name of a connection are not the next case's business.
            self.close()

    def flush(self):
        lines = self._cli(0).run("FLUSHALL")
        if lines != ["OK"]:
            raise ConversationError(f"FLUSHALL answered {lines}")

    def close(self):
        for cli in self._clis.values():
            cli.close()
        self._clis.clear()

    def _cli(self, node):
        port = self._ports[node % len(self._ports)]
        if port not in self._clis:
            self._clis[port] = Cli(self._host, port, self._resp)
        return self._clis[port]

    def _step(self, cli, step, variables):
        command = _fill(step.text, variables)
        deadline = time.monotonic() + POLL_SECONDS
        while True:
            actual = cli.run(command)
            if _matches(step, actual, variables):
                return
            if step.kind != ">>" or time.monotonic() > deadline:
                raise ConversationError(_difference(step, command, actual, variables))
            time.sleep(0.02)


def _fill(text, variables, quote=str):
    return VARIABLE.sub(
        lambda match: quote(variables[match[1]]) if match[1] in variables else match[0], text)


def _matches(step, actual, variables):
    """Whether `actual` is what the step expects; if so the named groups become variables."""
    expected = step.expected
    if step.kind == ">?":
        actual = sorted(INDEX.sub("", line) for line in actual)
        expected = sorted(_fill(line, variables) for line in expected)
    pattern = "".join(_line_pattern(line, variables) for line in expected)
    try:
        match = re.fullmatch(pattern, "".join(line + "\n" for line in actual))
    except re.error as error:
        raise ConversationError(f"line {step.line}: {error} in what is expected") from None
    if match:
        variables.update(match.groupdict())
    return bool(match)


def _line_pattern(line, variables):
    if line == "...":
        return "(?:.*\n)*?"
    if line.startswith("~ "):
        return f"(?:{_fill(line[2:], variables, re.escape)})[ ]*\n"
    return re.escape(_fill(line, variables)) + "\n"


def _difference(step, command, actual, variables):
    wanted = [_fill(line, variables) for line in step.expected]
    diff = difflib.unified_diff(wanted, actual, "expected", "answered", lineterm="", n=1000)
    return "\n".join([f"line {step.line}: {command}"] + list(diff)[3:])
