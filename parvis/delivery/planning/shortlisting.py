"""Where a door may go in tours that stand, judged before its ways are known: by how far apart places are.

To ask the streets for the ways between a door and all stops of a day takes the router longer than a buyer should wait.
But no bike beats the straight line. So a gap between two stops which even that would miss is passed over, and the
others are put in order by what they would probably cost: only the ways of the first few need asking. Where no gap is
left, no bike can be there, and the streets were not asked at all.

All gaps of a day are columns of numbers, for numpy. Times are whole seconds from local midnight, distances metres.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import ceil

import numpy as np
from numpy.typing import NDArray

from .drops import Drop
from .fleet import can_do
from .inserting import Clock, Clocks, Rules, Spot, Tour, Ways

type Column = NDArray[np.int64]

BESIDE_STREET = 100
"""A door is at most about so far from its street: straight lines are from door to door, ways from street to street."""
NO_LIMIT = 2**40


@dataclass(frozen=True)
class Gaps:
    """Every place of some tours where a drop can be put in, a row each, in the order of tours, trips and positions.

    ``leaves`` is the earliest departure from ``here``, ``arrives`` and ``latest`` are the arrival at ``there`` as it is
    and as late as promises allow, ``waits`` the seconds spent before closed doors from there on, ``metres`` those from
    ``here`` to ``there``. Bags that are ready by ``departs`` hold nobody up. ``alone`` marks trips of their own:
    nothing else depends on when they leave.
    """

    spots: tuple[Spot, ...]
    here: Column
    there: Column
    leaves: Column
    arrives: Column
    latest: Column
    waits: Column
    departs: Column
    metres: Column
    percent: Column  # speed of the bike
    alone: NDArray[np.bool_]
    room: tuple[Column, Column, Column, Column]  # grams, millilitres, crates, cold crates


@dataclass(frozen=True, slots=True)
class Guess:
    """What is known of streets without asking them: nobody rides from door to door at more than ``quickest`` metres per
    second of the straight line; usually a way is ``detour`` times as long as that, and ridden at ``usual``; nearly no
    way takes more than ``slow`` times as long as usual and ``late`` seconds more.
    """

    quickest: float
    usual: float
    detour: float
    slow: float = 1
    late: int = 0

    def longest(self, apart: float) -> tuple[int, int]:
        """The seconds that nearly no way between places so far apart exceeds, and its usual metres."""
        return ceil(apart * self.detour / self.usual * self.slow) + self.late, round(apart * self.detour)


@dataclass(frozen=True, slots=True)
class Shortlist:
    """The spots where a door may go, in the order in which to look at them; it fits in ``sure`` ones even if the ways
    are long.
    """

    spots: tuple[Spot, ...]
    sure: tuple[Spot, ...]


def gaps_of(tours: Sequence[Tour], clocks: Clocks, ways: Ways, rules: Rules) -> Gaps:
    """The gaps of tours; ``clocks`` are theirs. Trips that have left have none."""
    rows = [
        row
        for index, (tour, clock) in enumerate(zip(tours, clocks, strict=True))
        if clock is not None
        for row in [*_within(index, tour, clock, tour.ways or ways, rules), *_between(index, tour, clock, rules)]
    ]
    table = np.array([row[1] for row in rows], dtype=np.int64).reshape(len(rows), 14).T
    here, there, leaves, arrives, latest, waits, departs, metres, percent, alone, *room = table
    grams, millilitres, crates, cold = room
    return Gaps(
        tuple(row[0] for row in rows),
        *(here, there, leaves, arrives, latest, waits, departs, metres, percent),
        alone.astype(bool),
        (grams, millilitres, crates, cold),
    )


def shortlist(
    gaps: Gaps, tours: Sequence[Tour], drop: Drop, apart: NDArray[np.float64], guesses: Sequence[Guess], rules: Rules
) -> Shortlist:
    """The gaps in which the drop may fit: those first in which it probably does, the cheapest of them before all.
    ``apart`` are the metres of the straight line between its door and each location, ``guesses`` what is known of the
    ways of each tour. The drop is as taken: one that may be made in several ways has a list for each.

    A gap that is not in the list does not do. (A door further than ``BESIDE_STREET`` from its street may miss one.)
    """
    going, coming = apart[gaps.here], apart[gaps.there]
    number = np.array([spot.tour for spot in gaps.spots], dtype=np.intp)
    columns = np.array([(guess.quickest, guess.usual, guess.detour, guess.slow, guess.late) for guess in guesses])
    quickest, usual, detour, slow, late = columns.reshape(len(guesses), 5)[number].T
    sizes = (drop.grams, drop.millilitres, drop.crates, drop.cold_crates)
    leaves = np.maximum(gaps.leaves, max(drop.ready_at, rules.not_before))

    def clock(out: NDArray[np.float64], back: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """When the bike is at the next stop, by the seconds of the ways; and whether that is in time."""
        start = np.maximum(leaves + out * 100 / gaps.percent, drop.earliest)
        arrives = start + drop.service_seconds + back * 100 / gaps.percent
        return arrives, (start <= drop.latest) & (arrives <= gaps.latest)

    can = clock(_least(going) / quickest, _least(coming) / quickest)[1]
    for size, room in zip(sizes, gaps.room, strict=True):
        can &= size <= room
    if drop.needs:
        can &= np.array([can_do(tour.bike, drop) for tour in tours], dtype=bool)[number]
    out, back = going * detour / usual, coming * detour / usual
    arrives, probably = clock(out, back)
    sure = clock(out * slow + late, back * slow + late)[1]
    sure &= drop.ready_at <= gaps.departs
    away = (out + back) * 100 / gaps.percent + drop.service_seconds
    seconds = np.where(gaps.alone, away, np.maximum(arrives - gaps.arrives - gaps.waits, 0))
    metres = (going + coming) * detour - gaps.metres
    order = np.lexsort((rules.unit_metre_cost * metres + rules.unit_second_cost * seconds, ~probably))
    order = order[can[order]]
    return Shortlist(tuple(gaps.spots[row] for row in order), tuple(gaps.spots[row] for row in order[sure[order]]))


def _least(apart: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.maximum(apart - BESIDE_STREET, 0)


type _Row = tuple[Spot, tuple[int, ...]]


def _within(index: int, tour: Tour, clocks: Sequence[Clock], ways: Ways, rules: Rules) -> Iterator[_Row]:
    """The gaps within trips: before each stop, and before the hub at the end."""
    percent = tour.bike.speed_percent
    for number, (trip, clock) in enumerate(zip(tour.trips, clocks, strict=True)):
        if clock.leaves < rules.not_before:
            continue
        room = _room(tour, trip)
        found, waits, leave, here = [], [], clock.departs, 0
        for position, there in enumerate([*(drop.location for drop in trip), 0]):
            seconds, metres = ways(here, there)
            arrives = leave - (-seconds * 100 // percent)
            if position < len(trip):
                starts, latest = clock.starts[position], clock.latest[position]
                found.append((here, there, leave, arrives, latest, metres))
                waits.append(starts - arrives)
                leave, here = starts + trip[position].service_seconds, there
            else:
                found.append((here, there, leave, arrives, clock.latest_home, metres))
                waits.append(0)
        ahead = reversed(list(accumulate(reversed(waits))))
        for position, ((*gap, metres), waiting) in enumerate(zip(found, ahead, strict=True)):
            yield Spot(index, number, position), (*gap, waiting, clock.departs, metres, percent, 0, *room)


def _between(index: int, tour: Tour, clocks: Sequence[Clock], rules: Rules) -> Iterator[_Row]:
    """The gaps before, between and after trips, for a trip of its own."""
    room, percent = _room(tour, ()), tour.bike.speed_percent
    for number in range(len(clocks) + 1):
        following = clocks[number] if number < len(clocks) else None
        if following and following.leaves < rules.not_before:
            continue
        free = clocks[number - 1].home + rules.reload_seconds if number else tour.bike.shift_start
        latest = following.latest_departure - rules.reload_seconds if following else tour.bike.shift_end
        yield Spot(index, number, None), (0, 0, free, 0, latest, 0, NO_LIMIT, 0, percent, 1, *room)


def _room(tour: Tour, trip: Sequence[Drop]) -> tuple[int, int, int, int]:
    """What still fits on the bike beside a trip: grams, millilitres, crates, cold crates."""
    bike = tour.bike
    return (
        bike.max_grams - sum(drop.grams for drop in trip),
        bike.max_millilitres - sum(drop.millilitres for drop in trip),
        NO_LIMIT if bike.max_crates is None else bike.max_crates - sum(drop.crates for drop in trip),
        NO_LIMIT if bike.max_cold_crates is None else bike.max_cold_crates - sum(drop.cold_crates for drop in trip),
    )
