"""A push service on loopback, as strict as the real ones: it checks who sends, and decrypts as the browser would."""

import base64
import json
import os
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02, b64urldecode


def text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Browser:
    """One subscription with its private key."""

    def __init__(self, base: str, name: str = "b1") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.secret = os.urandom(16)
        self.endpoint = f"{base}/push/{name}"

    @property
    def keys(self) -> dict[str, str]:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"p256dh": text(point), "auth": text(self.secret)}

    def as_json(self, **more: str) -> dict:
        return {"endpoint": self.endpoint, "keys": self.keys, "expirationTime": None} | more

    def read(self, body: bytes) -> dict:
        return json.loads(
            http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret, version="aes128gcm").decode()
        )


class PushService:
    """Keeps what arrived; ``answers`` maps a path to the statuses it gives, one after the other (201 at the end)."""

    def __init__(self) -> None:
        self.arrived: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: dict[str, list[tuple[int, dict[str, str]]]] = {}
        self.base = ""

    def check(self, headers: dict[str, str]) -> str:
        """What is wrong with the head of a message; "" when nothing is."""
        scheme, _, rest = headers.get("authorization", "").partition(" ")
        parts = dict(part.split("=", 1) for part in rest.split(","))
        if scheme != "vapid" or not Vapid02.verify(headers["authorization"]):
            return "not signed"
        claims = json.loads(b64urldecode(parts["t"].split(".")[1].encode()))
        if claims["aud"] != self.base or not claims["sub"].startswith("mailto:"):
            return f"wrong claims {claims}"
        if headers.get("content-encoding") != "aes128gcm" or not headers.get("ttl", "").isdigit():
            return "RFC 8030 asks for TTL and encoding"
        if len(headers.get("topic", "")) > 32 or headers.get("urgency") not in {"very-low", "low", "normal", "high"}:
            return "wrong topic or urgency"
        return ""


@contextmanager
def push_service():
    service = PushService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            wrong = service.check(headers)
            status, more = (403, {}) if wrong else (201, {})
            if not wrong and service.answers.get(self.path):
                status, more = service.answers[self.path].pop(0)
            if status == 201:
                service.arrived.append((self.path, headers, body))
            self.send_response(status, wrong or None)
            for name, value in ({"Location": "/message/1", "Content-Length": "0"} | more).items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
