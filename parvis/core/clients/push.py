"""Handing a message to a browser's push service (RFC 8030), encrypted for that browser alone (RFC 8291).

The address comes from a visitor's browser, so it is not trusted: only https, only port 443, only addresses of the
open internet, looked up once and connected to as looked up, no redirect followed, little of the answer read.
"""

import base64
import binascii
import http.client
import ipaddress
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from django.conf import settings
from py_vapid import VapidException  # type: ignore[import-untyped]
from pywebpush import WebPusher, WebPushException  # type: ignore[import-untyped]

from parvis.core.clients import vapid
from parvis.core.clients.internet import NotOpen, SecureConnection, is_inside, look_up

TIMEOUT = 10  # seconds
KEPT = timedelta(days=1)  # a phone that is off hears of it when it is on again within a day
TOKEN = timedelta(hours=12)  # RFC 8292 allows 24 hours


class TryLater(Exception):
    """The service is away or asks for patience; ``seconds`` is its own wish, or None."""

    def __init__(self, why: str, seconds: int | None = None) -> None:
        super().__init__(why)
        self.seconds = seconds


class Gone(Exception):
    """The browser is no longer there, or was never a browser: forget it."""


class Refused(Exception):
    """The service does not take this message; the browser may still be there."""


def is_browser(endpoint: str, p256dh: str, auth: str) -> bool:
    """Whether this can be a browser's subscription at all; asked before it is kept."""
    parts = _parts(endpoint)
    if parts is None or len(endpoint) > 1000:
        return False
    try:
        if is_inside(ipaddress.ip_address(parts[1])):
            return settings.PUSH_ANYWHERE
    except ValueError:  # a name, as usual: looked up when it is written to
        pass
    try:
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), _bytes(p256dh))
        return len(_bytes(auth)) == 16
    except ValueError:
        return False


def send(*, endpoint: str, p256dh: str, auth: str, message: bytes, topic: str, at: datetime) -> None:
    """Hand one message over. ``topic`` (at most 32 letters) replaces an earlier message that still waits there.

    Raises TryLater, Gone or Refused.
    """
    parts = _parts(endpoint)
    if parts is None:
        raise Gone("not an address of a push service")
    scheme, host, port, path = parts
    audience = f"{scheme}://{host}" if port in {80, 443} else f"{scheme}://{host}:{port}"
    try:
        body = WebPusher({"endpoint": endpoint, "keys": {"p256dh": p256dh, "auth": auth}}).encode(message)["body"]
        token = vapid.authorization(audience, int((at + TOKEN).timestamp()))
    except (WebPushException, VapidException, ValueError) as error:
        raise Gone(str(error)) from None
    headers = {
        "Authorization": token,
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(int(KEPT.total_seconds())),
        "Urgency": "normal",
        "Topic": topic,
    }
    status, wish = _post(scheme, host, port, path, body, headers)
    _judge(status, wish)


def _judge(status: int, wish: str | None) -> None:
    if 200 <= status < 300:
        return
    if status in {404, 410}:
        raise Gone(str(status))
    if status == 429 or status >= 500:
        raise TryLater(str(status), int(wish) if wish and wish.isdigit() else None)
    raise Refused(str(status))


def _post(scheme: str, host: str, port: int, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, str | None]:
    address = _address(host, port)
    connection = (
        SecureConnection(host, port, address, TIMEOUT)
        if scheme == "https"
        else http.client.HTTPConnection(address, port, timeout=TIMEOUT)
    )
    try:
        connection.request("POST", path, body=body, headers=headers)
        answer = connection.getresponse()
        answer.read(1024)
        return answer.status, answer.headers.get("Retry-After")
    except (OSError, http.client.HTTPException) as error:
        raise TryLater(str(error)) from None
    finally:
        connection.close()


def _address(host: str, port: int) -> str:
    """The address behind a name; Gone when any of them is not of the open internet."""
    try:
        return look_up(host, port, anywhere=settings.PUSH_ANYWHERE)
    except NotOpen as error:
        raise Gone(str(error)) from None
    except OSError as error:
        raise TryLater(str(error)) from None


def _parts(endpoint: str) -> tuple[str, str, int, str] | None:
    """Scheme, host, port and path of an endpoint that may be written to; None for any other."""
    try:
        url = urlsplit(endpoint)
        port = url.port or (443 if url.scheme == "https" else 80)
    except ValueError:
        return None
    if not url.hostname or url.username is not None or any(c <= " " or c > "~" for c in endpoint):
        return None
    if (url.scheme, port) != ("https", 443) and not (settings.PUSH_ANYWHERE and url.scheme in {"http", "https"}):
        return None
    return url.scheme, url.hostname, port, (url.path or "/") + (f"?{url.query}" if url.query else "")


def _bytes(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError(str(error)) from None
