"""The last matrices of a network of streets, kept for the next question about nearly the same places.

The planner looks at a day again and again while promises come in: all ways between 200 doors take the router more
than a second, those of one new door a tenth of that. Each network under its own conditions (``Conditions``: what is
closed that day, or for some hours) has its own, so what is kept is right until the town says otherwise.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parvis.core.geo import Point
from parvis.delivery.clients.network import Leg, Matrix

MOST = 3  # matrices of one network; one of 1,000 places takes 8 MB
FEW = 16  # a door in so many may be new for the rest to be used again: with more, all ways at once are quicker


@dataclass(frozen=True)
class _Found:
    places: dict[Point, int]
    seconds: NDArray[np.int32]
    metres: NDArray[np.int32]


class KeptMatrices:
    """Made for one network under its conditions; may be asked by several threads."""

    def __init__(self) -> None:
        self._found: list[_Found] = []
        self._lock = threading.Lock()

    def matrix(
        self,
        points: Sequence[Point],
        ask_all: Callable[[Sequence[Point]], Matrix],
        ask_one: Callable[[Point, Sequence[Point]], tuple[list[Leg], list[Leg]]],
    ) -> Matrix:
        """Ways between all points. What is not known is asked: of a few new points, to and from all others
        (``ask_one``), else all at once (``ask_all``).
        """
        wanted = list(dict.fromkeys(points))
        if not wanted:  # nothing to ask, and nothing that should take the place of what is kept
            return Matrix((), ())
        with self._lock:
            kept = max(self._found, key=lambda one: sum(p in one.places for p in wanted), default=None)
        new = [point for point in wanted if kept is None or point not in kept.places]
        if kept is None or len(new) * FEW > len(wanted):
            whole = ask_all(wanted)
            found = _Found(_numbered(wanted), np.array(whole.durations, np.int32), np.array(whole.distances, np.int32))
        else:
            found = _grown(kept, wanted, new, ask_one)
        with self._lock:
            self._found = [found, *(one for one in self._found if one is not kept)][:MOST]
        rows = [found.places[point] for point in points]
        cells = np.ix_(rows, rows)
        return Matrix(tuple(map(tuple, found.seconds[cells].tolist())), tuple(map(tuple, found.metres[cells].tolist())))


def _numbered(points: Sequence[Point]) -> dict[Point, int]:
    return {point: number for number, point in enumerate(points)}


def _grown(
    kept: _Found,
    wanted: Sequence[Point],
    new: Sequence[Point],
    ask_one: Callable[[Point, Sequence[Point]], tuple[list[Leg], list[Leg]]],
) -> _Found:
    """What is kept of the wanted places, with the ways of new ones; the places that nobody wants are left out."""
    fresh = set(new)
    known = [point for point in wanted if point not in fresh]
    order = [*known, *new]
    seconds, metres = (np.zeros((len(order), len(order)), np.int32) for _ in range(2))
    old = [kept.places[point] for point in known]
    seconds[: len(known), : len(known)] = kept.seconds[np.ix_(old, old)]
    metres[: len(known), : len(known)] = kept.metres[np.ix_(old, old)]
    for number, point in enumerate(new, start=len(known)):
        others = [other for other in range(len(order)) if other != number]
        out, back = ask_one(point, [order[other] for other in others])
        seconds[number, others], metres[number, others] = [w.seconds for w in out], [w.metres for w in out]
        seconds[others, number], metres[others, number] = [w.seconds for w in back], [w.metres for w in back]
    return _Found(_numbered(order), seconds, metres)
