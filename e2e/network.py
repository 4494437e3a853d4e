"""A network between a browser and the server that can be cut, lose answers, be slow, or have a broken server behind it:
real connections, no mock.
"""

import socket
import threading
import time
from contextlib import suppress


class Network:
    """Hands requests on from ``port`` to the server; counts those that write."""

    def __init__(self, server: int) -> None:
        self.server = server
        self.cut = False
        self.lose = 0  # answers to writing requests that the browser will never hear
        self.broken = b""  # what a broken server says instead of being asked, e.g. b"502 Bad Gateway"
        self.swap: tuple[bytes, bytes] | None = None  # words of pages that a newer release says otherwise
        self.slow = 0.0  # seconds until the server hears of a request that writes
        self.written = 0  # writing requests that reached the server
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._door.getsockname()[1])
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        """No more connections."""
        self._door.close()

    def _listen(self) -> None:
        while True:
            try:
                browser, _address = self._door.accept()
            except OSError:
                return
            if self.cut:
                browser.close()
                continue
            threading.Thread(target=self._serve, args=(browser,), daemon=True).start()

    def _serve(self, browser: socket.socket) -> None:
        """One request on one connection."""
        with browser, suppress(OSError):
            request = _whole(browser)
            if not request or self.cut:
                return
            writes = request.startswith(b"POST ")
            if self.broken:
                page = b"<!doctype html><title>Broken</title><h1>Broken</h1>"
                browser.sendall(
                    b"HTTP/1.1 %b\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n" % self.broken + page
                )
                return
            if writes and self.slow:
                time.sleep(self.slow)
            with socket.create_connection(("127.0.0.1", self.server), timeout=60) as server:
                server.sendall(_closing(request, b"accept-encoding:" if self.swap else b"connection:"))
                answer = b"".join(iter(lambda: server.recv(65536), b""))
            if self.swap and b"text/html" in answer.partition(b"\r\n\r\n")[0].lower():
                answer = _closing(answer.replace(*self.swap), b"content-length:")
            self.written += writes
            if writes and self.lose > 0:
                self.lose -= 1
                return
            browser.sendall(_closing(answer))


def _whole(connection: socket.socket) -> bytes:
    """A request with its body."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return b""
        data += more
    head, _blank, body = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        name, _colon, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        more = connection.recv(65536)
        if not more:
            return b""
        body += more
    return head + b"\r\n\r\n" + body


def _closing(message: bytes, less: bytes = b"connection:") -> bytes:
    """The same message on a connection that ends with it, without the header ``less``."""
    head, blank, body = message.partition(b"\r\n\r\n")
    dropped = (b"connection:", b"keep-alive:", less)
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(dropped)]
    return b"\r\n".join([*lines, b"Connection: close"]) + blank + body
