"""One day: orders are promised or turned away as they come; each block of windows is then ridden."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count

from parvis.demo.council.demand import Order
from parvis.demo.council.luck import Luck
from parvis.demo.council.outcomes import DayOutcome
from parvis.demo.council.promising import Promises
from parvis.demo.council.scene import Scene

PLANNED_AFTER_DUE = 300


@dataclass(frozen=True, slots=True)
class Effort:
    """How long the planner searches, in iterations: fewer than on a real day (up to 2,500): a month is to be quick."""

    wave: int = 120
    quick: int = 30


class Clock:
    """Things that happen, in the order of their seconds from midnight; those of one second in the order asked for."""

    def __init__(self) -> None:
        self.now = -(10**9)
        self._events: list[tuple[int, int, object]] = []
        self._numbers = count()

    def at(self, when: int, event: object) -> None:
        """Let ``event`` (a function of nothing) happen at ``when``, or now if that has passed."""
        heappush(self._events, (max(when, self.now), next(self._numbers), event))

    def run(self) -> None:
        """Let everything happen."""
        while self._events:
            self.now, _, event = heappop(self._events)
            event()  # type: ignore[operator]


@dataclass
class Due:
    """An order that was promised: in which window first and now, and how it stands."""

    order: Order
    first: int
    span: int
    bags: tuple[int, ...]  # when each is at the hub
    recovered: int | None = None  # when its bags are at the hub again, after a bike broke down
    waited: int = 0  # plans that waited for its bags
    partly: bool = False  # rides without the bags that are late
    ended: bool = False

    def here(self, now: int) -> bool:
        """Whether everything that will ride is at the hub."""
        return self.partly or max(self.bags) <= now


@dataclass
class Day:
    """A day being played."""

    scene: Scene
    bikes: int
    luck: Luck
    promises: Promises
    effort: Effort
    late_rather_than_never: bool = True
    clock: Clock = field(default_factory=Clock)
    outcome: DayOutcome = field(default_factory=DayOutcome)
    dues: dict[str, Due] = field(default_factory=dict)

    def ask(self, order: Order) -> None:
        """Somebody orders: in the window they want, or in a later one of the day; or not at all."""
        self.outcome.orders += 1
        span = self._promise(order, order.span)
        if span is None:
            self.outcome.turned_away += 1
            return
        self.outcome.promised += 1
        bags = self.luck.bags(order.number, order.bags, self.scene.spans[span].due)
        self.dues[order.id] = Due(order, span, span, bags)

    def move(self, due: Due) -> bool:
        """Promise another window of the day to an order for which no bike has room; the first promise is broken."""
        span = self._promise(due.order, due.span + 1)
        if span is None:
            return False
        due.span = span
        return True

    def _promise(self, order: Order, first: int) -> int | None:
        for span in range(first, len(self.scene.spans)):
            if self.clock.now < self.scene.spans[span].closes and self.promises.ask(order, span, self.clock.now):
                return span
        return None


def play(
    scene: Scene,
    bikes: int,
    orders: Sequence[Order],
    luck: Luck,
    promises: Promises,
    effort: Effort | None = None,
    *,
    late_rather_than_never: bool = True,
) -> DayOutcome:
    """Play one day to its end. The same input gives the same outcome."""
    from parvis.demo.council.road import Road

    day = Day(scene, bikes, luck, promises, effort or Effort(), late_rather_than_never)
    for order in orders:
        day.clock.at(order.placed, lambda order=order: day.ask(order))
    roads = [Road(day, number) for number in range(len(scene.blocks))]
    for road in roads:
        for span in road.spans:
            day.clock.at(scene.spans[span].due + PLANNED_AFTER_DUE, road.plan)
        road.expect_breakdowns()
    day.clock.run()
    for due in day.dues.values():
        if not due.ended:
            day.outcome.not_brought += 1
    for road in roads:
        road.pay()
    day.outcome.bikes = bikes
    return day.outcome
