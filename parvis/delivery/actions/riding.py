"""On the road: leaving, handing over, failing, coming back."""

from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.delivery.actions.custody import record_bags
from parvis.delivery.models import BagEvent, Crate, Delivery, DeliveryEvent, Round, Stop
from parvis.delivery.signals import delivery_ended
from parvis.delivery.states import BagState, DeliveryState


@transaction.atomic
def leave_hub(*, round_: Round, at: datetime, by: Any = None) -> None:
    """The bike leaves with every packed bag of its stops; a stop with nothing packed stays behind.

    Raises Refusal when the round has already left or when a stop's bags are here but not packed.
    """
    round_ = Round.objects.select_for_update().get(pk=round_.pk)
    if round_.left_at:
        raise Refusal(_("This round has already left."))
    for stop in _stops_of(round_):
        packed = [bag for bag in stop.delivery.live_bags() if bag.state == BagState.PACKED]
        loose = [bag for bag in stop.delivery.live_bags() if bag.state == BagState.AT_HUB]
        if loose:
            raise Refusal(_("%(code)s is not in a crate yet.") % {"code": stop.delivery.code})
        if packed:
            record_bags(packed, BagEvent.Kind.LOADED, at=at, by=by, round=str(round_.pk))
            _record(stop.delivery, DeliveryEvent.Kind.DEPARTED, at=at, by=by)
    round_.left_at = at
    round_.save(update_fields=["left_at"])
    audit.record("leave_hub", round_, at=at, town_id=round_.town_id, actor=by)


def _stops_of(round_: Round) -> list[Stop]:
    stops = round_.stops.select_related("delivery").prefetch_related(
        "delivery__bags__events", "delivery__events"
    )
    return list(stops.filter(delivery__cancelled_at=None))


def _record(
    delivery: Delivery,
    kind: DeliveryEvent.Kind,
    *,
    at: datetime,
    by: Any,
    key: str | None = None,
    **detail: Any,
) -> DeliveryEvent:
    return DeliveryEvent.objects.create(
        town_id=delivery.town_id, delivery=delivery, kind=kind, at=at, by=by, key=key, detail=detail
    )


@transaction.atomic
def hand_over(
    *,
    stop: Stop,
    at: datetime,
    by: Any = None,
    recipient: str = "",
    photo: "ContentFile[bytes] | None" = None,
    key: str | None = None,
) -> bool:
    """The goods are in somebody's hands, with a name or a photo as proof. False if ``key`` was seen before.

    Raises Refusal without a proof, or when the delivery is not on its way.
    """
    if not recipient.strip() and photo is None:
        raise Refusal(_("Write who received it, or take a photo."))
    delivery = Delivery.objects.select_for_update().with_story().get(pk=stop.delivery_id)
    if key and any(event.key == key for event in delivery.events.all()):
        return False
    if delivery.state != DeliveryState.ON_THE_WAY:
        raise Refusal(_("%(code)s is not on its way.") % {"code": delivery.code})
    event = _record(
        delivery, DeliveryEvent.Kind.DELIVERED, at=at, by=by, key=key, recipient=recipient.strip()[:120]
    )
    if photo is not None:
        event.photo.save(f"{event.pk}.jpg", photo)
    loaded = [bag for bag in delivery.live_bags() if bag.state == BagState.LOADED]
    record_bags(loaded, BagEvent.Kind.DELIVERED, at=at, by=by)
    Crate.objects.filter(delivery=delivery, released_at=None).update(released_at=at)
    delivery_ended.send(sender=Delivery, delivery=delivery, outcome="delivered", at=at, by=by)
    audit.record("hand_over", delivery, at=at, town_id=delivery.town_id, actor=by)
    return True


@transaction.atomic
def fail_stop(*, stop: Stop, reason: str, at: datetime, by: Any = None, key: str | None = None) -> bool:
    """Nobody could take the goods; they ride back. False if ``key`` was seen before."""
    if not reason.strip():
        raise Refusal(_("Say why it could not be handed over."))
    delivery = Delivery.objects.select_for_update().with_story().get(pk=stop.delivery_id)
    if key and any(event.key == key for event in delivery.events.all()):
        return False
    if delivery.state != DeliveryState.ON_THE_WAY:
        raise Refusal(_("%(code)s is not on its way.") % {"code": delivery.code})
    _record(delivery, DeliveryEvent.Kind.FAILED, at=at, by=by, key=key, reason=reason.strip()[:200])
    delivery_ended.send(sender=Delivery, delivery=delivery, outcome="failed", at=at, by=by)
    audit.record("fail_stop", delivery, at=at, town_id=delivery.town_id, actor=by)
    return True


@transaction.atomic
def bring_back(*, round_: Round, at: datetime, by: Any = None) -> None:
    """The bike is back: what it still carries is at the hub again."""
    round_ = Round.objects.select_for_update().get(pk=round_.pk)
    if round_.left_at is None or round_.back_at is not None:
        raise Refusal(_("This round is not on the road."))
    for stop in _stops_of(round_):
        aboard = [bag for bag in stop.delivery.live_bags() if bag.state == BagState.LOADED]
        record_bags(aboard, BagEvent.Kind.RETURNED, at=at, by=by, round=str(round_.pk))
    round_.back_at = at
    round_.save(update_fields=["back_at"])
    audit.record("bring_back", round_, at=at, town_id=round_.town_id, actor=by)
