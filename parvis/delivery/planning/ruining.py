"""The shake of the search: strings of drops that lie near each other are taken out of a solution's trips.

Each string is a stretch of one trip; the trips are those that pass near a drop taken by chance. So the search gets
slack where it can use it: several trips give up neighbouring doors, and may share them out anew. After Christiaens and
Vanden Berghe, "Slack Induction by String Removals for Vehicle Routing Problems", Transportation Science 54(2), 2020.
"""

import random
from collections.abc import Mapping, Sequence

from pyvrp import Activity, ActivityType, ProblemData, Route, Solution

REMOVED = 10
"""About so many drops are taken out at a time."""

LONGEST = 10
"""A string is no longer than this, nor than an average trip."""

WHOLE = 0.5
"""The part of strings taken in one piece; of the others a stretch in the middle stays."""

KNOWN = 5_000
"""So many routes are remembered by their text."""

_HUB = Activity(ActivityType.DEPOT, 0)

type Trip = list[int]


class Ruin:
    """Takes strings of drops out of solutions of one problem; ``near`` lists the drops around each, nearest first."""

    def __init__(self, data: ProblemData, near: Sequence[Sequence[int]], chance: random.Random) -> None:
        self._data, self._near, self._chance = data, near, chance
        self._activities = [Activity(ActivityType.CLIENT, i) for i in range(data.num_clients)]
        self._known: dict[str, list[Trip]] = {}
        self._read: Solution | None = None
        self._routes: list[Route] = []
        self._trips: list[list[Trip]] = []
        self._place: dict[int, tuple[int, int]] = {}

    def __call__(self, solution: Solution) -> Solution:
        """The solution without some strings of drops; its other drops keep their order."""
        if solution is not self._read:
            self._read_in(solution)
        left = self._left()
        routes = []
        touched = {route for route, _trip in left}
        for index, route in enumerate(self._routes):
            if index in touched:
                trips = [left.get((index, j), trip) for j, trip in enumerate(self._trips[index])]
                activities = self._joined(trips)
                if activities:
                    routes.append(Route(self._data, activities, route.vehicle_type()))
            else:
                routes.append(route)
        return Solution(self._data, routes)

    def _read_in(self, solution: Solution) -> None:
        """Where each drop is: the index of its route and of its trip there."""
        self._read, self._routes = solution, solution.routes()
        self._trips = [self._trips_of(route) for route in self._routes]
        self._place = {
            drop: (index, j) for index, trips in enumerate(self._trips) for j, trip in enumerate(trips) for drop in trip
        }

    def _trips_of(self, route: Route) -> list[Trip]:
        """The drops of a route, trip by trip. Most routes are those of the solution before: their text tells, in a
        tenth of the time that it takes to ask for each activity."""
        text = str(route)
        trips = self._known.get(text)
        if trips is None:
            if len(self._known) >= KNOWN:
                self._known.clear()
            trips = [[int(word.removeprefix("C")) for word in trip.split()] for trip in text.split("|")]
            self._known[text] = trips
        return trips

    def _left(self) -> Mapping[tuple[int, int], Trip]:
        """What is left of each trip that loses a string, by route and trip."""
        if not self._place:
            return {}
        longest = min(LONGEST, len(self._place) / len(set(self._place.values())))
        strings = int(self._chance.uniform(1, max(1, 4 * REMOVED / (1 + longest) - 1) + 1))
        middle = self._chance.randrange(len(self._near))
        left: dict[tuple[int, int], Trip] = {}
        for drop in (middle, *self._near[middle]):
            if len(left) >= strings:
                break
            place = self._place.get(drop)
            if place is not None and place not in left:
                trip = self._trips[place[0]][place[1]]
                length = int(self._chance.uniform(1, min(len(trip), longest) + 1))
                left[place] = self._shorter(trip, trip.index(drop), length)
        return left

    def _shorter(self, trip: Trip, at: int, length: int) -> Trip:
        """The trip without ``length`` drops around its index ``at``."""
        stays = 0
        if 1 < length < len(trip) and self._chance.random() >= WHOLE:
            stays = len(trip) - length
        stretch = length + stays
        start = self._chance.randint(max(0, at - stretch + 1), min(at, len(trip) - stretch))
        kept = self._chance.randint(start, start + length) if stays else start
        return [*trip[:start], *trip[kept : kept + stays], *trip[start + stretch :]]

    def _joined(self, trips: Sequence[Trip]) -> list[Activity]:
        """The activities of a route, with the hub between a trip and the next."""
        activities: list[Activity] = []
        for trip in filter(None, trips):
            if activities:
                activities.append(_HUB)
            activities += [self._activities[drop] for drop in trip]
        return activities
