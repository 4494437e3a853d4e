"""From an address of a page to a pre-registration, or 404."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.http import Http404
from django.shortcuts import get_object_or_404

from parvis.joining.models import Preregistration
from parvis.people.requests import PersonRequest
from parvis.towns.requests import TownRequest

THANKS_LAST = timedelta(days=1)  # the page after asking: long enough to say which entry is theirs
_SIGNER = Signer(salt="parvis.joining.thanks", sep=".")


def asked_for_agent(request: PersonRequest, pk: UUID) -> Preregistration:
    """A pre-registration of this town; the page is for agents (``require_role``)."""
    return get_object_or_404(Preregistration.objects.with_story(), pk=pk, town=request.town)


def thanks_token(asked: Preregistration, at: datetime) -> str:
    """The signed address of the page after asking; it says when it was asked, so that nothing older is told."""
    return _SIGNER.sign(f"{asked.pk.hex}-{int(at.timestamp())}")


def my_asking(request: TownRequest, token: str, at: datetime) -> tuple[Preregistration, datetime]:
    """What the visitor has just asked, and when; 404 for what we did not sign, a day later, or in another town."""
    try:
        pk, _dash, seconds = _SIGNER.unsign(token).partition("-")
        asked_at = datetime.fromtimestamp(int(seconds), tz=UTC)
        key = UUID(hex=pk)
    except (BadSignature, ValueError):
        raise Http404 from None
    if not at - THANKS_LAST < asked_at <= at:
        raise Http404
    return get_object_or_404(Preregistration.objects.with_story(), pk=key, town=request.town), asked_at
