"""The plan of the rounds: which bike takes which drops, in which order and when.

This room is pure: a `Problem` (hub, bikes, drops, the way between places, trips already fixed) goes in,
a `Plan` comes out. Its verbs: `solve` finds a plan, `replan` mends it in the middle of the day, `verify`
checks one without trusting the planner, `retime` gives a hand-made trip its times, `best_place` says whether
one more drop can be promised, and where it rides, `explain` tells what other places a stop could have,
`late_rather_than_never` lets ride late what has no room in time.

For rooms that move a stop by hand or follow a rider: `ride`, `ride_seconds`, `tour_metres`, `cost_of` are the
arithmetic of one trip.

It must not know orders, people, Django or the clock on the wall: a drop is an id with a size and a
window, and "now" is a field of the problem. It keeps no personal data.
"""

from .explaining import Alternative, Explanation, Reason, explain
from .fleet import stretches
from .inserting import Clocks, Place, Rules, Tour, Ways, best_place, clocks_of, keeps, with_drop
from .plan import Plan, Stop, Trip, Unserved
from .problem import Bike, Drop, Matrix, Problem, Rest, matrix
from .reasons import REASONS
from .replanning import Replanned, replan
from .solving import solve
from .stretching import late_rather_than_never
from .timing import cost_of, retime, ride, ride_seconds, tour_metres
from .verifying import KINDS, Violation, verify

__all__ = [
    "KINDS",
    "REASONS",
    "Alternative",
    "Bike",
    "Clocks",
    "Drop",
    "Explanation",
    "Matrix",
    "Place",
    "Plan",
    "Problem",
    "Reason",
    "Replanned",
    "Rest",
    "Rules",
    "Stop",
    "Tour",
    "Trip",
    "Unserved",
    "Violation",
    "Ways",
    "best_place",
    "clocks_of",
    "cost_of",
    "explain",
    "keeps",
    "late_rather_than_never",
    "matrix",
    "replan",
    "retime",
    "ride",
    "ride_seconds",
    "solve",
    "stretches",
    "tour_metres",
    "verify",
    "with_drop",
]
