"""What was played, told as figures of a month: the middle, and the range in which eight months of ten lie."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from typing import Any

from parvis.delivery.footprint import Spared, spared
from parvis.delivery.planning import Bike, Drop, solve
from parvis.demo.council.demand import orders_of
from parvis.demo.council.money import Books
from parvis.demo.council.month import Plan, Trial
from parvis.demo.council.outcomes import DayOutcome, Range, months, range_of
from parvis.demo.council.promising import ByInsertion
from parvis.demo.council.scene import Scene

type Played = Mapping[Trial, Sequence[DayOutcome]]


@dataclass(frozen=True, slots=True)
class Told:
    """One trial: shares between 0 and 1, cents, kilometres, grams; each of a month unless named ``each`` or ``day``."""

    trial: Trial
    orders_day: Range
    kept: Range
    turned_away: Range
    late_minutes: float
    drops_day: Range
    km_day: Range
    cost_each: Range
    result: Range
    even_at: Range | None  # deliveries a day
    even_income: Range  # cents without VAT that each delivery would have to bring
    air: Spared
    breakdowns: int

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def tell(scene: Scene, plan: Plan, played: Played, books: Books) -> list[Told]:
    """The figures of every trial."""
    ways = {demand: van_way(scene, plan, demand) for demand in plan.demands}
    return [_told(scene, plan, trial, days, books, ways[trial.demand]) for trial, days in played.items()]


def _told(scene: Scene, plan: Plan, trial: Trial, days: Sequence[DayOutcome], books: Books, way: Fraction) -> Told:
    def month(figure: Any) -> Range:
        return months(days, figure, seed=plan.seed, length=plan.days)

    even = [books.even_at([day], plan.days) for day in days if day.drops]
    late = sum(day.late for day in days)
    metres = sum(day.metres for day in days)
    return Told(
        trial=trial,
        orders_day=range_of([day.orders for day in days]),
        kept=month(lambda some: sum(d.in_time for d in some) / max(1, sum(d.promised for d in some))),
        turned_away=month(lambda some: sum(d.turned_away for d in some) / max(1, sum(d.orders for d in some))),
        late_minutes=sum(day.late_seconds for day in days) / 60 / late if late else 0.0,
        drops_day=range_of([day.drops for day in days]),
        km_day=range_of([day.metres / 1000 for day in days]),
        cost_each=month(books.cost_each),
        result=month(books.result),
        even_at=None if None in even or not even else month(lambda some: books.even_at(some, plan.days) or 0.0),
        even_income=month(lambda some: _needed(books, some)),
        air=spared(metres // max(1, plan.months), scene.country, way_low=way),
        breakdowns=sum(day.breakdowns for day in days),
    )


def _needed(books: Books, days: Sequence[DayOutcome]) -> float:
    return (books.total(days).cents + books.terms.fixed_month) / max(1, sum(day.drops for day in days))


DAYS = 3 * 24 * 3600  # more than any tour takes
VAN = Bike("van", max_grams=800_000, max_millilitres=6_000_000, shift_start=0, shift_end=DAYS)  # as usual in towns


def van_way(scene: Scene, plan: Plan, demand: int) -> Fraction:
    """How far one van would drive for the doors of a block, of what bikes ride for them; at most as far.

    Measured on a Wednesday of this demand, with the same planner: the van takes all of a block in one tour and cares
    for no window, the bikes do not. On the bikes' own streets, without one-way detours: the least that a van drives.
    """
    bikes, van = 0, 0
    orders = orders_of(scene, demand, 2, plan.seed)
    fleet = scene.fleet(max(plan.fleets))
    drops = ByInsertion(scene, fleet)
    for number in range(len(scene.blocks)):
        here = [drops.drop(order, order.span) for order in orders if scene.block_of(order.span) == number]
        if not here:
            continue
        loose = [_loose(drop) for drop in here]
        rides = solve(scene.problem(fleet[number], here), seed=plan.seed, iterations=plan.effort.wave)
        drives = solve(scene.problem([VAN], loose), seed=plan.seed, iterations=plan.effort.wave)
        if not rides.unserved and not drives.unserved:
            bikes, van = bikes + rides.metres, van + drives.metres
    return min(Fraction(1), Fraction(van, bikes)) if bikes else Fraction(1)


def _loose(drop: Drop) -> Drop:
    return replace(drop, earliest=0, latest=DAYS, ready_at=0)
