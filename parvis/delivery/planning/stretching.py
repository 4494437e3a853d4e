"""Rather late than not at all: what finds no place in its window any more rides after it, as soon as it can.

For the middle of a day only, after a bike broke down or bags came late: what was promised for its window and has no
room in it is given half an hour more, then an hour, then two. All other windows stay as they are, and a shop's hours
too: what is collected at its door is not collected later. Beyond that another window is the better promise, and
somebody's decision.
"""

from dataclasses import replace

from .drops import Drop
from .plan import Plan
from .problem import Problem
from .solving import solve

STEPS = (1800, 3600, 7200)
"""Seconds after its window, tried in turn."""


def late_rather_than_never(
    problem: Problem, plan: Plan, *, seed: int, seconds: float | None = None, iterations: int | None = None
) -> tuple[Problem, Plan]:
    """The problem whose windows say what rides late, and its plan; both as they came where all ride in time.

    What no bike can carry at all stays out. ``verify`` accepts the plan for the problem that comes with it.
    """
    due = {drop.id: drop for drop in problem.drops}
    for step in STEPS:
        waiting = {left.id for left in plan.unserved}
        if not waiting:
            break
        drops = tuple(_later(drop, due[drop.id], step) if drop.id in waiting else drop for drop in problem.drops)
        problem = replace(problem, drops=drops)
        plan = solve(problem, seed=seed, seconds=seconds, iterations=iterations, initial=plan)
    return problem, plan


def _later(drop: Drop, due: Drop, step: int) -> Drop:
    """The drop with the windows of its ways from the hub open for so long after they were due to close."""
    others = tuple(
        other if other.collect is not None else replace(other, latest=max(other.latest, promised.latest + step))
        for other, promised in zip(drop.others, due.others, strict=True)
    )
    return replace(drop, latest=max(drop.latest, due.latest + step), others=others)
