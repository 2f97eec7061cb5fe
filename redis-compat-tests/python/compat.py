"""What the Python scripts share: cases, connections, and the report that the runner reads."""

import os
import secrets
import sys
import time
import traceback

import redis

HOST = os.environ.get("COMPAT_HOST", "127.0.0.1")
PORTS = [int(port) for port in os.environ.get("COMPAT_PORTS", "6379").split(",")]
REFERENCE_PORT = int(os.environ.get("COMPAT_REFERENCE", PORTS[0]))
SKIP = os.environ.get("COMPAT_SKIP", "").splitlines()
PREFIX = "t" + secrets.token_hex(4) + ":"
POLL_SECONDS = 15

_cases = []


def case(title):
    """Decorates a function that holds one case."""
    def remember(function):
        _cases.append((title, function))
        return function
    return remember


def connect(node=0, **options):
    """A client of the server in question, or of its `node`th fellow."""
    return redis.Redis(HOST, PORTS[node % len(PORTS)], socket_timeout=20, **options)


def reference(**options):
    """A client of a redis-server, for what has to be the same from both."""
    return redis.Redis("127.0.0.1", REFERENCE_PORT, socket_timeout=20, **options)


def raw(client, *command):
    """The reply as it is, without redis-py's changes; an error as its text."""
    connection = client.connection_pool.get_connection("raw")
    try:
        connection.send_command(*command)
        return connection.read_response()
    except redis.ResponseError as error:
        return f"(error) {error}"
    finally:
        client.connection_pool.release(connection)


def key(name):
    return PREFIX + name


def equal(actual, expected):
    if actual != expected:
        raise AssertionError(f"expected {expected!r:.300}, got {actual!r:.300}")


def refused(text, function, *arguments, **options):
    """The server answers the call with an error that says `text`."""
    try:
        answer = function(*arguments, **options)
    except redis.ResponseError as error:
        if text not in str(error):
            raise AssertionError(f"expected an error with {text!r}, got {error}") from None
        return
    raise AssertionError(f"expected an error with {text!r}, got {answer!r:.300}")


def eventually(function, expected):
    """Asks again and again until the answer is as expected."""
    deadline = time.monotonic() + POLL_SECONDS
    while (answer := function()) != expected:
        if time.monotonic() > deadline:
            raise AssertionError(f"expected {expected!r} in the end, got {answer!r:.300}")
        time.sleep(0.02)


def main(flush=None):
    """Runs all cases on an emptied server and reports each."""
    (flush or connect().flushall)()
    for title, function in _cases:
        if title in SKIP:
            print(f"skip {title}", flush=True)
            continue
        try:
            function()
            print(f"ok {title}", flush=True)
        except Exception as error:  # One case's failure must not hide the next case.
            print(f"FAIL {title}\n    {type(error).__name__}: {error}")
            for frame in traceback.extract_tb(sys.exc_info()[2]):
                print(f"    {os.path.basename(frame.filename)}:{frame.lineno}: {frame.line}")
            sys.stdout.flush()
