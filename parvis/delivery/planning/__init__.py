"""The plan of the rounds: which bike takes which drops, in which order and when.

This room is pure: a `Problem` (hub, bikes, drops, the way between places, trips already fixed) goes in,
a `Plan` comes out. Its verbs: `solve` finds a plan, `replan` mends it in the middle of the day, `verify`
checks one without trusting the planner, `retime` gives a hand-made trip its times, `best_place` says whether
one more drop can be promised, and where it rides, `shortlist` where to look first, `explain` tells what other
places a stop could have, `late_rather_than_never` lets ride late what has no room in time. A drop may have `Option`s,
of which a plan takes one: another window, or straight from the shop to the door, over a place that `with_detours` adds
to the matrices.

For rooms that move a stop by hand or follow a rider: `ride`, `ride_seconds`, `tour_metres`, `cost_of` are the
arithmetic of one trip.

It must not know orders, people, Django or the clock on the wall: a drop is an id with a size and a
window, and "now" is a field of the problem. It keeps no personal data.
"""

from .detours import with_detours
from .drops import Drop, Option
from .explaining import Alternative, Explanation, Reason, explain
from .fleet import stretches
from .inserting import Clocks, Place, Rules, Spot, Tour, Ways, best_place, clocks_of, keeps, with_drop
from .plan import Plan, Stop, Trip, Unserved
from .problem import Bike, Matrix, Problem, Profile, Rest, matrix
from .reasons import REASONS
from .replanning import Replanned, replan
from .shortlisting import Gaps, Guess, Shortlist, gaps_of, shortlist
from .solving import solve
from .stretching import late_rather_than_never
from .timing import collected_at, cost_of, retime, ride, ride_seconds, tour_metres
from .verifying import KINDS, Violation, verify

__all__ = [
    "KINDS",
    "REASONS",
    "Alternative",
    "Bike",
    "Clocks",
    "Drop",
    "Explanation",
    "Gaps",
    "Guess",
    "Matrix",
    "Option",
    "Place",
    "Plan",
    "Problem",
    "Profile",
    "Reason",
    "Replanned",
    "Rest",
    "Rules",
    "Shortlist",
    "Spot",
    "Stop",
    "Tour",
    "Trip",
    "Unserved",
    "Violation",
    "Ways",
    "best_place",
    "clocks_of",
    "collected_at",
    "cost_of",
    "explain",
    "gaps_of",
    "keeps",
    "late_rather_than_never",
    "matrix",
    "replan",
    "retime",
    "ride",
    "ride_seconds",
    "shortlist",
    "solve",
    "stretches",
    "tour_metres",
    "verify",
    "with_detours",
    "with_drop",
]
