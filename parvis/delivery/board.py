"""The dispatcher's question: who rides where, and what is at risk? Read from rows in a fixed number of queries.

Nothing here asks the clock or the plan's problem: a stop is late when the bell would ring after its window.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from parvis.core.words import say_clock, say_day
from parvis.delivery.actions.problems import deliveries_of, shifts_of
from parvis.delivery.actions.road import ended_at, still_carries
from parvis.delivery.actions.suiting import ALSO
from parvis.delivery.chain import lost_at
from parvis.delivery.models import Bag, Bike, Delivery, DeliveryEvent, Hub, Plan, RefusedTap, Round, Shift, Stop, Window
from parvis.delivery.pickups import fetched, to_fetch
from parvis.delivery.sentences import unserved_reason
from parvis.delivery.skills import why_not
from parvis.delivery.states import BagState, DeliveryState
from parvis.people.models import Person

SOON = timedelta(minutes=30)  # bags that are not here by then before a departure are worth a call
GRACE = timedelta(minutes=5)  # a bike that leaves this much later is no news
COLOURS = 6

_AWAITED = {BagState.EXPECTED, BagState.READY}
_ENDED = {DeliveryState.DELIVERED, DeliveryState.FAILED, DeliveryState.CANCELLED}


@dataclass(frozen=True)
class BoardStop:
    """One door of a round, with how it stands."""

    stop: Stop
    delivery: Delivery
    delay: timedelta  # by how much the round runs late
    counts: bool = True  # False: the round left without it, or its goods came back

    @cached_property
    def state(self) -> DeliveryState:
        """Where the delivery stands."""
        return self.delivery.state

    @cached_property
    def awaited(self) -> list[str]:
        """The senders whose bags are not at the hub yet, and should come there."""
        if self.fetched_from:
            return []
        return [bag.sender for bag in self.delivery.live_bags() if bag.state in _AWAITED]

    @cached_property
    def fetched_from(self) -> str:
        """The shop where the rider has still to fetch it, if it goes straight from there."""
        if to_fetch(self.stop) is None:
            return ""
        return ", ".join(dict.fromkeys(bag.sender for bag in self.delivery.live_bags()))

    @property
    def straight(self) -> bool:
        """It goes straight from its shop, whether or not it has been fetched."""
        return bool(self.fetched_from) or fetched(self.stop)

    @property
    def ended(self) -> bool:
        """Handed over, failed or cancelled."""
        return self.state in _ENDED

    @cached_property
    def ended_at(self) -> datetime | None:
        """When it was handed over or failed."""
        ends = {DeliveryEvent.Kind.DELIVERED, DeliveryEvent.Kind.FAILED}
        return max((event.at for event in self.delivery.events.all() if event.kind in ends), default=None)

    @property
    def failure(self) -> str:
        """Why nobody took it, in words; nothing where it did not fail."""
        if self.state != DeliveryState.FAILED:
            return ""
        return max((e for e in self.delivery.events.all() if e.kind == "failed"), key=lambda e: e.at).reason

    @cached_property
    def tried_at(self) -> datetime | None:
        """When nobody could take it, if its rider comes by again on this round."""
        left = self.stop.round.left_at
        tries = [event.at for event in self.delivery.events.all() if event.kind == DeliveryEvent.Kind.TRIED]
        again = bool(left and tries) and self.counts and not self.ended
        return tries[-1] if again and left and tries[-1] >= left else None

    @property
    def expected_at(self) -> datetime:
        """When the bell will ring, with the delay of the round so far."""
        return self.stop.arrive_at + self.delay

    @property
    def window(self) -> Window:
        """The window in which a plan rides: of two that suit, perhaps the second."""
        return self.delivery.also if self.stop.option == ALSO and self.delivery.also else self.delivery.window

    @property
    def spare(self) -> timedelta:
        """By how much the round may still run late before this door is reached after its window."""
        return self.window.ends_at - self.expected_at

    @property
    def too_late(self) -> bool:
        """The window is over before the bike is there."""
        return self.counts and not self.ended and self.spare < timedelta(0)


@dataclass(frozen=True)
class BoardRound:
    """One round on the board; ``colour`` is that of its line on the map."""

    round: Round
    bike: Bike
    rider: Person | None
    stops: tuple[BoardStop, ...]
    colour: int
    may_change: bool
    at: datetime
    on_shift: bool = True  # False: the shift in which it was planned has been taken out

    @property
    def on_the_road(self) -> bool:
        """It has left and is not back."""
        return self.round.left_at is not None and self.round.back_at is None

    @property
    def waits(self) -> bool:
        """It has not left."""
        return self.round.left_at is None

    @property
    def load_percent(self) -> int:
        """How full the bike is, in the dimension that binds."""
        shares = (
            self.round.grams / max(self.bike.max_grams, 1),
            self.round.millilitres / max(self.bike.max_millilitres, 1),
        )
        return round(100 * max(shares))

    @property
    def done(self) -> int:
        """How many of its stops have ended."""
        return sum(stop.ended for stop in self.stops)

    @cached_property
    def risks(self) -> list[str]:
        """What may go wrong with this round, in sentences."""
        return [*self._before_leaving(), *self._late_doors()]

    def _before_leaving(self) -> list[str]:
        if not self.waits:
            broken = self.bike.broken_at and any(s.state == DeliveryState.ON_THE_WAY for s in self.stops)
            return [_("%(bike)s is out of order with goods aboard.") % {"bike": self.bike}] if broken else []
        said = []
        if self.bike.broken_at and self.bike.back_on:
            names = {"bike": self.bike, "day": say_day(self.bike.back_on)}
            said.append(_("%(bike)s is out of order, expected back on %(day)s.") % names)
        elif self.bike.broken_at:
            said.append(_("%(bike)s is out of order.") % {"bike": self.bike})
        if not self.on_shift:
            said.append(_("Nobody is on shift for it. Plan again."))
        if self.at > self.round.departs_at + GRACE:
            said.append(_("It should have left at %(time)s.") % {"time": say_clock(self.round.departs_at)})
        for stop in self.stops:
            if why := why_not(self.bike, self.bike.skills, stop.delivery.needs):
                said.append(_("%(code)s: %(why)s") % {"code": stop.delivery.code, "why": why})
        shops = {shop for stop in self.stops for shop in stop.awaited}
        if shops and self.at > self.round.departs_at - SOON:
            said.append(_("Still missing: %(shops)s.") % {"shops": ", ".join(sorted(shops))})
        return said

    def _late_doors(self) -> list[str]:
        return [
            _("%(code)s may be reached at %(time)s, after its window.")
            % {"code": stop.delivery.code, "time": say_clock(stop.expected_at)}
            for stop in self.stops
            if stop.too_late
        ]


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A delivery on no round, and why."""

    delivery: Delivery
    reason: str


