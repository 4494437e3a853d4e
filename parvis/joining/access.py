"""From an address of a page to a pre-registration, a shop on its way or an invitation, or 404."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.http import Http404
from django.shortcuts import get_object_or_404

from parvis.joining.invitations import digest_of
from parvis.joining.models import Invitation, Opening, Preregistration
from parvis.market.access import my_shop
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


def opening_for_agent(request: PersonRequest, slug: str) -> Opening:
    """A shop of this town on its way to open; the page is for agents."""
    return get_object_or_404(Opening.objects.with_story(), shop__slug=slug, town=request.town)


def my_opening(request: TownRequest, slug: str) -> Opening:
    """The way of a shop that the visitor speaks for; 404 for others' and for shops that did not come this way."""
    shop = my_shop(request, slug)
    return get_object_or_404(Opening.objects.with_story(), shop=shop, town=request.town)


def invitation_for(request: TownRequest, secret: str) -> Invitation:
    """The invitation that a link carries, living or not; 404 for what we never sent, or in another town."""
    found = Invitation.objects.select_related("opening__shop__organisation", "opening__town", "town")
    return get_object_or_404(found, digest=digest_of(secret), town=request.town)
