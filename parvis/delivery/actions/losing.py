"""A bag that somebody held and that cannot be found: said once, and told to all whom it touches."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.delivery.actions.custody import record_bags
from parvis.delivery.models import Bag, BagEvent, Crate, Delivery, DeliveryEvent
from parvis.delivery.signals import bag_lost, delivery_ended
from parvis.delivery.states import BagState, DeliveryState

_HELD = {BagState.AT_HUB, BagState.PACKED, BagState.LOADED}


@transaction.atomic
def report_lost(*, bag: Bag, at: datetime, by: Any = None) -> None:
    """A bag that was at the hub or on a bike cannot be found. Twice is harmless; found again, it is scanned as usual.

    The rest of its delivery goes on without it; where nothing is left on the bike to hand over, the attempt has failed.
    Whoever booked hears of it (``bag_lost``). Raises Refusal for a bag that nobody here has held, or that was handed
    over.
    """
    delivery = Delivery.objects.select_for_update().with_story().get(pk=bag.delivery_id)
    bag = next(one for one in delivery.bags.all() if one.pk == bag.pk)
    state, before = bag.state, delivery.state
    if state == BagState.MISSING and any(event.kind == BagEvent.Kind.LOST for event in bag.events.all()):
        return
    if state == BagState.DELIVERED:
        raise Refusal(_("Bag %(code)s has already been handed over.") % {"code": bag.code})
    if state not in _HELD:
        raise Refusal(_("Bag %(code)s never came here: say that it will not come.") % {"code": bag.code})
    record_bags([bag], BagEvent.Kind.LOST, at=at, by=by)
    audit.record("report_lost", bag, at=at, town_id=bag.town_id, actor=by)
    others = [one.state for one in delivery.live_bags() if one.pk != bag.pk]
    if not any(other in _HELD for other in others):
        Crate.objects.filter(delivery=delivery, released_at=None).update(released_at=at)
        if before == DeliveryState.ON_THE_WAY:
            DeliveryEvent.objects.create(
                town_id=delivery.town_id,
                delivery=delivery,
                kind=DeliveryEvent.Kind.FAILED,
                at=at,
                by=by,
                detail={"reason": DeliveryEvent.WhyFailed.LOST, "note": ""},
            )
            delivery_ended.send(sender=Delivery, delivery=delivery, outcome="lost", at=at, by=by)
    bag_lost.send(sender=Bag, bag=bag, at=at, by=by)
