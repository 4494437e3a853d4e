"""The search itself: local search by PyVRP, again and again from a slightly shaken plan.

PyVRP's own loop accepts what is no worse than some hundred iterations ago and shakes up to 25 drops at a
time. A town has seconds, not hours: here few drops are shaken, so that an iteration is cheap, and a worse
plan is accepted with a chance that falls as the budget is spent (simulated annealing), so that the search
settles just in time whatever the budget. Measured in `bench/routing.md`.
"""

import logging
import math
import random
import warnings

from pyvrp import PenaltyManager, PenaltyParams, ProblemData, RandomNumberGenerator, Solution
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

SMALL_SHAKE, LARGE_SHAKE = 7, 25
"""At most so many drops are moved at random before each local search: mostly few, at times many."""

LARGE_SHAKES = 0.4
"""The part of large shakes: small ones are fast, large ones leave a dead end."""

NEIGHBOURS = 40
"""So many drops around each are tried as its neighbours."""

HEAT, WARM_HEAT, COOLING = 0.001, 0.0003, 0.01
"""A plan worse by this part of the cost is accepted one time in e: at first, at first from a good plan,
and at the end as a part of that."""

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
    rng = RandomNumberGenerator(seed=seed)
    improve, overturn = _local_search(data, rng, SMALL_SHAKE), _local_search(data, rng, LARGE_SHAKE)
    penalties = PenaltyManager(PenaltyParams().midpoint_penalties(data), PenaltyParams())
    chance = random.Random(seed)  # noqa: S311 (a search, not a secret)
    heat = HEAT if start is None else WARM_HEAT
    if start is None:
        random_start = Solution.make_random(data, rng)
        start = improve(random_start, penalties.max_cost_evaluator(), exhaustive=True)
    best = current = start
    while (part := budget.part()) < (1.0 if best.is_feasible() else patience):
        budget.spent += 1
        costs = penalties.cost_evaluator()
        shake = overturn if chance.random() < LARGE_SHAKES else improve
        found = shake(current, costs, exhaustive=False)
        penalties.register(found)
        if costs.cost(found) < costs.cost(best):
            best = found
            found = improve(found, costs, exhaustive=True)
            if found.is_feasible():
                best = found
        travel = best.distance_cost() + best.duration_cost()
        temperature = heat * travel * COOLING**part
        slack = -temperature * math.log(1.0 - chance.random())
        if costs.penalised_cost(found) < costs.penalised_cost(current) + slack:
            current = found
    return best if best.is_feasible() else current


def _local_search(data: ProblemData, rng: RandomNumberGenerator, shaken: int) -> LocalSearch:
    neighbours = compute_neighbours(data, NeighbourhoodParams(num_neighbours=NEIGHBOURS))
    shaking = PerturbationManager(PerturbationParams(1, shaken))
    improve = LocalSearch(data, rng, neighbours, shaking)
    for operator in OPERATORS:
        if operator.supports(data):
            improve.add_operator(operator(data))
    return improve
