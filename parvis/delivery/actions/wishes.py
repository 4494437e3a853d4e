"""What whoever waits may still say: with whom the goods may be left, and how it went."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.delivery.models import Delivery, Rating
from parvis.delivery.states import DeliveryState

RATED_WITHIN = timedelta(days=14)
_ENDED = {DeliveryState.DELIVERED, DeliveryState.FAILED, DeliveryState.CANCELLED}


@transaction.atomic
def wish_for_door(*, delivery: Delivery, leave_with: str, note: str, at: datetime) -> None:
    """Say with whom or where the goods may be left (a value of ``Delivery.LeaveWith``, "" for nobody else).

    The rider reads it at the door. Raises Refusal once the bike was at the door, or for a neighbour of whom nothing is
    said.
    """
    delivery = Delivery.objects.select_for_update().with_story().get(pk=delivery.pk)
    if delivery.state in _ENDED:
        raise Refusal(_("The bike was at your door already."))
    if leave_with not in {"", *Delivery.LeaveWith.values}:
        raise Refusal(_("Choose one of the answers."))
    if leave_with == Delivery.LeaveWith.NEIGHBOUR and not note.strip():
        raise Refusal(_("Write which neighbour: a name, or a door."))
    delivery.leave_with, delivery.leave_note = leave_with, note.strip()[:120] if leave_with else ""
    delivery.save(update_fields=["leave_with", "leave_note"])
    audit.record("wish_for_door", delivery, at=at, town_id=delivery.town_id, wish=leave_with)


@transaction.atomic
def rate_delivery(*, delivery: Delivery, score: int, at: datetime, comment: str | None = None) -> Rating:
    """How it went, from 1 to 5, counted once: a second tap takes the place of the first.

    Without a ``comment`` the words of before stay. Raises Refusal before the bike was at the door, later than two weeks
    after it, or for a number that is none.
    """
    delivery = Delivery.objects.select_for_update().with_story().get(pk=delivery.pk)
    if delivery.state not in {DeliveryState.DELIVERED, DeliveryState.FAILED}:
        raise Refusal(_("You can say how it went once the bike was at your door."))
    ended = max(event.at for event in delivery.events.all() if event.kind in {"delivered", "failed"})
    if at > ended + RATED_WITHIN:
        raise Refusal(_("This was too long ago."))
    if not 1 <= score <= 5:
        raise Refusal(_("Choose a number from 1 to 5."))
    values = {"score": score, "at": at} | ({} if comment is None else {"comment": comment.strip()[:500]})
    rating, _new = Rating.objects.update_or_create(
        delivery=delivery, defaults=values, create_defaults=values | {"town_id": delivery.buyers_town_id}
    )
    audit.record("rate_delivery", delivery, at=at, town_id=delivery.buyers_town_id, score=score)
    return rating
