"""Bare connections, for scripts that care about every byte."""

import socket

from compat import HOST, PORTS, equal


class Wire:
    """A bare connection, to the server in question if no other is named."""

    def __init__(self, host=HOST, port=PORTS[0]):
        self._socket = socket.create_connection((host, port), timeout=10)
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

    def reply(self):
        """The next reply: its type, and its text or the replies in it."""
        line = self.line()
        kind, text = line[:1], line[1:]
        if kind == b"$" and text != b"-1":
            while len(self._left) < int(text) + 2:
                self._receive()
            text, self._left = self._left[:int(text)], self._left[int(text) + 2:]
        elif kind in b"*%" and text != b"-1":
            return kind, [self.reply() for _ in range(int(text) * (2 if kind == b"%" else 1))]
        return kind, text

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
