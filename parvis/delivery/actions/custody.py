"""Who holds which bag: the hub's verbs. Every scan is an event; a bag has one last holder and a time."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.delivery.models import Bag, BagEvent, Crate, Delivery
from parvis.delivery.states import BagState
from parvis.towns.models import Town


def record_bags(
    bags: Iterable[Bag], kind: BagEvent.Kind, *, at: datetime, by: Any = None, **detail: Any
) -> list[BagEvent]:
    """Append one event to each bag."""
    return BagEvent.objects.bulk_create(
        BagEvent(town_id=bag.town_id, bag=bag, kind=kind, at=at, by=by, detail=detail) for bag in bags
    )


def mark_bags_ready(*, delivery: Delivery, sender_ref: str, grams: int, at: datetime, by: Any = None) -> None:
    """The sender says its bags are packed; ``grams`` is what they weigh now, for the plan."""
    bags = [b for b in delivery.bags.select_for_update() if b.sender_ref == sender_ref and not b.cancelled_at]
    for bag in bags:
        bag.grams = max(1, grams // len(bags))
        bag.save(update_fields=["grams"])
    record_bags(bags, BagEvent.Kind.READY, at=at, by=by)


@transaction.atomic
def scan_bag_in(*, town: Town, code: str, at: datetime, by: Any = None) -> Bag:
    """A bag is at the hub. Scanning it twice is harmless.

    Raises Refusal when no bag has this code, or when it is cancelled or already handed over.
    """
    wanted = code.strip().upper()
    bag = Bag.objects.select_for_update().filter(town=town, code=wanted).first()
    if bag is None:
        raise Refusal(
            _("No bag has the code “%(code)s”. Check the label and try again.") % {"code": code.strip()[:20]}
        )
    state = bag.state
    if state == BagState.CANCELLED:
        raise Refusal(
            _("Bag %(code)s was cancelled. Give it back to %(shop)s.")
            % {"code": bag.code, "shop": bag.sender}
        )
    if state in {BagState.LOADED, BagState.DELIVERED}:
        raise Refusal(_("Bag %(code)s has already left.") % {"code": bag.code})
    if state not in {BagState.AT_HUB, BagState.PACKED}:
        record_bags([bag], BagEvent.Kind.AT_HUB, at=at, by=by)
        audit.record("scan_bag_in", bag, at=at, town_id=town.pk, actor=by)
    return bag


@transaction.atomic
def report_missing(*, bag: Bag, at: datetime, by: Any = None) -> None:
    """The hub says a bag will not come: the rest of the delivery may leave without it."""
    bag = Bag.objects.select_for_update().get(pk=bag.pk)
    if bag.state not in {BagState.EXPECTED, BagState.READY}:
        raise Refusal(_("Bag %(code)s is here.") % {"code": bag.code})
    record_bags([bag], BagEvent.Kind.MISSING, at=at, by=by)
    audit.record("report_missing", bag, at=at, town_id=bag.town_id, actor=by)


@transaction.atomic
def pack(*, delivery: Delivery, crate: int, at: datetime, by: Any = None) -> Crate:
    """Bring the bags of one delivery together in a crate.

    Raises Refusal while a bag is missing, or when the crate holds another delivery.
    """
    delivery = Delivery.objects.select_for_update().with_story().get(pk=delivery.pk)
    states = {bag: bag.state for bag in delivery.live_bags()}
    awaited = [bag for bag, state in states.items() if state in {BagState.EXPECTED, BagState.READY}]
    if awaited:
        raise Refusal(_("Still missing: %(shops)s.") % {"shops": ", ".join(bag.sender for bag in awaited)})
    here = [bag for bag, state in states.items() if state in {BagState.AT_HUB, BagState.PACKED}]
    if not here:
        raise Refusal(_("There is nothing to pack for %(code)s.") % {"code": delivery.code})
    try:
        with transaction.atomic():
            box, _created = Crate.objects.get_or_create(
                town_id=delivery.town_id,
                number=crate,
                released_at=None,
                delivery=delivery,
                defaults={"packed_at": at},
            )
    except IntegrityError:
        raise Refusal(_("Crate %(number)s holds another delivery.") % {"number": crate}) from None
    record_bags(
        [b for b in here if states[b] == BagState.AT_HUB], BagEvent.Kind.PACKED, at=at, by=by, crate=crate
    )
    audit.record("pack", delivery, at=at, town_id=delivery.town_id, actor=by, crate=crate)
    return box
