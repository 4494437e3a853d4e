"""When can a shop have an order ready, and why not: one promise from a shop's own rules. Pure: rows in, a promise out.

Four things decide: the hours and days off of the shop and of the market, the time it needs, how much it can prepare in
one stretch of time, and its order cycles. A shop with cycles prepares for their turns only; its turns have their own
number of places, and capacity does not count there. No rule of another shop is ever looked at.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from parvis.core.errors import Refusal
from parvis.core.geo import Point
from parvis.market import capacity
from parvis.market.cycles import Turn, turns
from parvis.market.models import Capacity, Cycle, Shop
from parvis.market.opening import DaysOff, ready_at
from parvis.market.when import near_moment, near_span
from parvis.places.hours import is_readable, open_stretches
from parvis.towns.models import Town

WEEK = timedelta(days=7)
WEEKS_AHEAD = 9  # a shop that is full for longer takes no orders
ALWAYS = "24/7"  # hours that nobody knows: the shop answers by itself


@dataclass(frozen=True, slots=True)
class ShopRules:
    """What decides for one shop (its place with closures loaded): its rows, and what is taken of them."""

    shop: Shop
    town: Town
    market_off: Sequence[DaysOff] = ()
    capacity: Capacity | None = None
    taken: Mapping[datetime, int] = field(default_factory=dict)
    cycles: Sequence[Cycle] = ()
    places: Mapping[tuple[UUID, date], int] = field(default_factory=dict)

    @property
    def days_off(self) -> list[DaysOff]:
        """The shop's own and the market's."""
        mine = [(c.first_day, c.last_day, c.reason) for c in self.shop.place.closures.all()]
        return [*mine, *self.market_off]

    def wanted(self, points: int) -> int:
        """What an order of so many points of work takes of the capacity."""
        return points if self.capacity is not None and self.capacity.counts == Capacity.Counts.POINTS else 1


@dataclass(frozen=True, slots=True)
class Promise:
    """Goods are ready at ``ready_at``; ``turn`` and ``work_at`` say of what a place is taken for it."""

    ready_at: datetime
    turn: Turn | None = None
    work_at: datetime | None = None

    @property
    def until(self) -> datetime | None:
        """When collecting ends, where that is said beforehand."""
        return self.turn.ends_at if self.turn else None

    def words(self, at: datetime) -> str:
        """``ready tomorrow at 9:00``, or ``Saturday 28 November, 9:00–12:00``."""
        if self.turn is not None:
            return near_span(self.turn.starts_at, self.turn.ends_at, at)
        return _("ready %(time)s") % {"time": near_moment(self.ready_at, at)}


def promise(rules: ShopRules, points: int, at: datetime) -> Promise:
    """The soonest that a shop can promise for an order of so many points of work. Raises Refusal with the reason."""
    if rules.cycles:
        return _in_turn(rules, at)
    if rules.capacity is None:
        return Promise(_ready(rules, at))
    _check_size(rules, points)
    for begins, start in _starts(rules, points, at):
        return Promise(_ready(rules, start), work_at=begins)
    raise Refusal(_("%(shop)s has no room for more orders in the coming weeks.") % {"shop": rules.shop.name})


def promise_by(rules: ShopRules, points: int, due: datetime, at: datetime) -> Promise:
    """The latest that is ready by ``due``, so that what leaves tomorrow takes nobody's place today."""
    if rules.cycles:
        found = [turn for turn in _turns(rules, at) if turn.starts_at <= due and turn.places_left(rules.places) != 0]
        if found:
            return Promise(found[-1].starts_at, turn=found[-1])
        raise Refusal(_too_late(rules))
    if rules.capacity is None:
        if (ready := _ready(rules, at)) <= due:
            return Promise(ready)
        raise Refusal(_too_late(rules))
    _check_size(rules, points)
    latest = due - timedelta(minutes=rules.shop.preparation_minutes)
    found_starts = []
    for begins, start in _starts(rules, points, at):
        if start > latest:
            break
        found_starts.append((begins, start))
    for begins, start in reversed(found_starts):
        if (ready := _ready(rules, start)) <= due:
            return Promise(ready, work_at=begins)
    raise Refusal(_too_late(rules))


def _too_late(rules: ShopRules) -> str:
    return _("%(shop)s cannot be ready by then. Choose a later time.") % {"shop": rules.shop.name}


def _check_size(rules: ShopRules, points: int) -> None:
    if rules.capacity is not None and rules.wanted(points) > rules.capacity.most:
        said = {"shop": rules.shop.name}
        raise Refusal(_("This is more than %(shop)s can prepare at one time. Order in two parts, or call it.") % said)


def _ready(rules: ShopRules, start: datetime) -> datetime:
    shop = rules.shop
    return ready_at(shop.place, rules.town, shop.preparation_minutes, start, rules.market_off)


def _starts(rules: ShopRules, points: int, at: datetime) -> Iterator[capacity.Span]:
    assert rules.capacity is not None
    zone = rules.town.zone
    return capacity.starts(rules.capacity, rules.taken, rules.wanted(points), _open_spans(rules, at), zone)


def _open_spans(rules: ShopRules, at: datetime) -> Iterator[capacity.Span]:
    """When the shop works from ``at`` on, a week at a time; hours unknown, or without any opening, are always."""
    place, town, off = rules.shop.place, rules.town, rules.days_off
    spans = list(_spans(place.opening_hours, place.point, town, off, at))[:1] if place.opening_hours else []
    known = bool(spans) and is_readable(place.opening_hours, town.country)
    return _spans(place.opening_hours if known else ALWAYS, place.point, town, off, at)


def _spans(hours: str, point: Point | None, town: Town, off: list[DaysOff], at: datetime) -> Iterator[capacity.Span]:
    for week in range(WEEKS_AHEAD):
        between = (at + week * WEEK, at + (week + 1) * WEEK)
        yield from open_stretches(hours, off, between, town.zone, town.country, point)


def _turns(rules: ShopRules, at: datetime) -> list[Turn]:
    """The turns of all the shop's cycles, soonest first."""
    found = [turn for cycle in rules.cycles for turn in turns(cycle, at, rules.town.zone, rules.days_off)]
    return sorted(found, key=lambda turn: (turn.starts_at, turn.closes_at))


def open_turns(rules: ShopRules, at: datetime) -> list[Turn]:
    """The turns for which one can order now, soonest first: those with a place left."""
    return [turn for turn in _turns(rules, at) if turn.places_left(rules.places) != 0]


def next_turn(rules: ShopRules, at: datetime) -> Turn | None:
    """The turn for which one orders now: the soonest with a place left."""
    return next(iter(open_turns(rules, at)), None)


def _in_turn(rules: ShopRules, at: datetime) -> Promise:
    if turn := next_turn(rules, at):
        return Promise(turn.starts_at, turn=turn)
    said = {"shop": rules.shop.name}
    if _turns(rules, at):
        raise Refusal(_("All places at %(shop)s are taken for the coming dates.") % said)
    raise Refusal(_("%(shop)s takes no orders at the moment: its next date is not set yet.") % said)
