"""The key by which push services know this installation (VAPID, RFC 8292): made once, kept beside the secret key."""

import os
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from django.conf import settings
from py_vapid import Vapid02, b64urlencode  # type: ignore[import-untyped]


@cache
def _key(text: str, file: Path) -> Vapid02:
    if text:
        return Vapid02.from_string(text)
    if not file.exists():
        _make(file)
    return Vapid02.from_file(str(file))


def _make(file: Path) -> None:
    """Written aside and put in place at once: another process never reads half a key, and the first one's holds."""
    fresh = Vapid02()
    fresh.generate_keys()
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_name(f"{file.name}.{os.getpid()}")
    aside.touch(mode=0o600)
    aside.write_bytes(fresh.private_pem())
    try:
        os.link(aside, file)
    except FileExistsError:
        pass
    finally:
        aside.unlink()


def public_key() -> str:
    """What a browser is given when it subscribes: the uncompressed point, base64url."""
    point = _mine().public_key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    return str(b64urlencode(point))


def authorization(audience: str, expires: int) -> str:
    """The header that says who sends: a token for one push service (``https://host``) until ``expires`` (epoch)."""
    claims = {"aud": audience, "exp": expires, "sub": f"mailto:{settings.DEFAULT_FROM_EMAIL}"}
    return str(_mine().sign(claims)["Authorization"])


def _mine() -> Vapid02:
    return _key(settings.VAPID_KEY, settings.VAPID_KEY_FILE)
