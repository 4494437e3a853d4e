"""What the room knows about somebody: the requests to join that came from their mail address, the calls they made."""

from datetime import datetime

from parvis.core.personal import Held, Subject, plain
from parvis.joining.models import CallEvent, Preregistration


def held(subject: Subject) -> Held:
    """Requests by their mail address; calls by the account of the agent who noted them."""
    mine = Preregistration.objects.none()
    if subject.email:
        mine = Preregistration.objects.filter(email__iexact=subject.email)
    calls = CallEvent.objects.filter(by=subject.person).order_by("at")
    fields = ("at", "shop_name", "registration_number", "phone", "email", "contact", "language")
    return {
        "joining.Preregistration": plain(mine.order_by("at"), *fields),
        "joining.CallEvent": plain(calls, "at", "kind", "note"),
    }


def hindrances(subject: Subject, at: datetime) -> list[str]:
    """Nothing here holds anybody back."""
    return []


def kept(subject: Subject) -> list[str]:
    """Nothing is kept."""
    return []


def erase(subject: Subject, at: datetime) -> None:
    """Requests go with their calls."""
    if subject.email:
        Preregistration.objects.filter(email__iexact=subject.email).delete()
