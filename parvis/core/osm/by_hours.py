"""Ways that bikes may not take at some hours: over a market, along a shopping street in the afternoon; and where each
of them has to be closed for the router."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import osmium
from shapely import LineString

from parvis.core.osm.conditions import WORDS_ON_WALKERS, Clause, refused_hours
from parvis.core.osm.files import readable

type Spot = tuple[float, float]


@dataclass(frozen=True, slots=True)
class TimedWay:
    """A way that is closed to bikes at some hours.

    ``name`` is that of the street, or ""; ``bikes`` and ``walkers`` say when it is closed to whom: of the clauses that
    hold at a moment, the last counts. ``spots`` are (longitude, latitude) in the middle of each piece between two
    crossings: who cannot pass there cannot take it.
    """

    name: str
    bikes: tuple[Clause, ...]
    walkers: tuple[Clause, ...]
    spots: tuple[Spot, ...]


def ways_by_hours(path: Path) -> list[TimedWay]:
    """The ways of an extract (sorted, as ``cycle_network`` writes it) that are closed to bikes at some hours, in the
    order of their numbers. Raises UnreadableExtract.
    """
    with readable(path):
        timed = {way: (nodes, tags) for way, nodes, tags in _highways(path) if refused_hours(tags)}
        if not timed:
            return []
        theirs = {node for nodes, _tags in timed.values() for node in nodes}
        uses = Counter(node for _way, nodes, _tags in _highways(path) for node in nodes if node in theirs)
        places = dict(_nodes(path, theirs))
    return [
        TimedWay(
            name=tags.get("name", ""),
            bikes=refused_hours(tags),
            walkers=refused_hours(tags, WORDS_ON_WALKERS),
            spots=tuple(_middles(nodes, uses, places)),
        )
        for _way, (nodes, tags) in sorted(timed.items())
    ]


def _highways(path: Path) -> Iterator[tuple[int, list[int], dict[str, str]]]:
    """Each way for traffic: its number, its nodes, its tags."""
    ways = osmium.FileProcessor(str(path), osmium.osm.WAY).with_filter(osmium.filter.KeyFilter("highway"))
    for way in ways:
        assert isinstance(way, osmium.osm.Way)
        yield way.id, [node.ref for node in way.nodes], dict(way.tags)


def _nodes(path: Path, wanted: Collection[int]) -> Iterator[tuple[int, Spot]]:
    nodes = osmium.FileProcessor(str(path), osmium.osm.NODE).with_filter(osmium.filter.IdFilter(wanted))
    for node in nodes:
        assert isinstance(node, osmium.osm.Node)
        yield node.id, (node.lon, node.lat)


def _middles(nodes: Sequence[int], uses: Counter[int], places: Mapping[int, Spot]) -> Iterator[Spot]:
    """The middle of each piece of a way between two nodes where another way, or its own end, meets it."""
    known = [node for node in nodes if node in places]  # an extract may cut a way
    ends = [at for at, node in enumerate(known) if at in {0, len(known) - 1} or uses[node] > 1]
    for first, last in pairwise(ends):
        line = LineString([places[node] for node in known[first : last + 1]])
        if line.length:
            middle = line.interpolate(0.5, normalized=True)
            yield round(middle.x, 7), round(middle.y, 7)
