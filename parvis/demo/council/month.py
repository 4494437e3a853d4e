"""Many days: every fleet with every demand, each promised in two ways, in the same luck."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from parvis.demo.council.demand import orders_of
from parvis.demo.council.luck import Luck, Misfortune
from parvis.demo.council.outcomes import DayOutcome
from parvis.demo.council.playing import Effort, play
from parvis.demo.council.promising import ByInsertion, BySlots, Promises
from parvis.demo.council.scene import HOUR, Scene
from parvis.demo.simulation.world import DOORS_PER_HOUR, RESERVE

INSERTION, SLOTS = "insertion", "slots"

type Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Trial:
    """What is played: so many orders a day on average, so many bikes, promised in one of two ways."""

    demand: int
    bikes: int
    method: str
    places: int = 0  # a window, for ``SLOTS``


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole of it. ``months`` months of ``days`` days; the same seed gives the same figures."""

    demands: tuple[int, ...]
    fleets: tuple[int, ...]
    days: int = 22
    months: int = 1
    seed: int = 1
    places: int | None = None
    misfortune: Misfortune = field(default_factory=Misfortune)
    effort: Effort = field(default_factory=Effort)
    tidy: int = 60
    methods: tuple[str, ...] = (INSERTION, SLOTS)

    def trials(self, scene: Scene) -> Iterator[Trial]:
        """Everything that is compared, small first."""
        for demand in self.demands:
            for bikes in self.fleets:
                for method in self.methods:
                    places = places_of(scene, bikes) if self.places is None else self.places
                    yield Trial(demand, bikes, method, places if method == SLOTS else 0)


def places_of(scene: Scene, bikes: int) -> int:
    """The number of places that a careful town would give its shortest window: see ``simulation.world``."""
    hours = min(span.ends - span.starts for span in scene.spans) / HOUR
    return max(1, int(bikes * hours * DOORS_PER_HOUR * RESERVE))


def play_trial(scene: Scene, trial: Trial, plan: Plan) -> list[DayOutcome]:
    """The days of one trial. Orders and luck depend on the seed and the day alone: all trials meet the same."""
    days = []
    for month in range(plan.months):
        seed = plan.seed + month
        for day in range(plan.days):
            orders = orders_of(scene, trial.demand, day, seed)
            luck = Luck(seed, day, plan.misfortune)
            days.append(play(scene, trial.bikes, orders, luck, _promises(scene, trial, plan), plan.effort))
    return days


def _promises(scene: Scene, trial: Trial, plan: Plan) -> Promises:
    if trial.method == SLOTS:
        return BySlots(trial.places)
    return ByInsertion(scene, scene.fleet(trial.bikes), plan.tidy, plan.seed)


def play_all(scene: Scene, plan: Plan, say: Say = lambda _: None) -> dict[Trial, Sequence[DayOutcome]]:
    """Every trial with its days."""
    played: dict[Trial, Sequence[DayOutcome]] = {}
    for trial in plan.trials(scene):
        played[trial] = days = play_trial(scene, trial, plan)
        kept = sum(day.in_time for day in days) / max(1, sum(day.promised for day in days))
        turned = sum(day.turned_away for day in days)
        say(
            f"{trial.demand} orders a day, {trial.bikes} bikes, {trial.method}: "
            f"{100 * kept:.1f} % kept, {turned} of {sum(day.orders for day in days)} turned away"
        )
    return played
