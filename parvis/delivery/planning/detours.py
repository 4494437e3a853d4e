"""Places that are no place but a way: to a shop, on to a door, and away from there.

A bike that collects bags at a shop for a door beyond it visits the two one after the other. As one place of the
matrices, into which one rides through the shop and out of which one rides from the door, the pair is planned like any
door. The matrices are not symmetric there; nothing in this room takes them to be.
"""

from collections.abc import Sequence

from .problem import Matrix


def with_detours(rows: Matrix, detours: Sequence[tuple[int, int]]) -> Matrix:
    """The rows with one place more for each (shop, door), in their order, after the last; seconds or metres alike."""
    size = len(rows)
    leaving = [*range(size), *(door for _shop, door in detours)]
    return tuple(
        (*rows[start], *(0 if place == size + k else rows[start][s] + rows[s][d] for k, (s, d) in enumerate(detours)))
        for place, start in enumerate(leaving)
    )
