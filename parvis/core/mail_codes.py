"""A code sent by mail, to be typed on the page that asked for it: only who reads the mail box goes on.

The code stands in the visitor's own session as a keyed digest, for fifteen minutes and five tries.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib.sessions.backends.base import SessionBase
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.core import outbox

VALID = timedelta(minutes=15)
MOST_TRIES = 5
DIGITS = 6


def send_code(session: SessionBase, purpose: str, *, to: str, what: str, town_id: UUID | None, at: datetime) -> None:
    """Send a new code for ``purpose``; ``what`` says in the mail what it is for. An older code ends."""
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    session[_name(purpose)] = {"digest": _digest(purpose, code), "until": (at + VALID).isoformat(), "tries": 0}
    body = _("%(code)s is your code: %(what)s It holds for 15 minutes. If you did not ask for it, do nothing.")
    said = {"code": code, "what": what}
    subject = _("Your code: %(code)s") % {"code": code}
    outbox.send_mail(key=f"code:{purpose}:{uuid4()}", to=to, subject=subject, body=body % said, town_id=town_id)


def is_sent(session: SessionBase, purpose: str, at: datetime) -> bool:
    """Whether a code waits to be typed."""
    return _waiting(session, purpose, at) is not None


def try_code(session: SessionBase, purpose: str, typed: str, at: datetime) -> bool:
    """Whether this is the code; a right one is used up, the fifth wrong one ends it."""
    waiting = _waiting(session, purpose, at)
    if waiting is None:
        return False
    bare = "".join(c for c in typed if c.isdigit())
    right = constant_time_compare(_digest(purpose, bare), waiting["digest"])
    waiting["tries"] += 1
    if right or waiting["tries"] >= MOST_TRIES:
        del session[_name(purpose)]
    else:
        session[_name(purpose)] = waiting
    return right


def _waiting(session: SessionBase, purpose: str, at: datetime) -> dict[str, Any] | None:
    waiting: dict[str, Any] | None = session.get(_name(purpose))
    return waiting if waiting and at < datetime.fromisoformat(waiting["until"]) else None


def _name(purpose: str) -> str:
    return f"code-{purpose}"


def _digest(purpose: str, code: str) -> str:
    return salted_hmac("parvis.core.mail_codes", f"{purpose}:{code}", algorithm="sha256").hexdigest()


class MailCodeForm(forms.Form):
    """The code of the mail."""

    code = forms.CharField(
        label=gettext_lazy("The code from the mail"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def proves(self, session: SessionBase, purpose: str, at: datetime) -> bool:
        """Whether the code is the one that was sent; what is wrong is said at its field."""
        if not self.is_valid():
            return False
        if try_code(session, purpose, self.cleaned_data["code"], at):
            return True
        self.add_error("code", _("This is not the code, or it is too old. Try again, or ask for a new one."))
        return False
