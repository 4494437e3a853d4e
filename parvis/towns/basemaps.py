"""The drawn maps of towns on disk: made aside, put in place at once, deleted with their town.

A drawing lives in ``VAR_DIR/basemaps/<slug>/<stamp>``; the stamp is in the address of its files, so that a new drawing
is read at once and an old one may be kept by browsers for good.
"""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import shapely
from django.conf import settings
from django.db import transaction

from parvis.core import audit
from parvis.towns.clients.basemap import FILES, Box, build_basemap, stamp
from parvis.towns.models import Town

AROUND_DEGREES = 0.015  # about 1.5 km beyond the town: a map does not end at its last street
WITHOUT_BOUNDARY_DEGREES = 0.05


class Drawing:
    """A map in the making: in a folder of its own until ``keep``."""

    def __init__(self, making: Path, home: Path, slug: str) -> None:
        self.making, self.home, self.slug = making, home, slug
        self.megabytes = round(sum(file.stat().st_size for file in making.iterdir()) / 1e6, 2)
        self.name = f"basemaps/{slug}/{stamp(making)}"  # what Town.basemap keeps

    def keep(self) -> None:
        """Put it where the town looks for it; the last thing before the commit."""
        target = Path(settings.VAR_DIR) / self.name
        if target.exists():  # the same drawing, made again
            shutil.rmtree(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        self.making.rename(target)


@contextmanager
def drawn(
    slug: str,
    extract: Path,
    boundary: dict[str, Any] | None,
    frame: Box | None = None,
    water: Sequence[shapely.Polygon] = (),
) -> Iterator[Drawing]:
    """A map of ``extract`` around ``boundary`` (GeoJSON) or in ``frame``; nothing is left behind when it fails.

    ``water`` is that of ``core.osm.read``, where the extract was read. Raises Refusal with a sentence.
    """
    home = Path(settings.VAR_DIR) / "basemaps"
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{slug}-", dir=home) as work:
        making = Path(work) / "drawing"
        build_basemap(extract, making, _around(boundary, frame), water)
        drawing = Drawing(making, home, slug)
        try:
            yield drawing
        except BaseException:
            if not making.exists() and not Town.objects.filter(basemap=drawing.name).exists():
                shutil.rmtree(Path(settings.VAR_DIR) / drawing.name, ignore_errors=True)
            raise


def redraw(town: Town, extract: Path, *, at: datetime, water: Sequence[shapely.Polygon] = ()) -> Drawing:
    """Draw the town's map afresh from a newer extract; pages of the old one find it gone and load the new one."""
    frame = None
    if town.boundary is None:
        w = WITHOUT_BOUNDARY_DEGREES
        frame = (town.lon - w, town.lat - w, town.lon + w, town.lat + w)
    before = town.basemap
    with drawn(town.slug, extract, town.boundary, frame, water) as drawing, transaction.atomic():
        town.basemap = drawing.name
        town.save(update_fields=["basemap"])
        audit.record("town.map_drawn", town, at=at, town_id=town.pk)
        drawing.keep()
    if before and before != drawing.name:
        shutil.rmtree(Path(settings.VAR_DIR) / before, ignore_errors=True)
    return drawing


def remove(town: Town) -> None:
    """Delete the files of a town's map."""
    if town.basemap:
        shutil.rmtree((Path(settings.VAR_DIR) / town.basemap).parent, ignore_errors=True)


def file_of(town: Town, version: str, name: str) -> Path | None:
    """The file called ``name`` of the town's drawing ``version``; None for another town's, an old one, or nonsense."""
    if not town.basemap or name not in FILES or town.basemap.rpartition("/")[2] != version:
        return None
    path = Path(settings.VAR_DIR) / town.basemap / f"{name}.pmtiles"
    return path if path.exists() else None


def _around(boundary: dict[str, Any] | None, frame: Box | None) -> Box:
    west, south, east, north = frame or shapely.geometry.shape(boundary or {}).bounds
    return west - AROUND_DEGREES, south - AROUND_DEGREES, east + AROUND_DEGREES, north + AROUND_DEGREES
