"""When shops are asked "still right?", and the links that answer. Pure but for the key that signs.

A link names one question about one place and nothing else; it holds 45 days. Nobody needs to sign in to say yes.
"""

import base64
import binascii
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.signing import BadSignature, Signer

from parvis.core.time import day_of, moment
from parvis.core.workdays import is_working_day

ASKED_AT = time(9)
LATEST = time(19)  # a worker that was away asks later that day or the next ones, but never at night
CATCH_UP = timedelta(days=3)
FRESH = timedelta(days=25)  # what was checked since needs no question
LINK_LASTS = timedelta(days=45)
_SIGNER = Signer(salt="parvis.places.still-right", sep=".")


class BadToken(ValueError):
    """Not a link of ours."""


def first_working_day(month: date, country: str) -> date:
    """The first day of the month that is neither Saturday nor Sunday nor a public holiday of the country."""
    day = month.replace(day=1)
    while not is_working_day(day, country):
        day += timedelta(days=1)
    return day


def month_to_ask(at: datetime, zone: ZoneInfo, country: str) -> tuple[date, datetime] | None:
    """The month whose question is due at ``at`` and the moment it was due; None at all other times."""
    month = day_of(at, zone).replace(day=1)
    due = moment(first_working_day(month, country), ASKED_AT, zone)
    by_day = ASKED_AT <= at.astimezone(zone).time() < LATEST
    return (month, due) if by_day and due <= at < due + CATCH_UP else None


def token_of(reminder: UUID) -> str:
    """The signed name of a question, for a link: 66 letters."""
    name = base64.urlsafe_b64encode(reminder.bytes).rstrip(b"=").decode()
    return _SIGNER.sign(name)


def read_token(token: str) -> UUID:
    """The question that a link names. Raises BadToken for anything that we did not sign."""
    try:
        name = _SIGNER.unsign(token)
        return UUID(bytes=base64.urlsafe_b64decode(f"{name}=="))
    except (BadSignature, ValueError, binascii.Error):
        raise BadToken(token) from None
