"""Files of OpenStreetMap data: what they are, whatever they are called, and what is wrong with them."""

import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import osmium

from parvis.core.errors import Refusal
from parvis.core.osm.conditions import opened_to_bikes

_CUT = ("unexpected EOF", "unclosed token", "no element found", "truncated data")
_OSM_BASE = re.compile(rb'osm_base="(\d{4}-\d\d-\d\d)')


class UnreadableExtract(Refusal):
    """The file cannot be used; the sentence says why and nothing was written."""


def open_extract(path: Path) -> osmium.io.File:
    """The file, with its format told by its first bytes; raises UnreadableExtract."""
    return osmium.io.File(str(path), _format(path))


def _format(path: Path) -> str:
    try:
        with path.open("rb") as file:
            head = file.read(200)
    except FileNotFoundError:
        raise UnreadableExtract(f"There is no file {path}.") from None
    except OSError as error:
        raise UnreadableExtract(f"{path} cannot be read: {(error.strerror or 'input error').lower()}.") from error
    if not head:
        raise UnreadableExtract(f"{path} is empty.")
    if b"OSMHeader" in head[:40]:
        return "pbf"
    if head.removeprefix(b"\xef\xbb\xbf").lstrip()[:5] in {b"<?xml", b"<osm ", b"<osm>"}:
        return "osm"
    if head[:2] == b"\x1f\x8b":
        return "osm.gz"
    if head[:3] == b"BZh":
        return "osm.bz2"
    raise UnreadableExtract(f"{path} is not OpenStreetMap data (neither .osm.pbf nor .osm).")


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn the reader's errors into a sentence."""
    try:
        yield
    except (RuntimeError, ValueError) as error:
        said = str(error)
        if any(word in said for word in _CUT):
            raise UnreadableExtract(f"{path} is cut off before its end: fetch it again.") from error
        raise UnreadableExtract(f"{path} is not OpenStreetMap data that can be read: {said}.") from error


def header_frame(header: Any) -> tuple[float, float, float, float] | None:
    """The box that the file says it covers."""
    box = header.box()
    if not box.valid():
        return None
    return box.bottom_left.lon, box.bottom_left.lat, box.top_right.lon, box.top_right.lat


def header_date(header: Any, path: Path, newest: datetime | None) -> date | None:
    """The day of the data: as the header says, else as the newest object does."""
    if stamp := header.get("osmosis_replication_timestamp", "") or header.get("timestamp", ""):
        return date.fromisoformat(stamp[:10])
    with path.open("rb") as file:
        found = _OSM_BASE.search(file.read(1000))
    if found:
        return date.fromisoformat(found[1].decode())
    return newest.date() if newest and newest.year > 1970 else None


STEEP_PERCENT = 12
"""A loaded cargo bike is pushed up a way as steep as that."""


@contextmanager
def ordered(path: Path) -> Iterator[osmium.io.File]:
    """The file with nodes, ways and relations each in order of number, as all later steps need it.

    Files of osmium say that they are; others (Overpass answers are not) are sorted into a file that is gone
    afterwards.
    """
    given = open_extract(path)
    if osmium.io.Reader(given).header().get("sorting", "") == "Type_then_ID":
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="parvis-") as folder:
        target = Path(folder) / "sorted.osm.pbf"
        merge = osmium.MergeInputReader()
        merge.add_buffer(path.read_bytes(), _format(path))
        with osmium.SimpleWriter(str(target)) as writer:
            merge.apply(writer)
        yield osmium.io.File(str(target), "pbf")


def cycle_network(path: Path, target: Path) -> None:
    """Write the extract as pbf for the router: stairs are for who walks, whatever the detour, and steep ways too: up
    there bikes are pushed. What is closed to bikes but for some hours is open, with the other hours closed.
    """
    with (
        readable(path),
        ordered(path) as file,
        osmium.SimpleWriter(str(target), overwrite=True) as writer,
    ):
        highways = osmium.filter.KeyFilter("highway")
        only_ways = osmium.filter.EntityFilter(osmium.osm.WAY)
        processor = osmium.FileProcessor(file).with_filter(only_ways).with_filter(highways).handler_for_filtered(writer)
        for way in processor:  # all else went to the writer
            assert isinstance(way, osmium.osm.Way)
            if said := _for_bikes(dict(way.tags)):
                writer.add_way(way.replace(tags=dict(way.tags) | said))
            else:
                writer.add_way(way)


def _for_bikes(tags: Mapping[str, str]) -> dict[str, str]:
    """What a way says to bikes from now on: ``no`` for stairs, ``dismount`` where it is steep, and at which hours it
    opens; nothing where it stays as it is.
    """
    if tags.get("highway") == "steps":
        return {"bicycle": "no"}
    found = re.fullmatch(r"[+-]?(\d+(?:\.\d+)?) ?%", tags.get("incline", "").strip())
    steep = found and float(found[1]) >= STEEP_PERCENT
    if steep:
        return {} if tags.get("bicycle") in {"no", "private"} else {"bicycle": "dismount"}
    return opened_to_bikes(tags)
