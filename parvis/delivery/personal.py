"""What the room knows about somebody: the deliveries they waited for, what they did as rider or at the depot."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from parvis.core.personal import NOBODY, Held, Subject, plain
from parvis.delivery.models import (
    BagEvent,
    Delivery,
    DeliveryEvent,
    Plan,
    Rating,
    RefusedTap,
    RiderPosition,
    Round,
    Shift,
)


def held(subject: Subject) -> Held:
    """Shifts, rounds and the last position of a rider, scans and events of whoever works with the bags."""
    me = subject.person
    return {
        "delivery.Shift": plain(Shift.objects.filter(rider=me).order_by("starts_at"), "starts_at", "ends_at"),
        "delivery.Round": plain(Round.objects.filter(rider=me).order_by("departs_at"), "departs_at", "left_at"),
        "delivery.RiderPosition": plain(
            RiderPosition.objects.filter(rider=me).order_by("town_id"), "day", "agreed_at", "lon", "lat", "at"
        ),
        "delivery.RefusedTap": plain(RefusedTap.objects.filter(rider=me).order_by("at"), "at", "said"),
        "delivery.Plan": plain(Plan.objects.filter(made_by=me).order_by("made_at"), "day", "version", "made_at"),
        "delivery.BagEvent": plain(BagEvent.objects.filter(by=me).order_by("at"), "at", "kind", "bag__code"),
        "delivery.DeliveryEvent": plain(DeliveryEvent.objects.filter(by=me).order_by("at"), "at", "kind"),
    }


def held_of(deliveries: Collection[UUID]) -> Held:
    """Deliveries as whoever waited for them may read them."""
    mine = Delivery.objects.filter(pk__in=deliveries)
    fields = (
        "name",
        "phone",
        "address",
        "note",
        "leave_with",
        "leave_note",
        "lon",
        "lat",
        "away_metres",
        "window__starts_at",
        "window__ends_at",
    )
    events = DeliveryEvent.objects.filter(delivery__in=deliveries).order_by("at")
    return {
        "delivery.Delivery": plain(mine, *fields),
        "delivery.DeliveryEvent (at my door)": plain(events, "at", "kind", "detail", "photo"),
        "delivery.Rating": plain(Rating.objects.filter(delivery__in=deliveries), "at", "score", "comment"),
    }


def hindrances(subject: Subject, at: datetime) -> list[str]:
    """A rider who is expected."""
    if Shift.objects.filter(rider=subject.person, ends_at__gt=at).exists():
        return [_("You are expected as a rider: ask the dispatcher to take you off the shifts to come.")]
    return []


def kept(subject: Subject) -> list[str]:
    """Nothing more than the room of accounts says."""
    return []


def erase(subject: Subject, at: datetime) -> None:
    """What somebody did loses its doer when the account goes; where they were last, and refused taps, go now."""
    RiderPosition.objects.filter(rider=subject.person).delete()
    RefusedTap.objects.filter(rider=subject.person).delete()


def forget(deliveries: Collection[UUID]) -> int:
    """Blank names, doors and proofs of these deliveries; says how many."""
    proofs = DeliveryEvent.objects.filter(delivery__in=deliveries)
    for event in proofs.exclude(photo=""):
        event.photo.delete(save=False)
    proofs.update(photo="")
    # which window was promised instead is nobody's data, and the town's figures are worked out from it
    proofs.exclude(kind=DeliveryEvent.Kind.REBOOKED).update(detail={})
    rows = Delivery.objects.filter(pk__in=deliveries)
    Rating.objects.filter(delivery__in=deliveries).update(comment="")
    return rows.update(name=NOBODY, phone="", address="", note="", leave_with="", leave_note="", lon=0, lat=0)
