"""Loading a bike: what is expected on it, what is on it, what is missing, in which boxes, in which order."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from parvis.core.words import say_weight
from parvis.delivery.crating import as_packed, crate_of
from parvis.delivery.models import Bag, Plan, Round, Stop
from parvis.delivery.packing import boxes_for, overload
from parvis.delivery.parcels import Parcel
from parvis.delivery.sizes import MILLILITRES_FILLED
from parvis.delivery.skills import why_not
from parvis.delivery.trips import Trip, trip_of


@dataclass(frozen=True, slots=True)
class LoadBox:
    """Bags of one delivery that travel together: the crate they lie in, or None while they are in none."""

    number: int | None
    temperature: str
    bags: tuple[Bag, ...]

    @property
    def cold(self) -> bool:
        """Whether it must keep cold."""
        return self.temperature != Bag.Temperature.AMBIENT

    @property
    def warmth(self) -> str:
        """``Keep cool``, ``Frozen``; nothing where it does not matter."""
        return str(Bag.Temperature(self.temperature).label) if self.cold else ""


@dataclass(frozen=True)
class LoadRow:
    """One door as the loader sees it."""

    stop: Stop
    parcel: Parcel
    on: tuple[Bag, ...]  # scanned onto the bike
    here: tuple[Bag, ...]  # at the hub, not on the bike

    @property
    def awaited(self) -> list[Bag]:
        """Bags that have not come."""
        return self.parcel.awaited

    @property
    def complete(self) -> bool:
        """All of it is on the bike."""
        return bool(self.on) and not self.here and not self.awaited

    @property
    def expected(self) -> int:
        """How many bags of it should leave."""
        return len(self.on) + len(self.here) + len(self.awaited)

    @property
    def boxes(self) -> list[LoadBox]:
        """Its bags by crate, or, where they are in none yet, as they would best be packed; the cold ones last."""
        found: dict[tuple[int, str], list[Bag]] = {}
        loose = []
        for bag in sorted([*self.on, *self.here], key=lambda bag: bag.code):
            number = crate_of(bag)
            if number is None:
                loose.append(bag)
            else:
                found.setdefault((number, bag.temperature), []).append(bag)
        numbered = [LoadBox(number, warmth, tuple(bags)) for (number, warmth), bags in sorted(found.items())]
        by_id = {str(bag.pk): bag for bag in loose}
        new = boxes_for(as_packed(bag) for bag in loose)
        rest = [LoadBox(None, box.temperature, tuple(by_id[bag.id] for bag in box.bags)) for box in new]
        return sorted([*numbered, *rest], key=lambda box: (box.cold, box.number is None, box.number or 0))


@dataclass(frozen=True)
class Loading:
    """A round that is being loaded."""

    trip: Trip

    @classmethod
    def of(cls, round_: Round) -> "Loading":
        """Read it, in a fixed number of queries."""
        return cls(trip_of(round_))

    @cached_property
    def rows(self) -> list[LoadRow]:
        """The doors in the order of loading: the last door goes in first."""
        return [self._row(stop, parcel) for stop, parcel in reversed(self.trip.parcels) if parcel.can_stay]

    def _row(self, stop: Stop, parcel: Parcel) -> LoadRow:
        at_hub = [*parcel.loose, *parcel.packed]
        on = tuple(bag for bag in at_hub if self.trip.holds(bag))
        return LoadRow(stop, parcel, on, tuple(bag for bag in at_hub if bag not in on))

    @property
    def expected(self) -> int:
        """How many bags should leave."""
        return sum(row.expected for row in self.rows)

    @property
    def on(self) -> int:
        """How many are on the bike."""
        return sum(len(row.on) for row in self.rows)

    @property
    def here(self) -> int:
        """How many lie at the hub and are to be put on."""
        return sum(len(row.here) for row in self.rows)

    @property
    def awaited(self) -> int:
        """How many have not come."""
        return sum(len(row.awaited) for row in self.rows)

    @property
    def missing(self) -> int:
        """How many are not on the bike, wherever they are."""
        return self.expected - self.on

    @property
    def complete(self) -> bool:
        """Everything is on the bike."""
        return bool(self.rows) and not self.missing

    @cached_property
    def warnings(self) -> list[str]:
        """By how much the bags are too much for the bike and what it cannot do, in sentences; none where they fit."""
        bike = self.trip.round.bike
        bags = [as_packed(bag, row.stop.position) for row in self.rows for bag in [*row.on, *row.here, *row.awaited]]
        most = int(bike.max_millilitres * MILLILITRES_FILLED)
        over = overload(
            boxes_for(bags),
            most_boxes=bike.max_crates,
            most_grams=bike.max_grams,
            most_millilitres=most,
            most_cold=bike.cold_crates,
        )
        said: list[str] = []
        if over.boxes:
            said.append(
                ngettext(
                    "One crate is too much for %(bike)s, which takes %(most)s.",
                    "%(count)s crates are too much for %(bike)s, which takes %(most)s.",
                    over.boxes,
                )
                % {"count": over.boxes, "bike": bike, "most": bike.max_crates}
            )
        if over.cold_boxes:
            said.append(
                ngettext(
                    "One cold box is too much for %(bike)s, which takes %(most)s.",
                    "%(count)s cold boxes are too much for %(bike)s, which takes %(most)s.",
                    over.cold_boxes,
                )
                % {"count": over.cold_boxes, "bike": bike, "most": bike.cold_crates}
            )
        if over.grams:
            said.append(
                _("It is %(weight)s too heavy for %(bike)s.") % {"weight": say_weight(over.grams), "bike": bike}
            )
        if over.millilitres:
            litres = -(-over.millilitres // 1000)
            said.append(_("It is %(litres)s litres too large for %(bike)s.") % {"litres": litres, "bike": bike})
        for row in self.rows:
            if why := why_not(bike, bike.skills, row.parcel.delivery.needs):
                said.append(_("%(code)s: %(why)s") % {"code": row.parcel.delivery.code, "why": why})
        return said


def cannot_ride(bag: Bag) -> str:
    """Why the bike on whose published round a bag stands cannot take it, and what to do; nothing where it can."""
    stops = Stop.objects.filter(
        delivery=bag.delivery_id, round__plan__state=Plan.State.PUBLISHED, round__left_at=None
    ).select_related("round__bike", "delivery")
    for stop in stops:
        bike = stop.round.bike
        if why := why_not(bike, bike.skills, stop.delivery.needs):
            return f"{why} {_('The dispatcher has to plan again.')}"
    return ""


def bags_said(bags: Sequence[Bag]) -> str:
    """``K7RVD, M3HQP``."""
    return ", ".join(bag.code for bag in bags)
