"""Bare connections, for scripts that care about every byte."""

import socket

from compat import HOST, PORTS, equal


class Wire:
    """A bare connection."""

    def __init__(self):
        self._socket = socket.create_connection((HOST, PORTS[0]), timeout=10)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._left = b""

    def send(self, data):
        self._socket.sendall(data)

    def expect(self, data):
        """Exactly these bytes come next."""
        while len(self._left) < len(data) and data.startswith(self._left):
            self._receive()
        got, self._left = self._left[:len(data)], self._left[len(data):]
        equal(got, data)

    def line(self):
        while b"\r\n" not in self._left:
            self._receive()
        line, self._left = self._left.split(b"\r\n", 1)
        return line

    def expect_closed(self):
        equal(self._left, b"")
        equal(self._socket.recv(1), b"")

    def call(self, data, answer):
        self.send(data)
        self.expect(answer)

    def _receive(self):
        chunk = self._socket.recv(1 << 16)
        if not chunk:
            raise AssertionError(f"the server closed the connection after {self._left!r:.300}")
        self._left += chunk


def frame(*arguments):
    return b"*%d\r\n" % len(arguments) + b"".join(b"$%d\r\n%s\r\n" % (len(a), a)
                                                   for a in arguments)
