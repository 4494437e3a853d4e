"""The way between places in straight lines, where a town has no streets to ask."""

from collections.abc import Sequence
from itertools import pairwise

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from parvis.core.geo import Point, distance_m
from parvis.delivery.clients.network import AS_MAPPED, Conditions, Leg, Matrix, Route, StreetNetwork, as_matrix
from parvis.delivery.kinds import MANNERS, Kind
from parvis.delivery.planning import Guess

DETOUR = 1.35  # a street is this much longer than the straight line, in European towns


class StraightLines:
    """Great circles, made longer by ``DETOUR`` and ridden at the pace of a kind; ``reason`` says why it has to do."""

    kind = "straight"

    def __init__(
        self,
        reason: str | Promise | None = None,
        conditions: Conditions = AS_MAPPED,
        rider: Kind = Kind.CARGO,
    ) -> None:
        self.reason = reason or _("This town has no street map yet: times are from straight lines.")
        self.conditions, self.rider = conditions, rider

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StraightLines) and self._key == other._key

    def __hash__(self) -> int:
        return hash((self.conditions, self.rider))

    @property
    def _key(self) -> tuple[Conditions, Kind, str]:
        return self.conditions, self.rider, self.said

    def under(self, conditions: Conditions) -> StreetNetwork:
        """The same lines at another pace; a closed street is no matter to them."""
        return StraightLines(self.reason, conditions, self.rider)

    def by(self, rider: Kind) -> StreetNetwork:
        """The same lines at the pace of a kind."""
        return StraightLines(self.reason, self.conditions, rider)

    @property
    def said(self) -> str:
        """Why the times are rough."""
        return str(self.reason)

    def knows(self, point: Point) -> bool:
        """There is no map."""
        return False

    @property
    def guess(self) -> Guess:
        """Nothing is left to guess."""
        pace = MANNERS[self.rider].metres_per_second
        return self.conditions.guessed(Guess(pace / DETOUR, pace, DETOUR), self.rider)

    def matrix(self, points: Sequence[Point]) -> Matrix:
        """Ways between all points."""
        return as_matrix([[self._leg(a, b) for b in points] for a in points])

    def _leg(self, a: Point, b: Point) -> Leg:
        return self.conditions.ridden(straight_leg(a, b, self.rider), self.rider)

    def ways_of(self, point: Point, others: Sequence[Point]) -> tuple[list[Leg], list[Leg]]:
        """The ways from ``point`` to each of ``others``, and from each of them to it: the same, in straight lines."""
        legs = [self._leg(point, other) for other in others]
        return legs, legs

    def route(self, points: Sequence[Point]) -> Route:
        """The way through the points in their order."""
        legs = tuple(self._leg(a, b) for a, b in pairwise(points))
        line = [[point.lon, point.lat] for point in points]
        return Route(line, sum(leg.metres for leg in legs), sum(leg.seconds for leg in legs), legs)


def straight_leg(a: Point, b: Point, rider: Kind) -> Leg:
    """The way between two places as far as nobody looks at streets."""
    metres = round(distance_m(a, b) * DETOUR)
    return Leg(metres, round(metres / MANNERS[rider].metres_per_second))
