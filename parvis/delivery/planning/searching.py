"""The search itself: drops are taken out of a plan and put back by PyVRP's local search, again and again.

PyVRP's own loop shakes up to 25 drops around one, accepts what is no worse than some hundred iterations ago, and starts
with a price on broken rules so high that in the seconds a town has, the search never steps through a plan that breaks
one. Here strings of drops are taken out of neighbouring trips (`ruining`), a broken rule costs about what it saves, and
a worse plan is accepted with a chance that falls as the budget is spent (simulated annealing), so that the search
settles just in time whatever the budget. Measured in `bench/routing.md`.
"""

import logging
import math
import random
import warnings

import numpy as np
from pyvrp import Activity, CostEvaluator, PenaltyManager, PenaltyParams, ProblemData, RandomNumberGenerator, Solution
from pyvrp.exceptions import PenaltyBoundWarning
from pyvrp.search import (
    OPERATORS,
    LocalSearch,
    NeighbourhoodParams,
    PerturbationManager,
    PerturbationParams,
    compute_neighbours,
)

from .budget import Budget
from .ruining import Ruin

LARGE_SHAKE = 25
"""Where drops may be left out: at most so many are moved at random before each local search."""

NEIGHBOURS = 40
"""So many drops around each are tried as its neighbours."""

HEAT, WARM_HEAT, COOLING = 0.001, 0.0003, 0.01
"""A plan worse by this part of the cost is accepted one time in e: at first, at first from a good plan,
and at the end as a part of that."""

SETTLED = 0.1
"""A new best plan is improved wherever it can be, not only around the shake, but at most once in so many iterations a
drop: of a large plan that takes as long as a hundred shakes."""

PRICED_ANEW = 100
"""After so many solutions the price of broken rules is looked at again."""

logging.getLogger("pyvrp").setLevel(logging.WARNING)  # it would write its progress on standard output


def search(data: ProblemData, seed: int, budget: Budget, start: Solution | None, patience: float) -> Solution:
    """The best solution found within the budget, or a promising one that breaks rules if none keeps them.

    Without any solution that keeps the rules, the search ends when the part `patience` of the budget is
    used. Same data, seed, start and iterations: same solution.
    """
    with warnings.catch_warnings():
        # PyVRP warns when it finds no solution that keeps all rules; the caller sees that by itself.
        warnings.simplefilter("ignore", PenaltyBoundWarning)
        return _anneal(data, seed, budget, start, patience)


def _anneal(data: ProblemData, seed: int, budget: Budget, start: Solution | None, patience: float) -> Solution:
    chance = random.Random(seed)  # noqa: S311 (a search, not a secret)
    shake = _Shake(data, RandomNumberGenerator(seed=seed), chance)
    heat = HEAT if start is None else WARM_HEAT
    if start is None:
        start = shake.first()
    best = current = start
    prices = _prices(data, fair=best.is_feasible())
    settled = budget.spent
    while (part := budget.part()) < (1.0 if best.is_feasible() else patience):
        budget.spent += 1
        costs = prices.cost_evaluator()
        found = shake(current, costs)
        prices.register(found)
        if costs.cost(found) < costs.cost(best):
            if not best.is_feasible():
                prices = _prices(data, fair=True)
            best = found
            if budget.spent - settled > SETTLED * data.num_clients:
                settled = budget.spent
                found = shake.settle(found, costs)
                if found.is_feasible():
                    best = found
        travel = best.distance_cost() + best.duration_cost()
        temperature = heat * travel * COOLING**part
        slack = -temperature * math.log(1.0 - chance.random())
        if costs.penalised_cost(found) < costs.penalised_cost(current) + slack:
            current = found
    if not best.is_feasible():
        return current
    last = shake.settle(best, costs := prices.max_cost_evaluator())
    return last if costs.cost(last) < costs.cost(best) else best


class _Shake:
    """A solution in, a neighbouring one out: some drops are moved, then the local search improves around them."""

    def __init__(self, data: ProblemData, rng: RandomNumberGenerator, chance: random.Random) -> None:
        self._data, self._rng = data, rng
        self._neighbours = compute_neighbours(data, NeighbourhoodParams(num_neighbours=NEIGHBOURS))
        near = [[other.idx for other in self._neighbours[drop]] for drop in sorted(self._neighbours, key=_index)]
        # PyVRP puts back what is missing and must be served; what may be left out it only moves by itself.
        required = _all_required(data)
        self._ruin = Ruin(data, near, chance) if required else None
        self._improve = self._local_search(1 if required else LARGE_SHAKE)

    def first(self) -> Solution:
        """A solution to start from."""
        scattered = Solution.make_random(self._data, self._rng)
        return self._improve(scattered, _prices(self._data, fair=False).max_cost_evaluator(), exhaustive=True)

    def __call__(self, solution: Solution, costs: CostEvaluator) -> Solution:
        ruined = self._ruin(solution) if self._ruin else solution
        return self._improve(ruined, costs, exhaustive=False)

    def settle(self, solution: Solution, costs: CostEvaluator) -> Solution:
        """The solution after every move that improves it, not only those around a shake."""
        return self._improve(solution, costs, exhaustive=True)

    def _local_search(self, shaken: int) -> LocalSearch:
        shaking = PerturbationManager(PerturbationParams(1, shaken))
        improve = LocalSearch(self._data, self._rng, self._neighbours, shaking)
        for operator in OPERATORS:
            if operator.supports(self._data):
                improve.add_operator(operator(self._data))
        return improve


def _index(activity: Activity) -> int:
    return activity.idx


def _all_required(data: ProblemData) -> bool:
    """Whether every delivery must be made, in one way or another."""
    groups = data.groups()
    return all(
        client.required or (client.group is not None and groups[client.group].required) for client in data.clients()
    )


def _prices(data: ProblemData, *, fair: bool) -> PenaltyManager:
    """What a broken rule costs the search, by gram, second or metre over the limit.

    A fair price is what a drop, second or metre costs on a usual way, and follows what is found: below it the search
    would break rules for gain, far above it it could not step through a plan that does. Where no plan is known that
    keeps the rules, or drops may be left out at a price of their own, the price is high.
    """
    params = PenaltyParams(solutions_between_updates=PRICED_ANEW)
    if not fair or not _all_required(data):
        return PenaltyManager(params.midpoint_penalties(data), PenaltyParams())
    kind = data.vehicle_type(0)
    metres, seconds = (float(np.median(rows)) for rows in (data.distance_matrix(0), data.duration_matrix(0)))
    way = kind.unit_distance_cost * metres + kind.unit_duration_cost * seconds
    loads = np.mean([client.delivery for client in data.clients()], axis=0)
    grams = [way / max(load, 1.0) for load in loads]
    return PenaltyManager((grams, way / max(seconds, 1.0), way / max(metres, 1.0)), params)