@dataclass(frozen=True)
class Board:
    """The day of one hub as its dispatcher sees it."""

    hub: Hub
    day: date
    at: datetime
    plan: Plan | None  # the newest draft or published plan
    published: Plan | None
    computing: Plan | None
    failed: Plan | None  # the newest attempt, if it failed
    deliveries: tuple[Delivery, ...]
    rounds: tuple[BoardRound, ...]
    taps: tuple[RefusedTap, ...] = ()  # of riders, that nobody has read yet

    @classmethod
    def load(cls, hub: Hub, day: date, at: datetime) -> "Board":
        """Read the day."""
        plans = list(Plan.objects.filter(hub=hub, day=day).defer("problem").order_by("-version")[:20])
        good = [plan for plan in plans if plan.state in {Plan.State.DRAFT, Plan.State.PUBLISHED}]
        newest = plans[0] if plans else None
        deliveries = tuple(deliveries_of(hub, day))
        plan = good[0] if good else None
        return cls(
            hub=hub,
            day=day,
            at=at,
            plan=plan,
            published=next((p for p in good if p.state == Plan.State.PUBLISHED), None),
            computing=newest if newest and newest.state == Plan.State.COMPUTING else None,
            failed=newest if newest and newest.state == Plan.State.FAILED else None,
            deliveries=deliveries,
            rounds=_rounds(plan, deliveries, shifts_of(hub, day), at) if plan else (),
            taps=tuple(
                RefusedTap.objects.filter(
                    town=hub.town_id, round__plan__hub=hub, round__plan__day=day, seen_at=None
                ).select_related("rider", "round__bike")
            ),
        )

    @property
    def is_draft(self) -> bool:
        """What is shown is not what riders see."""
        return self.plan is not None and self.plan.state == Plan.State.DRAFT

    @cached_property
    def placed(self) -> Mapping[Any, BoardRound]:
        """The round of each delivery, by the delivery's id."""
        return {stop.delivery.pk: round_ for round_ in self.rounds for stop in round_.stops if stop.counts}

    @cached_property
    def unplaced(self) -> list[Unplaced]:
        """Deliveries that have not ended and are on no round, with the reason; those of a plan first."""
        unserved = self.plan.solution.get("unserved", []) if self.plan else []
        reasons = {left["drop"]: left["reason"] for left in unserved}
        behind = {stop.delivery.pk for round_ in self.rounds for stop in round_.stops if not stop.counts}
        return [
            Unplaced(
                delivery,
                _left_behind(delivery) if delivery.pk in behind else unserved_reason(reasons.get(str(delivery.pk), "")),
            )
            for delivery in self.deliveries
            if delivery.pk not in self.placed and delivery.state not in _ENDED and _carries(delivery)
        ]

    @cached_property
    def risks(self) -> list[tuple[BoardRound, str]]:
        """What may go wrong, round by round."""
        return [(round_, said) for round_ in self.rounds for said in round_.risks]

    @cached_property
    def lost(self) -> list[tuple[Delivery, Bag]]:
        """Bags that somebody held and that cannot be found, with the delivery each is for."""
        return [(delivery, bag) for delivery in self.deliveries for bag in delivery.live_bags() if lost_at(bag)]

    @cached_property
    def refused(self) -> list[tuple[RefusedTap, Delivery | None]]:
        """Taps of riders that could not be used, with the delivery each is for; without those whose door has ended
        since.
        """
        by_id = {delivery.pk: delivery for delivery in self.deliveries}
        told = [(tap, by_id.get(tap.delivery_id) if tap.delivery_id else None) for tap in self.taps]
        return [(tap, delivery) for tap, delivery in told if delivery is None or not _ended_since(delivery, tap.at)]

    @property
    def metres(self) -> int:
        """What the rounds ride together."""
        return sum(round_.round.metres for round_ in self.rounds)

    @cached_property
    def states(self) -> Mapping[DeliveryState, int]:
        """How many deliveries stand where."""
        counts = dict.fromkeys(DeliveryState, 0)
        for delivery in self.deliveries:
            counts[delivery.state] += 1
        return counts

    @property
    def ready(self) -> int:
        """Deliveries whose bags are all at the hub."""
        return self.states[DeliveryState.AT_HUB] + self.states[DeliveryState.PACKED]

    @property
    def changeable(self) -> list[BoardRound]:
        """Rounds that may still take a stop."""
        return [round_ for round_ in self.rounds if round_.may_change]


