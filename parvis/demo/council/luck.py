"""What goes wrong: the odds of ``simulation.fates``, asked without rows, and bikes that break down.

A DAY may be slow as a whole (rain, market stalls, roadworks): ``day_sigma`` on all rides, besides each ride's own
luck. A BIKE breaks down on a shift with ``breakdown`` (one shift in fifty: with two bikes and two shifts a day about
twice a month; an assumption, couriers speak of less with bikes that are looked after). With ``one_a_day``, the
busiest bike breaks down every day, 100 minutes into the first window, as in ``parvis simulate``.
"""

from dataclasses import dataclass, field
from random import Random

from parvis.demo.simulation.fates import Odds

MINUTE = 60
BREAKS_AFTER = 100 * MINUTE  # into the first window, where one is sure to break down


@dataclass(frozen=True, slots=True)
class Misfortune:
    """How often things go wrong; ``odds`` are those of the played day."""

    odds: Odds = field(default_factory=Odds)
    day_sigma: float = 0.08
    breakdown: float = 0.02
    one_a_day: bool = False


@dataclass(frozen=True, slots=True)
class Luck:
    """One day's luck. Each question has its own stream, so that two ways of promising meet the same fates."""

    seed: int
    day: int
    misfortune: Misfortune

    def _draw(self, *key: object) -> Random:
        return Random(" ".join(map(str, (self.seed, "luck", self.day, *key))))

    def slow(self) -> float:
        """How much longer all rides of the day take."""
        return self._draw("slow").lognormvariate(0.0, self.misfortune.day_sigma)

    def ride(self, seconds: int, order: int, slow: float) -> int:
        """Real riding time to the door of an order (-1: back to the hub) for a planned one."""
        return round(seconds * slow * self._draw("ride", order).lognormvariate(0.0, self.misfortune.odds.ride_sigma))

    def service(self, seconds: int, order: int) -> int:
        """Real time at the door for a planned one."""
        return round(seconds * self._draw("service", order).lognormvariate(-0.05, self.misfortune.odds.service_sigma))

    def nobody(self, order: int) -> bool:
        """Whether nobody is at home."""
        return self._draw("door", order).random() < self.misfortune.odds.nobody_home

    def bags(self, order: int, count: int, due: int) -> tuple[int, ...]:
        """When each bag of an order reaches the hub; those of a shop that is late come after ``due``."""
        found = []
        for number in range(count):
            draw = self._draw("bag", order, number)
            if draw.random() < self.misfortune.odds.late:
                late = min(150.0, draw.expovariate(1 / 40)) + draw.uniform(3, 15)
                found.append(due + round(late * MINUTE))
            else:
                found.append(due - round(draw.uniform(2, 110) * MINUTE))
        return tuple(found)

    def breaks(self, block: int, bike: str, shift: tuple[int, int]) -> int | None:
        """When a bike breaks down on its shift, in seconds from midnight; None: it does not."""
        draw = self._draw("bike", block, bike)
        if draw.random() >= self.misfortune.breakdown:
            return None
        return round(draw.uniform(*shift))
