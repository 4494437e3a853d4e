"""A town's drawn map: vector tiles made once from its extract by GDAL, read in ranges by browsers.

The drawing runs in a process of its own (``basemap_drawing``), so that GDAL's log never mixes with ours and a crash of
it stays its own.
"""

import bz2
import gzip
import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import shapely

from parvis.core.errors import Refusal

DRAWING_SECONDS = 1800
FILES = ("far", "streets", "near")
_PACKED: dict[bytes, Any] = {b"\x1f\x8b": gzip.open, b"BZ": bz2.open}

Box = tuple[float, float, float, float]  # west, south, east, north in degrees


def build_basemap(extract: Path, folder: Path, clip: Box, water: Sequence[shapely.Polygon] = ()) -> None:
    """Draw the part of ``extract`` (pbf or xml, packed or not) in ``clip`` into ``folder``; raises Refusal.

    ``water`` is what ``core.osm`` made of the lakes and rivers that the extract cuts off: GDAL turns those inside out.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _unpacked(extract) as plain, tempfile.TemporaryDirectory(prefix="parvis-map-") as work:
        lakes = Path(work) / "water.wkb"
        lakes.write_bytes(shapely.to_wkb(shapely.MultiPolygon(list(water))))
        command = [sys.executable, "-m", "parvis.towns.clients.basemap_drawing", str(plain), str(folder), str(lakes)]
        try:
            done = subprocess.run(  # noqa: S603 - our own program on our own files
                [*command, *(f"{edge:.6f}" for edge in clip)],
                capture_output=True,
                text=True,
                timeout=DRAWING_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise Refusal("Drawing the map took more than half an hour: use a smaller extract.") from None
    if done.returncode or not all((folder / f"{name}.pmtiles").exists() for name in FILES):
        last = (done.stdout + done.stderr).strip().splitlines()[-1:] or ["no message"]
        raise Refusal(f"The map could not be drawn ({last[0]}).")


def stamp(folder: Path) -> str:
    """A short name that changes with the drawing: browsers keep what they have read of it for good."""
    digest = hashlib.sha256()
    for name in FILES:
        digest.update((folder / f"{name}.pmtiles").read_bytes())
    return digest.hexdigest()[:12]


@contextmanager
def _unpacked(extract: Path) -> Iterator[Path]:
    """The extract as GDAL reads it: it knows pbf and xml, not their gzip or bzip2."""
    with extract.open("rb") as file:
        head = file.read(2)
    if head not in _PACKED:
        yield extract
        return
    with tempfile.TemporaryDirectory(prefix="parvis-map-") as work:
        plain = Path(work) / "extract.osm"
        with _PACKED[head](extract, "rb") as packed, plain.open("wb") as target:
            shutil.copyfileobj(packed, target)
        yield plain
