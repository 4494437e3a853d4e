"""Who holds which bag: the hub's verbs. Every scan is an event; a bag has one last holder and a time."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.delivery.crating import crate_of, put_into
from parvis.delivery.models import Bag, BagEvent, Crate, Delivery, Hub
from parvis.delivery.states import BagState, DeliveryState
from parvis.towns.models import Town

_GONE = {DeliveryState.ON_THE_WAY, DeliveryState.DELIVERED}


def record_bags(
    bags: Iterable[Bag], kind: BagEvent.Kind, *, at: datetime, by: Any = None, **detail: Any
) -> list[BagEvent]:
    """Append one event to each bag."""
    return BagEvent.objects.bulk_create(
        BagEvent(town_id=bag.town_id, bag=bag, kind=kind, at=at, by=by, detail=detail) for bag in bags
    )


def _locked(delivery_id: UUID) -> Delivery:
    """The delivery with its row locked and its story as it stands behind the lock."""
    return Delivery.objects.select_for_update().with_story().get(pk=delivery_id)


@transaction.atomic
def mark_bags_ready(*, delivery: Delivery, sender_ref: str, grams: int, at: datetime, by: Any = None) -> None:
    """The sender says its bags are packed; ``grams`` is what they weigh now, for the plan.

    A bag that is at the hub already stays there: a shop may bring it first and press the button later.
    """
    bags = [bag for bag in _locked(delivery.pk).live_bags() if bag.sender_ref == sender_ref]
    for bag in bags:
        bag.grams = max(1, grams // len(bags))
        bag.save(update_fields=["grams"])
    awaited = [bag for bag in bags if bag.state in {BagState.EXPECTED, BagState.MISSING}]
    record_bags(awaited, BagEvent.Kind.READY, at=at, by=by)


def code_of(scanned: str) -> str:
    """The code in what was typed or scanned: capitals and digits alone; the last part if it is an address."""
    text = scanned.strip().rstrip("/").rpartition("/")[2]
    return re.sub(r"[^0-9A-Z]", "", text.upper())


@transaction.atomic
def scan_bag_in(*, town: Town, code: str, at: datetime, by: Any = None, hub: Hub | None = None) -> Bag:
    """A bag is at the hub (at ``hub``, where a town has several). Scanning it twice is harmless: the event of the first
    time stays the only one.

    Raises Refusal when no bag has this code, when it is cancelled or has left, or when it belongs to another hub.
    """
    wanted = code_of(code)
    known = Bag.objects.confirmed().filter(town=town, code=wanted).select_related("delivery__window__hub").first()
    if known is None:
        raise Refusal(no_bag(town, wanted, code))
    if hub is not None and known.delivery.window.hub != hub:
        raise Refusal(_elsewhere(known))
    bag = next(bag for bag in _locked(known.delivery_id).bags.all() if bag.pk == known.pk)
    state = bag.state
    names = {"code": bag.code, "shop": bag.sender}
    if state == BagState.CANCELLED:
        raise Refusal(_("Bag %(code)s was cancelled. Give it back to %(shop)s.") % names)
    if state == BagState.LOADED:
        raise Refusal(_("Bag %(code)s left on a bike. Is the bike back? Say so on the page of rounds.") % names)
    if state == BagState.DELIVERED:
        raise Refusal(_("Bag %(code)s has already been handed over.") % names)
    if state not in {BagState.AT_HUB, BagState.PACKED}:
        record_bags([bag], BagEvent.Kind.AT_HUB, at=at, by=by)
        audit.record("scan_bag_in", bag, at=at, town_id=town.pk, actor=by)
    return Bag.objects.select_related("delivery").get(pk=bag.pk)  # with its events as they are now


def _elsewhere(bag: Bag) -> str:
    hub = bag.delivery.window.hub
    said = _("Bag %(code)s leaves from %(hub)s, %(address)s: it has to go there.")
    return said % {"code": bag.code, "hub": hub.name, "address": hub.address}


def no_bag(town: Town, wanted: str, typed: str) -> str:
    """Why a code is no bag of this town's hubs: nobody's, or one that a neighbour's bikes bring to a buyer of ours."""
    shared = Bag.objects.confirmed().filter(delivery__ordered_in=town, code=wanted)
    if bag := shared.select_related("delivery__window__hub").first():
        return _elsewhere(bag)
    if Delivery.objects.confirmed().filter(town=town, code=wanted).exists():
        return _("%(code)s is a delivery. Type the code on one of its bags.") % {"code": wanted}
    return _("No bag has the code “%(code)s”. Check the label and try again.") % {"code": typed.strip()[:20]}


