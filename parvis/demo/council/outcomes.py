"""What came of a day, and of many days: counts, and ranges instead of points."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

DRAWS = 400  # months drawn from the days that were played
LOW, HIGH = 10, 90  # per cent: eight of ten lie between


@dataclass
class DayOutcome:
    """Counted while a day is played. A promise is kept when the bike is at the door, and done there, in its window."""

    orders: int = 0
    promised: int = 0
    turned_away: int = 0
    in_time: int = 0  # at the door in the window first promised, somebody at home or not
    nobody: int = 0  # of those and the late: nobody was at home
    late: int = 0
    late_seconds: int = 0
    moved: int = 0  # another window had to be promised
    moved_brought: int = 0
    not_brought: int = 0
    nothing_came: int = 0  # of those: no shop had brought a bag
    metres: int = 0
    rider_seconds: int = 0
    bikes: int = 0
    trips: int = 0
    breakdowns: int = 0

    def at_door(self, *, late: int, moved: bool, nobody: bool) -> None:
        """A bike has been at a door, ``late`` seconds after the end of the window first promised (0: in time)."""
        self.nobody += nobody
        if moved:
            self.moved_brought += 1
        elif late:
            self.late += 1
            self.late_seconds += late
        else:
            self.in_time += 1

    @property
    def drops(self) -> int:
        """Doors at which a bike has been."""
        return self.in_time + self.late + self.moved_brought

    @property
    def kept(self) -> float:
        """The share of promises that were kept; 1 on a day without any."""
        return self.in_time / self.promised if self.promised else 1.0


@dataclass(frozen=True, slots=True)
class Range:
    """The middle, and the range in which eight of ten lie."""

    middle: float
    low: float
    high: float


def range_of(values: Sequence[float]) -> Range:
    """The median with the 10th and 90th percentile; raises ValueError without a value."""
    if not values:
        raise ValueError("a range of nothing")
    ordered = sorted(values)
    return Range(percentile(ordered, 50), percentile(ordered, LOW), percentile(ordered, HIGH))


def percentile(ordered: Sequence[float], per_cent: float) -> float:
    """Between the two nearest values in proportion."""
    place = (len(ordered) - 1) * per_cent / 100
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def months[D](days: Sequence[D], figure: Callable[[Sequence[D]], float], *, seed: int, length: int) -> Range:
    """A figure of a month, as months of so many days differ: each day of a drawn month is one of those played.

    Days are independent of each other here, so drawing them again with replacement (the bootstrap of Efron, 1979) tells
    how much chance there is in one month.
    """
    draw = Random(f"{seed} months")
    return range_of([figure([draw.choice(days) for _ in range(length)]) for _ in range(DRAWS)])
