"""At a door: handed over, nobody could take it, or again later.

A rider taps without a network; what arrives later is written at the moment of the tap (``core.taps.Tap.when``) and
judged by what the bike carried then, not by what the hub has supposed since. Only what somebody has seen since, a scan
or another ending, speaks against it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.core.taps import NO_TAP, Tap
from parvis.core.words import say_clock
from parvis.delivery.actions.custody import record_bags
from parvis.delivery.models import Bag, BagEvent, Crate, Delivery, DeliveryEvent, Stop
from parvis.delivery.signals import delivery_ended
from parvis.delivery.states import BagState, DeliveryState, bag_state, delivery_state

# A bag in somebody's hands, or looked for in vain: not supposed.
_SEEN = {BagEvent.Kind.AT_HUB, BagEvent.Kind.PACKED, BagEvent.Kind.STOWED, BagEvent.Kind.LOADED}
_ENDS = {DeliveryEvent.Kind.DELIVERED, DeliveryEvent.Kind.FAILED}


@dataclass(frozen=True, slots=True)
class _Visit:
    """A tap at a door, behind the lock of its delivery: when it was, and how things stood then."""

    delivery: Delivery
    tap: Tap
    moment: datetime
    key: str | None

    @classmethod
    def of(cls, verb: str, stop: Stop, tap: Tap, at: datetime) -> "_Visit":
        """The key is one for each verb, so that a page kept open may fail first and hand over afterwards."""
        delivery = Delivery.objects.select_for_update().with_story().get(pk=stop.delivery_id)
        moment = tap.when(at, since=stop.round.left_at)
        return cls(delivery, tap, moment, f"{verb}-{delivery.code}-{tap.key}" if tap.key else None)

    @property
    def known(self) -> bool:
        """Whether this very tap has been written."""
        return self.key is not None and any(event.key == self.key for event in self.delivery.events.all())

    def state(self) -> DeliveryState:
        """Where the delivery stood."""
        bags = [[e for e in bag.events.all() if e.at <= self.moment] for bag in self.delivery.live_bags()]
        return delivery_state([e for e in self.delivery.events.all() if e.at <= self.moment], bags)

    def aboard(self) -> list[Bag]:
        """The bags that were on the bike. Raises Refusal where somebody has seen them since, or ended it otherwise."""
        there = [
            bag
            for bag in self.delivery.live_bags()
            if bag_state(e for e in bag.events.all() if e.at <= self.moment) == BagState.LOADED
        ]
        code = self.delivery.code
        if self.delivery.cancelled_at is not None:
            raise Refusal(_("%(code)s was cancelled. Bring it back to the hub.") % {"code": code})
        ended = [e for e in self.delivery.events.all() if e.kind == DeliveryEvent.Kind.DELIVERED]
        if ended:
            said = _("%(code)s was already handed over at %(time)s.")
            raise Refusal(said % {"code": code, "time": say_clock(ended[-1].at)})
        since = [e for bag in there for e in bag.events.all() if e.at > self.moment]
        if lost := [e.at for e in since if e.kind == BagEvent.Kind.LOST]:
            said = _("%(code)s was said to be lost at %(time)s. Tell the hub that it is found.")
            raise Refusal(said % {"code": code, "time": say_clock(min(lost))})
        seen = [e.at for e in since if e.kind in _SEEN]
        if seen:
            said = _("%(code)s was seen at the hub at %(time)s. Ask the hub what is right.")
            raise Refusal(said % {"code": code, "time": say_clock(min(seen))})
        if not there:
            raise Refusal(_("%(code)s is not on its way.") % {"code": code})
        return there

    def write(
        self, kind: DeliveryEvent.Kind, by: Any, detail: dict[str, Any], photo: "ContentFile[bytes] | None" = None
    ) -> None:
        """Append the event, with what the phone's own clock said."""
        if self.tap.at is not None:
            detail = detail | {"tapped_at": self.tap.at.isoformat()}
        event = DeliveryEvent(
            town_id=self.delivery.town_id,
            delivery=self.delivery,
            kind=kind,
            at=self.moment,
            by=by,
            key=self.key,
            detail=detail,
        )
        if photo is not None:
            event.photo.save(f"{event.pk}{PurePath(photo.name or '').suffix or '.jpg'}", photo, save=False)
        event.save()