@transaction.atomic
def report_missing(*, bag: Bag, at: datetime, by: Any = None) -> None:
    """The hub says a bag will not come: the rest of the delivery may leave without it. Twice is harmless.

    Raises Refusal when the bag is here or has left.
    """
    bag = next(b for b in _locked(bag.delivery_id).bags.all() if b.pk == bag.pk)
    if bag.state in {BagState.MISSING, BagState.CANCELLED}:
        return
    if bag.state not in {BagState.EXPECTED, BagState.READY}:
        raise Refusal(_("Bag %(code)s is here.") % {"code": bag.code})
    record_bags([bag], BagEvent.Kind.MISSING, at=at, by=by)
    audit.record("report_missing", bag, at=at, town_id=bag.town_id, actor=by)


def pack(*, delivery: Delivery, crate: int, at: datetime, by: Any = None) -> Crate:
    """Bring the bags of one delivery together in a crate; a big delivery is packed again into a further crate.

    Raises Refusal as ``pack_into`` does.
    """
    return pack_into(delivery=delivery, crates=[crate], at=at, by=by)[0]


@transaction.atomic
def pack_into(*, delivery: Delivery, crates: Sequence[int], at: datetime, by: Any = None) -> list[Crate]:
    """Bring the bags of one delivery together in these crates, cold ones in cold boxes; all or none.

    Raises Refusal while a bag is missing, when the delivery has left, when a crate holds another one, or when a bag
    would lie too warm or too cold (``crating.put_into``).
    """
    delivery = _locked(delivery.pk)
    if delivery.state in _GONE:
        raise Refusal(_("%(code)s has already left.") % {"code": delivery.code})
    states = {bag: bag.state for bag in delivery.live_bags()}
    awaited = [bag for bag, state in states.items() if state in {BagState.EXPECTED, BagState.READY}]
    if awaited:
        raise Refusal(_("Still missing: %(shops)s.") % {"shops": ", ".join(bag.sender for bag in awaited)})
    here = [bag for bag, state in states.items() if state in {BagState.AT_HUB, BagState.PACKED}]
    if not here:
        raise Refusal(_("There is nothing to pack for %(code)s.") % {"code": delivery.code})
    loose = [bag for bag in here if states[bag] == BagState.AT_HUB]
    cold_from = Hub.objects.filter(windows=delivery.window_id).values_list("cold_from", flat=True).get()
    places = put_into(loose, crates, cold_from=cold_from, code=delivery.code)
    boxes = [_take_crate(delivery, number, at) for number in crates]
    for number in dict.fromkeys(places.values()):
        inside = [bag for bag in loose if places[bag.pk] == number]
        record_bags(inside, BagEvent.Kind.PACKED, at=at, by=by, crate=number)
    audit.record("pack", delivery, at=at, town_id=delivery.town_id, actor=by, crates=list(crates))
    return boxes


def _take_crate(delivery: Delivery, number: int, at: datetime) -> Crate:
    """The crate, for this delivery; Refusal when it holds another one."""
    try:
        with transaction.atomic():
            box, _created = Crate.objects.get_or_create(
                town_id=delivery.town_id,
                number=number,
                released_at=None,
                delivery=delivery,
                defaults={"packed_at": at},
            )
    except IntegrityError:
        raise Refusal(_("Crate %(number)s holds another delivery.") % {"number": number}) from None
    return box


def take_off(bags: Iterable[Bag], *, at: datetime, by: Any = None) -> None:
    """Bags come off a bike that has not left: back into their crate, or on the table. Call it behind their lock."""
    for bag in bags:
        crate = crate_of(bag)
        if crate is None:
            record_bags([bag], BagEvent.Kind.AT_HUB, at=at, by=by, taken_off=True)
        else:
            record_bags([bag], BagEvent.Kind.PACKED, at=at, by=by, crate=crate, taken_off=True)


@transaction.atomic
def unpack(*, delivery: Delivery, at: datetime, by: Any = None) -> None:
    """A wrong crate: the bags are on the table again and the crates are free. Nothing to do is no error.

    Raises Refusal when the delivery has left.
    """
    delivery = _locked(delivery.pk)
    if delivery.state in _GONE:
        raise Refusal(_("%(code)s has already left.") % {"code": delivery.code})
    packed = [bag for bag in delivery.live_bags() if bag.state == BagState.PACKED]
    record_bags(packed, BagEvent.Kind.AT_HUB, at=at, by=by, unpacked=True)
    Crate.objects.filter(delivery=delivery, released_at=None).update(released_at=at)
    audit.record("unpack", delivery, at=at, town_id=delivery.town_id, actor=by)
