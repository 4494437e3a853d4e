"""Text messages leave by one of these ways: one literal table.

``file`` keeps them as files beside the mails, so that nothing is lost and a developer can read them. ``http`` hands
them to a gateway: a POST of JSON with ``from``, ``to``, ``text`` and ``reference`` (our key, the same when a message
is tried again), the token as ``Authorization: Bearer``. Most providers take that form, or a relay of ten lines does.
``kannel`` speaks to Kannel's own ``/cgi-bin/sendsms`` (Kannel 1.4 User's Guide, "Using the HTTP interface to smsbox"):
the token is then ``user:password``, and the answer's code says whether it was taken.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings

from parvis.core.sms import is_gsm

TIMEOUT_S = 10
_BUSY = {408, 409, 425, 429}


class TryLater(Exception):
    """The gateway is away, or too busy: the same message may leave later."""


class GiveUp(Exception):
    """The gateway refuses this message, and would refuse it again."""


class _NoRedirect(HTTPRedirectHandler):
    """The token goes to the address of the settings and nowhere else."""

    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


def to_file(to: str, body: str, reference: str) -> None:
    """Write the message to ``VAR_DIR/sms``."""
    folder = Path(settings.VAR_DIR) / "sms"
    folder.mkdir(parents=True, exist_ok=True)
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    (folder / f"{stamp}.txt").write_text(f"To: {to}\nReference: {reference}\n\n{body}\n")


def by_http(to: str, body: str, reference: str) -> None:
    """Hand the message to the gateway of ``PARVIS_SMS_URL``. Raises TryLater or GiveUp."""
    given = {"from": settings.SMS_FROM, "to": to, "text": body, "reference": reference}
    head = {"Content-Type": "application/json", "Authorization": f"Bearer {settings.SMS_TOKEN}"}
    _ask(Request(settings.SMS_URL, json.dumps(given).encode(), head))  # noqa: S310 - the operator's own address


def _ask(request: Request) -> None:
    try:
        with build_opener(_NoRedirect).open(request, timeout=TIMEOUT_S):
            return
    except HTTPError as answer:
        if answer.code >= 500 or answer.code in _BUSY:
            raise TryLater(f"the gateway answers {answer.code}") from None
        raise GiveUp(f"the gateway answers {answer.code}") from None
    except (URLError, OSError) as error:
        raise TryLater(f"the gateway does not answer ({error})") from None


def by_kannel(to: str, body: str, reference: str) -> None:
    """Hand the message to Kannel at ``PARVIS_SMS_URL``. Raises TryLater or GiveUp.

    202 means taken, 503 that it comes again later, 403 that user or password are wrong. GSM letters travel as UTF-8
    and Kannel turns them into its alphabet; other scripts are said to be UCS-2 (``coding=2``).
    """
    user, _, password = settings.SMS_TOKEN.partition(":")
    coding = {} if is_gsm(body) else {"coding": "2"}
    given = {"username": user, "password": password, "from": settings.SMS_FROM, "to": to, "text": body}
    address = f"{settings.SMS_URL}?{urlencode(given | coding | {'charset': 'UTF-8'})}"
    _ask(Request(address))  # noqa: S310 - the operator's own address


TRANSPORTS: dict[str, Callable[[str, str, str], None]] = {"file": to_file, "http": by_http, "kannel": by_kannel}


def send(to: str, body: str, reference: str) -> None:
    """Send by the way of the settings: that of the gateway where one is named, else ``file``."""
    TRANSPORTS[settings.SMS_FORM if settings.SMS_URL else "file"](to, body, reference)
