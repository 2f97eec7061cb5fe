"""Proof that a write is answered after it was synced: the servers run under strace, which shows the
value going into the log, the log being synced, and the reply leaving, in this order."""

import os
import re
import sys

from kindred import Cluster, Server, free_port, run
from strace import Strace, why_skipped

CALLS = "read,recvfrom,write,writev,pwrite64,sendto,sendmsg,fsync,fdatasync,sync_file_range"
# "1234  1700000000.123456 fdatasync(12</dir/node/000007.log>) = 0 <0.000150>"
LINE = re.compile(r"(\d+) +(\d+\.\d+) (.*)")
DURATION = re.compile(r" <(\d+\.\d+)>$")


class Call:
    """One system call of any thread: the text behind its name, and when it began and returned."""

    def __init__(self, text, began):
        self.text = text
        self.began = began
        self.returned = None  # not yet

    def __repr__(self):
        return f"{self.began:.6f}-{self.returned or 0:.6f} {self.text[:150]}"


class Trace(Strace):
    """What a server does from entering the context to leaving it."""

    def __init__(self, server, directory):
        self.path = os.path.join(directory, f"strace-{server.port}.txt")
        # -yy: what each descriptor is; -T: how long each call took; -s: all of the bytes.
        super().__init__(server, "-o", self.path, "-e", f"trace={CALLS}", "-yy", "-ttt", "-T",
                         "-s", "100000")

    def calls(self):
        """In the order in which they began."""
        unfinished = {}
        calls = []
        with open(self.path, errors="replace") as lines:
            for line in lines:
                match = LINE.match(line)
                if match is None:
                    continue
                thread, at, text = match.group(1), float(match.group(2)), match.group(3)
                if text.startswith("<... "):
                    call = unfinished.pop(thread, None)
                    if call is not None:
                        call.text += text
                        call.returned = at
                    continue
                call = Call(text, at)
                calls.append(call)
                if text.endswith("<unfinished ...>"):
                    unfinished[thread] = call
                elif duration := DURATION.search(text):
                    call.returned = at + float(duration.group(1))
        return calls


def is_log(call, directory):
    return f"<{directory}/" in call.text and ".log>" in call.text


class Write:
    """What the trace of one node shows of a write that carries `marker`."""

    def __init__(self, calls, server, marker):
        logged = [call for call in calls if is_log(call, server.directory) and
                  call.text.startswith(("write", "pwrite64")) and marker in call.text]
        self.logged = logged[0] if logged else None
        self.synced = None
        if self.logged is not None:
            file = re.search(r"<[^<>]*\.log>", self.logged.text).group(0)
            syncs = [call for call in calls if call.text.startswith(("fdatasync", "fsync")) and
                     file in call.text and call.began >= self.logged.returned]
            self.synced = syncs[0] if syncs else None


def client_calls(calls, client, names):
    """Those on the socket of `client`."""
    here, there = client.socket.getsockname(), client.socket.getpeername()
    pair = f"{there[0]}:{there[1]}->{here[0]}:{here[1]}"
    return [call for call in calls if pair in call.text and call.text.startswith(names)]


READS = ("read(", "recvfrom(")
WRITES = ("write(", "writev(", "sendto(", "sendmsg(")


def command_and_reply(calls, client, marker):
    command = [call for call in client_calls(calls, client, READS) if marker in call.text]
    reply = [call for call in client_calls(calls, client, WRITES) if "+OK" in call.text]
    assert len(command) == 1, f"the command was read once: {command}"
    assert len(reply) == 1, f"the reply was written once: {reply}"
    return command[0], reply[0]


def milliseconds(later, earlier):
    return f"{(later - earlier) * 1000:.2f} ms"


def test_a_single_server_syncs_before_it_replies(directory):
    server = Server(os.path.join(directory, "node"), free_port()).start().wait_ready()
    with server.client() as client:
        assert client("set", "warm", "up") == "OK"
        with Trace(server, directory) as trace:
            for number in range(5):
                assert client("set", "k", f"marked-value-{number}") == "OK"
        calls = trace.calls()
        replies = [call for call in client_calls(calls, client, WRITES) if "+OK" in call.text]
        for number, reply in enumerate(replies):
            marker = f"marked-value-{number}"
            command = [c for c in client_calls(calls, client, READS) if marker in c.text][0]
            write = Write(calls, server, marker)
            assert write.logged is not None, f"{marker} was not written to the log"
            assert write.synced is not None, f"{marker} was not synced"
            assert command.returned <= write.logged.began, (command, write.logged)
            assert write.synced.returned <= reply.began, (write.synced, reply)
            print(f"    after the command was read: logged {since(write.logged, command)}, "
                  f"synced {since(write.synced, command)}, "
                  f"replied {milliseconds(reply.began, command.returned)}")
        assert len(replies) == 5


def since(call, command):
    return milliseconds(call.returned, command.returned)


def test_without_fsync_the_trace_shows_none(directory):
    """Otherwise the other tests would prove nothing."""
    server = Server(os.path.join(directory, "node"), free_port(), "--appendfsync", "no")
    server.start().wait_ready()
    with server.client() as client:
        assert client("set", "warm", "up") == "OK"
        with Trace(server, directory) as trace:
            assert client("set", "k", "marked-value") == "OK"
        calls = trace.calls()
        _, reply = command_and_reply(calls, client, "marked-value")
        write = Write(calls, server, "marked-value")
        assert write.logged is not None
        assert write.synced is None or write.synced.returned > reply.began


def test_a_cluster_replies_after_two_nodes_have_synced(directory):
    cluster = Cluster(directory).start()
    with cluster[0].client() as client:
        for number in range(6):  # different slots: this node is the primary of some
            key, marker = f"k{number}", f"marked-value-{number}"
            assert client("set", key, "before") == "OK"
            traces = [Trace(server, directory) for server in cluster]
            with traces[0], traces[1], traces[2]:
                assert client("set", key, marker) == "OK"
            calls = [trace.calls() for trace in traces]
            command, reply = command_and_reply(calls[0], client, marker)
            writes = [Write(c, server, marker) for c, server in zip(calls, cluster)]
            synced = [write.synced for write in writes if write.synced is not None and
                      write.logged.began >= command.returned and
                      write.synced.returned is not None and
                      write.synced.returned <= reply.began]
            assert len(synced) >= 2, f"{key}: OK after {len(synced)} nodes: {writes}, {reply}"
            print(f"    {key}: synced on {len(synced)} nodes after " +
                  ", ".join(since(call, command) for call in synced) +
                  f"; replied after {milliseconds(reply.began, command.returned)}")


if __name__ == "__main__":
    reason = why_skipped()
    if reason:
        print(f"skipped: {reason}\n0 passed, 0 failed")
        sys.exit(0)
    run(globals())