def _left_behind(delivery: Delivery) -> str:
    """That a round left without it, and why, as whoever let it go has said."""
    said = _("Its round left without it. Plan again.")
    events = [event for event in delivery.events.all() if event.kind == DeliveryEvent.Kind.LEFT_BEHIND]
    return f"{said} {events[-1].detail.get('reason', '')}".strip() if events else said


def _ended_since(delivery: Delivery, at: datetime) -> bool:
    """Whether a delivery was handed over, failed or cancelled at ``at`` or later."""
    ends = {DeliveryEvent.Kind.DELIVERED, DeliveryEvent.Kind.FAILED, DeliveryEvent.Kind.CANCELLED}
    return any(event.kind in ends and event.at >= at for event in delivery.events.all())


def _carries(delivery: Delivery) -> bool:
    """Whether there is anything to bring."""
    return any(bag.state != BagState.MISSING for bag in delivery.live_bags())


def _rounds(
    plan: Plan, deliveries: Sequence[Delivery], shifts: Sequence[Shift], at: datetime
) -> tuple[BoardRound, ...]:
    by_id = {delivery.pk: delivery for delivery in deliveries}
    rounds = (
        Round.objects.filter(plan=plan).select_related("bike", "rider").prefetch_related("stops").order_by("number")
    )
    kept = plan.solution.get("kept", {})
    board = []
    for i, round_ in enumerate(rounds):
        stops = [stop for stop in round_.stops.all() if stop.delivery_id in by_id]
        for stop in stops:
            stop.delivery, stop.round = by_id[stop.delivery_id], round_
        carrier = Round(pk=kept.get(str(round_.pk), round_.pk), left_at=round_.left_at)
        delay = _delay(round_, stops, at)
        board.append(
            BoardRound(
                round=round_,
                bike=round_.bike,
                rider=round_.rider,
                stops=tuple(BoardStop(stop, stop.delivery, delay, _counts(carrier, stop)) for stop in stops),
                colour=i % COLOURS + 1,
                may_change=round_.left_at is None and not round_.locked and str(round_.pk) not in kept,
                at=at,
                on_shift=any(_is_of(round_, shift) for shift in shifts),
            )
        )
    return tuple(board)


def _is_of(round_: Round, shift: Shift) -> bool:
    """Whether a round leaves in a shift, as ``RoundQuerySet.of_shift`` asks the database."""
    same = (round_.bike_id, round_.rider_id) == (shift.bike_id, shift.rider_id)
    return same and shift.starts_at <= round_.departs_at < shift.ends_at


def _counts(round_: Round, stop: Stop) -> bool:
    """A round that has left serves what it took along."""
    if round_.left_at is None or ended_at(round_, stop) is not None:
        return True
    return still_carries(round_, stop) or to_fetch(stop) is not None


def _delay(round_: Round, stops: Sequence[Stop], at: datetime) -> timedelta:
    """By how much a round runs late now: its next door should have been reached, or it should have left."""
    if round_.back_at is not None:
        return timedelta(0)
    if round_.left_at is None:
        return max(timedelta(0), at - round_.departs_at)
    ahead = [stop.arrive_at for stop in stops if stop.delivery.state == DeliveryState.ON_THE_WAY]
    return max(timedelta(0), at - min(ahead)) if ahead else timedelta(0)
