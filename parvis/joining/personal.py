"""What the room knows about somebody: the requests to join and the invitations of their mail address, what they did."""

from datetime import datetime

from parvis.core.personal import Held, Subject, plain
from parvis.joining.models import CallEvent, Invitation, Opening, Preregistration, StepEvent


def held(subject: Subject) -> Held:
    """Requests and invitations by their mail address; calls and steps by the account of whoever noted them."""
    mine, invited = Preregistration.objects.none(), Invitation.objects.none()
    if subject.email:
        mine = Preregistration.objects.filter(email__iexact=subject.email)
        invited = Invitation.objects.filter(email__iexact=subject.email)
    calls = CallEvent.objects.filter(by=subject.person).order_by("at")
    fields = ("at", "shop_name", "registration_number", "phone", "email", "contact", "language")
    return {
        "joining.Preregistration": plain(mine.order_by("at"), *fields),
        "joining.CallEvent": plain(calls, "at", "kind", "note"),
        "joining.Invitation": plain(invited, "email", "name", "sent_at", "expires_at", "used_at"),
        "joining.Opening": plain(Opening.objects.filter(by=subject.person), "shop__name", "at"),
        "joining.StepEvent": plain(StepEvent.objects.filter(by=subject.person), "at", "key", "kind", "note"),
    }


def hindrances(subject: Subject, at: datetime) -> list[str]:
    """Nothing here holds anybody back."""
    return []


def kept(subject: Subject) -> list[str]:
    """Nothing is kept."""
    return []


def erase(subject: Subject, at: datetime) -> None:
    """Requests go with their calls, invitations with their link; a shop's steps stay without whose they were."""
    if subject.email:
        Preregistration.objects.filter(email__iexact=subject.email).delete()
        Invitation.objects.filter(email__iexact=subject.email).delete()