@transaction.atomic
def hand_over(
    *,
    stop: Stop,
    at: datetime,
    by: Any = None,
    recipient: str = "",
    neighbour: bool = False,
    photo: "ContentFile[bytes] | None" = None,
    scanned: Collection[str] = (),
    tap: Tap = NO_TAP,
) -> bool:
    """The goods are in somebody's hands, with a name or a photo as proof. False if the tap was seen before.

    A buyer who opens after all, before the bike is home, is served after a failed attempt too. ``scanned`` are the
    codes of the bags that the rider read at the door. Raises Refusal without a proof, or when it was not on the bike.
    """
    if not recipient.strip() and photo is None:
        raise Refusal(_("Write who received it, or take a photo."))
    visit = _Visit.of("hand", stop, tap, at)
    if visit.known:
        return False
    loaded, delivery = visit.aboard(), visit.delivery
    if visit.state() not in {DeliveryState.ON_THE_WAY, DeliveryState.FAILED}:
        raise Refusal(_("%(code)s is not on its way.") % {"code": delivery.code})
    detail: dict[str, Any] = {"recipient": recipient.strip()[:120]}
    if neighbour:
        detail["neighbour"] = True
    if here := sorted({bag.code for bag in loaded} & set(scanned)):
        detail["scanned"] = here
    visit.write(DeliveryEvent.Kind.DELIVERED, by, detail, photo)
    record_bags(loaded, BagEvent.Kind.DELIVERED, at=visit.moment, by=by)
    Crate.objects.filter(delivery=delivery, released_at=None).update(released_at=at)
    delivery_ended.send(sender=Delivery, delivery=delivery, outcome="delivered", at=at, by=by)
    audit.record("hand_over", delivery, at=at, town_id=delivery.town_id, actor=by)
    return True


@transaction.atomic
def fail_stop(*, stop: Stop, reason: str, at: datetime, by: Any = None, note: str = "", tap: Tap = NO_TAP) -> bool:
    """Nobody could take the goods; they ride back. False if the tap was seen before.

    ``reason`` is a value of ``DeliveryEvent.WhyFailed`` or plain words; ``note`` says more.
    Raises Refusal without a reason, or when the delivery was not on its way.
    """
    visit = _attempt("fail", stop, reason, tap, at)
    if visit is None:
        return False
    delivery = visit.delivery
    visit.write(DeliveryEvent.Kind.FAILED, by, {"reason": reason.strip()[:200], "note": note.strip()[:200]})
    delivery_ended.send(sender=Delivery, delivery=delivery, outcome="failed", at=at, by=by)
    audit.record("fail_stop", delivery, at=at, town_id=delivery.town_id, actor=by)
    return True


@transaction.atomic
def try_later(*, stop: Stop, reason: str, at: datetime, by: Any = None, note: str = "", tap: Tap = NO_TAP) -> bool:
    """Nobody could take the goods; the rider comes by again on this round. False if the tap was seen before.

    Raises Refusal as ``fail_stop`` does.
    """
    visit = _attempt("later", stop, reason, tap, at)
    if visit is None:
        return False
    visit.write(DeliveryEvent.Kind.TRIED, by, {"reason": reason.strip()[:200], "note": note.strip()[:200]})
    audit.record("try_later", visit.delivery, at=at, town_id=visit.delivery.town_id, actor=by)
    return True


def _attempt(verb: str, stop: Stop, reason: str, tap: Tap, at: datetime) -> _Visit | None:
    """A visit at which nobody could take the goods; None if the tap was seen before."""
    if not reason.strip():
        raise Refusal(_("Say why it could not be handed over."))
    visit = _Visit.of(verb, stop, tap, at)
    if visit.known:
        return None
    visit.aboard()
    if visit.state() != DeliveryState.ON_THE_WAY or _ended_since(visit):
        raise Refusal(_("%(code)s is not on its way.") % {"code": visit.delivery.code})
    return visit


def _ended_since(visit: _Visit) -> bool:
    return any(e.kind in _ENDS and e.at > visit.moment for e in visit.delivery.events.all())
