"""Where a month is played: doors of the town, the ways between them, the hours in which bikes ride."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from random import Random
from typing import Any

from parvis.core.geo import Point
from parvis.delivery.actions.problems import as_bike
from parvis.delivery.clients.network import StreetNetwork
from parvis.delivery.clients.streets import streets_for
from parvis.delivery.models import Bike as BikeRow
from parvis.delivery.models import Hub, Shift, Window
from parvis.delivery.planning import Bike, Drop, Matrix, Problem, matrix
from parvis.demo.simulation.baskets import BadInput
from parvis.towns.models import Address, Town

DOORS = 300  # drawn once for the town: the ways between them are asked once for all days
HOUR = 3600
CLOSES_BEFORE, DUE_BEFORE, SHIFT_AROUND = 2 * HOUR, HOUR, HOUR // 2  # as in ``simulation.world``
MIDNIGHT = datetime(2026, 1, 1, tzinfo=UTC)  # of a day like any other: everything counts in seconds from it


@dataclass(frozen=True, slots=True)
class Span:
    """A delivery window, in seconds from midnight; booking closes two hours before, goods are due one hour before."""

    starts: int
    ends: int

    @property
    def closes(self) -> int:
        """The last moment to book."""
        return self.starts - CLOSES_BEFORE

    @property
    def due(self) -> int:
        """When shops must have brought their bags."""
        return self.starts - DUE_BEFORE

    @property
    def row(self) -> Window:
        """The same as a row that is never saved: what the promises of real days are made of."""
        starts_at, ends_at = (MIDNIGHT + timedelta(seconds=s) for s in (self.starts, self.ends))
        due, closes = (MIDNIGHT + timedelta(seconds=s) for s in (self.due, self.closes))
        return Window(starts_at=starts_at, ends_at=ends_at, goods_due_at=due, closes_at=closes)


@dataclass(frozen=True, slots=True)
class Block:
    """Windows that one shift of each bike serves; it begins half an hour before the first and ends as long after."""

    spans: tuple[Span, ...]

    @property
    def shift(self) -> tuple[int, int]:
        """When riders begin and end, in seconds from midnight."""
        return self.spans[0].starts - SHIFT_AROUND, self.spans[-1].ends + SHIFT_AROUND


def blocks_of(text: str) -> tuple[Block, ...]:
    """``10-14,16-20`` as blocks: windows with less than two hours between them share a shift.

    Raises BadInput when the text cannot be read, or when windows overlap.
    """
    try:
        pairs = [tuple(int(clock) for clock in part.split("-")) for part in text.split(",")]
        spans = [Span(first * HOUR, last * HOUR) for first, last in pairs]
    except ValueError:
        raise BadInput("--windows is written as 10-14,16-20: whole hours, the earliest first.") from None
    fits = all(3 <= span.starts // HOUR < span.ends // HOUR <= 23 for span in spans)
    if not fits or any(b.starts < a.ends for a, b in pairwise(spans)):
        raise BadInput("--windows do not overlap, begin at 3 or later and end at 23 at the latest.")
    blocks: list[list[Span]] = []
    for span in spans:
        if blocks and span.starts - blocks[-1][-1].ends < 2 * HOUR:
            blocks[-1].append(span)
        else:
            blocks.append([span])
    return tuple(Block(tuple(block)) for block in blocks)


@dataclass(frozen=True)
class Scene:
    """A town as the month needs it. Place 0 is the hub, the others are doors; seconds and metres between all."""

    name: str
    country: str
    currency: str
    streets: str
    blocks: tuple[Block, ...]
    durations: Matrix
    distances: Matrix

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """The windows of a day."""
        return tuple(span for block in self.blocks for span in block.spans)

    def problem(self, bikes: Sequence[Bike], drops: Iterable[Drop], **more: Any) -> Problem:
        """A problem of these drops alone: its matrices hold the hub and their doors, and locations are counted anew."""
        drops = tuple(drops)
        places = [0, *sorted({drop.location for drop in drops})]
        number = {place: n for n, place in enumerate(places)}
        return Problem(
            bikes=tuple(bikes),
            drops=tuple(replace(drop, location=number[drop.location]) for drop in drops),
            durations=tuple(tuple(self.durations[a][b] for b in places) for a in places),
            distances=tuple(tuple(self.distances[a][b] for b in places) for a in places),
            **more,
        )

    @property
    def doors(self) -> int:
        """How many doors there are."""
        return len(self.durations) - 1

    def ways(self, here: int, there: int) -> tuple[int, int]:
        """Seconds and metres from one place to another."""
        return self.durations[here][there], self.distances[here][there]

    def block_of(self, span: int) -> int:
        """The number of the block that holds a window."""
        return next(n for n, block in enumerate(self.blocks) if self.spans[span] in block.spans)

    def fleet(self, bikes: int) -> tuple[tuple[Bike, ...], ...]:
        """For each block, so many bikes of the usual kind, as the planning room sees them."""
        return tuple(tuple(_bike(f"{number + 1}", block.shift) for number in range(bikes)) for block in self.blocks)


def _bike(name: str, shift: tuple[int, int]) -> Bike:
    starts_at, ends_at = (MIDNIGHT + timedelta(seconds=seconds) for seconds in shift)
    return replace(as_bike(Shift(bike=BikeRow(name=name), starts_at=starts_at, ends_at=ends_at), MIDNIGHT), id=name)


def scene_of(town: Town, blocks: tuple[Block, ...], *, seed: int, doors: int = DOORS) -> Scene:
    """The town's hub, so many doors drawn by the seed, and the ways between them by its best street network.

    Raises BadInput when the town has no hub or no address.
    """
    hub = Hub.objects.filter(town=town).order_by("id").first()
    if hub is None:
        raise BadInput(f"{town.name} has no hub. Create one first.")
    rows = Address.objects.filter(town=town).exclude(number="")
    spots = list(rows.order_by("street", "number_sort", "number", "postcode").values_list("lon", "lat"))
    if not spots:
        raise BadInput(f"{town.name} has no address to deliver to.")
    drawn = Random(f"{seed} doors").sample(spots, min(doors, len(spots)))
    streets = streets_for(town)
    return stage(town, streets, [hub.point, *(Point(lon, lat) for lon, lat in drawn)], blocks)


def stage(town: Town, streets: StreetNetwork, places: Sequence[Point], blocks: tuple[Block, ...]) -> Scene:
    """A scene of given places, the hub first."""
    ways = streets.matrix(places)
    return Scene(
        name=town.name,
        country=town.country,
        currency=town.currency,
        streets=streets.kind,
        blocks=blocks,
        durations=matrix(ways.durations),
        distances=matrix(ways.distances),
    )
