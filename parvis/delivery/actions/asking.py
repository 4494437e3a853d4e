"""The buyer is asked for another time by a shop that may not be ready, and answers. Until then the promise stands.

An answer with another time is a promise made again (``rebook_delivery``): the question ends with the window it was
about. What withdraws it is read by ``told.times_asked``; nothing is written for that.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.delivery.models import Delivery, DeliveryEvent
from parvis.delivery.states import BagState
from parvis.delivery.told import open_asks, times_asked


@transaction.atomic
def ask_for_time(*, delivery: Delivery, sender_ref: str, reason: str, at: datetime, by: Any = None) -> bool:
    """Whoever brings the bags of ``sender_ref`` asks for another time. False if that is asked already.

    Raises Refusal when these bags are not awaited any more, and when the buyer has answered that the time stays.
    """
    delivery = Delivery.objects.select_for_update().with_story().get(pk=delivery.pk)
    for asked in times_asked(delivery):
        if asked.sender_ref == sender_ref:
            if asked.kept_at is not None:
                raise Refusal(_("The buyer was asked, and keeps this time."))
            return False
    if not any(bag.sender_ref == sender_ref and bag.state == BagState.EXPECTED for bag in delivery.live_bags()):
        raise Refusal(_("%(code)s cannot change its delivery time any more.") % {"code": delivery.code})
    detail = {"sender_ref": sender_ref, "reason": " ".join(reason.split())[:200]}
    kind = DeliveryEvent.Kind.ASKED
    delivery.events.create(town_id=delivery.town_id, kind=kind, at=at, by=by, detail=detail)
    audit.record("ask_for_time", delivery, at=at, town_id=delivery.town_id, actor=by)
    return True


@transaction.atomic
def keep_time(*, delivery: Delivery, at: datetime, by: Any = None) -> list[str]:
    """The buyer keeps the time: all who asked have their answer. Their references; none if nothing was asked."""
    delivery = Delivery.objects.select_for_update().with_story().get(pk=delivery.pk)
    asked = [one.sender_ref for one in open_asks(delivery)]
    if asked:
        delivery.events.create(town_id=delivery.town_id, kind=DeliveryEvent.Kind.KEPT, at=at, by=by)
        audit.record("keep_time", delivery, at=at, town_id=delivery.town_id, actor=by)
    return asked
