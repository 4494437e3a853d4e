"""When the bell will ring, as an interval whose width is what the town's own rides have taught. Pure.

A plan says when a door is reached; a ride is late or early by what has happened so far. The delay at the last door (or
at leaving) is carried on to the doors that follow, and what that misses is measured on past rides: for each door of
each ride, the guess that could have been made so many doors before it, against the moment that came. The interval is
the middle eight tenths of these misses. Where too few rides are known, the widths of ``DEFAULTS`` are said instead:
a quarter of an hour before a bike leaves, less and less with each door behind it.

Times are seconds from any one moment.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor

ENOUGH = 30  # misses that are known before the measure is trusted
NARROWEST = 120  # nobody knows to the minute when a light turns green
BUCKETS = (1, 3, 6)  # the next door; two or three; up to six
FAR, HERE = 7, 0  # more than six; a bike that has not left
DEFAULTS: Mapping[int, tuple[int, int]] = {
    1: (180, 300),
    3: (360, 600),
    6: (600, 840),
    FAR: (780, 900),
    HERE: (900, 900),
}


@dataclass(frozen=True, slots=True)
class Door:
    """A door of a ride: when the plan said one arrives and leaves, and when it really ended; None while it has not."""

    arrive: int
    leave: int
    ended: int | None = None


@dataclass(frozen=True, slots=True)
class Ride:
    """A bike's ride: when it should leave, when it left (None: not yet), its doors in the order ridden."""

    departs: int
    left: int | None
    doors: tuple[Door, ...]


@dataclass(frozen=True, slots=True)
class Interval:
    """The bell rings between ``early`` and ``late``; ``measured`` says that past rides give the width."""

    early: int
    late: int
    measured: bool


def bucket_of(doors: int, *, left: bool) -> int:
    """Which width counts, for a door that is so many doors away (1: the next one)."""
    if not left:
        return HERE
    return next((limit for limit in BUCKETS if doors <= limit), FAR)


def misses(rides: Iterable[Ride]) -> dict[int, list[int]]:
    """By how much guesses missed (positive: the bell rang later), by bucket. Only doors that ended count."""
    found: dict[int, list[int]] = {}
    for ride in rides:
        if ride.left is None:
            continue
        ended = [door for door in ride.doors if door.ended is not None]
        for index, door in enumerate(ended):
            assert door.ended is not None
            rang = door.ended - (door.leave - door.arrive)
            found.setdefault(HERE, []).append(rang - door.arrive)
            for before in range(index):
                found.setdefault(bucket_of(index - before, left=True), []).append(
                    rang - (door.arrive + _delay(ended[before]))
                )
            away = bucket_of(index + 1, left=True)
            found.setdefault(away, []).append(rang - (door.arrive + ride.left - ride.departs))
    return found


def _delay(door: Door) -> int:
    assert door.ended is not None
    return door.ended - door.leave


def expect(ride: Ride, index: int, now: int, widths: Mapping[int, tuple[int, int]]) -> Interval:
    """When the bell rings at the door ``index`` of a ride that has not ended there, seen from ``now``.

    ``widths`` are those of ``widths_of``, by bucket; a bucket without one has its default. Nothing is said to be in the
    past: a bike that should be there already is there at ``now`` at the soonest.
    """
    doors_away = 1 + sum(door.ended is None for door in ride.doors[:index])
    bucket = bucket_of(doors_away, left=ride.left is not None)
    guess = ride.doors[index].arrive + delay(ride, now)
    before, after = widths.get(bucket, DEFAULTS[bucket])
    early, late = guess - before, guess + after
    return Interval(max(now, early), max(now + NARROWEST, late), bucket in widths)


def delay(ride: Ride, now: int) -> int:
    """By how much a ride runs late: as at its last door, or more where the next one should have been reached by now."""
    if ride.left is None:
        return max(0, now - ride.departs)
    ended = [door for door in ride.doors if door.ended is not None]
    so_far = _delay(max(ended, key=lambda door: door.ended or 0)) if ended else ride.left - ride.departs
    ahead = [door.arrive for door in ride.doors if door.ended is None]
    return max(so_far, now - min(ahead)) if ahead else so_far


def widths_of(found: Mapping[int, Sequence[int]]) -> dict[int, tuple[int, int]]:
    """Seconds before and after a guess that hold eight tenths of the misses, where enough of them are known."""
    widths = {}
    for bucket, seconds in found.items():
        if len(seconds) >= ENOUGH:
            low, high = _share(sorted(seconds), 0.1), _share(sorted(seconds), 0.9)
            widths[bucket] = (max(NARROWEST, -low), max(NARROWEST, high))
    return widths


def _share(ordered: Sequence[int], share: float) -> int:
    """The value below which such a share of the others lies, to the safe side."""
    place = share * (len(ordered) - 1)
    return ordered[floor(place) if share < 0.5 else ceil(place)]


def rounded(interval: Interval, step: int) -> Interval:
    """To whole ``step`` seconds, outwards: never narrower than it was."""
    return Interval(interval.early // step * step, -(-interval.late // step) * step, interval.measured)
