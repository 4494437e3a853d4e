"""OpenStreetMap extracts as plain values: no Django, no database, no network.

``read(path)`` gives an ``Extract``: doors, named places, streets, water, green and the commune's boundary as far
as the file holds it. ``cycle_network(path, target)`` writes what the router needs, and ``ways_by_hours`` reads there
which ways are closed to bikes at some hours. All raise ``UnreadableExtract`` with one sentence when the file is not
what it should be.
"""

from parvis.core.osm.backdrop import backdrop
from parvis.core.osm.boundaries import Boundary, boundary_from_file, choose_boundary
from parvis.core.osm.by_hours import TimedWay, ways_by_hours
from parvis.core.osm.conditions import ALWAYS, Clause
from parvis.core.osm.files import UnreadableExtract, cycle_network
from parvis.core.osm.model import Door, Extract, NamedPlace
from parvis.core.osm.reading import read

__all__ = [
    "ALWAYS",
    "Boundary",
    "Clause",
    "Door",
    "Extract",
    "NamedPlace",
    "TimedWay",
    "UnreadableExtract",
    "backdrop",
    "boundary_from_file",
    "choose_boundary",
    "cycle_network",
    "read",
    "ways_by_hours",
]
