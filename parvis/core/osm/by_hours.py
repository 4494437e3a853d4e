"""Ways that bikes may not take at some hours: over a market, along a shopping street in the afternoon.

OpenStreetMap says so on the way, as ``bicycle:conditional = no @ (We 06:00-16:00)``. What it says of vehicles or of all
traffic holds for bikes too, and of all traffic for walkers, unless the way has a word of its own on them; of clauses
that hold at the same moment, the last counts. (Source: the pages "Conditional restrictions" and "Key:access" of the
OpenStreetMap wiki.) Only refusals to bikes are read: a way that is open to bikes at some hours only stays closed, one
that is closed to walkers alone stays open, and so does one where bikes are pushed, or that is closed one way only.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import osmium
from shapely import LineString

from parvis.core.osm.files import readable

WORDS_ON_BIKES = ("bicycle", "vehicle", "access")
"""The keys that say who may take a way, the most particular first."""
WORDS_ON_WALKERS = ("foot", "access")
REFUSALS = {"no", "private", "agricultural", "forestry", "military"}

type Clause = tuple[bool, str]
"""Whether a way is closed, and when that holds, as the values of ``opening_hours`` say it."""
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


def refused_hours(tags: Mapping[str, str], words: Sequence[str] = WORDS_ON_BIKES) -> tuple[Clause, ...]:
    """When a way with these tags is closed to those whom these words are about, the most particular word first; nothing
    where no clause closes it. Whatever is written there, nothing is raised.
    """
    found: list[Clause] = []
    for word in words:
        said = [(access in REFUSALS, when) for access, when in _clauses(tags.get(f"{word}:conditional", ""))]
        found = [*said, *found]  # the more particular word is the later clause, which counts
        if word in tags:
            break
    return tuple(found) if any(closed for closed, _when in found) else ()


def _clauses(value: str) -> Iterator[tuple[str, str]]:
    """``no @ (Mo-Fr 08:00-10:00; PH off); yes @ Sa``: each access with its hours, which may hold brackets and ``;``."""
    for part in _parts(value):
        access, _at, when = (word.strip() for word in part.partition("@"))
        if when.startswith("(") and _closes(when) in {None, len(when) - 1}:  # a bracket that nobody closed is none
            when = when[1:].removesuffix(")").strip()
        if access and when:
            yield access.lower(), when


def _parts(value: str) -> Iterator[str]:
    """What stands between semicolons that are in no bracket and no comment."""
    start = 0
    for at, sign, depth in _depths(value):
        if sign == ";" and depth == 0:
            yield value[start:at]
            start = at + 1
    yield value[start:]


def _closes(text: str) -> int | None:
    """Where the bracket closes with which a text begins; None where it never does."""
    return next((at for at, sign, depth in _depths(text) if sign == ")" and depth == 0), None)


def _depths(text: str) -> Iterator[tuple[int, str, int]]:
    """Each sign outside of comments: where it stands, what it is, and in how many brackets one is after it."""
    depth, quoted = 0, False
    for at, sign in enumerate(text):
        if sign == '"':
            quoted = not quoted
        elif not quoted:
            depth = max(0, depth + (sign == "(") - (sign == ")"))
            yield at, sign, depth


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
