"""The secret of an invitation, and where an invitation stands. Pure but for the key.

The link holds 256 random bits; of them only a keyed digest is kept, so that nobody who reads the database can use it.
"""

from datetime import datetime
from enum import StrEnum
from secrets import token_urlsafe
from typing import Protocol

from django.utils.crypto import salted_hmac


class Standing(StrEnum):
    """Where an invitation stands."""

    LIVING = "living"
    USED = "used"
    REPLACED = "replaced"  # a later one was sent
    EXPIRED = "expired"


class Dates(Protocol):
    """What is read of an invitation."""

    expires_at: datetime
    replaced_at: datetime | None
    used_at: datetime | None


def new_secret() -> str:
    """What the link carries."""
    return token_urlsafe(32)


def digest_of(secret: str) -> str:
    """What is kept of it."""
    return salted_hmac("parvis.joining.invitation", secret, algorithm="sha256").hexdigest()


def standing_of(invitation: Dates, at: datetime) -> Standing:
    """Where it stands at ``at``."""
    if invitation.used_at is not None:
        return Standing.USED
    if invitation.replaced_at is not None:
        return Standing.REPLACED
    return Standing.LIVING if at < invitation.expires_at else Standing.EXPIRED
