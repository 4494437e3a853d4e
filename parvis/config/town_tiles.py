"""Street tiles of a town in the making, for the commands that build them: kept at the end, or gone."""

import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings

from parvis.config.street_hours import write_hours
from parvis.core import osm
from parvis.towns.clients.tiles import build_tiles
from parvis.towns.models import Town


class Tiles:
    """Street tiles in the making: in a folder of their own until ``keep``."""

    def __init__(self, making: Path, folder: Path) -> None:
        self.making, self.folder = making, folder
        self.by_hours: list[osm.TimedWay] = []

    def keep(self, town: Town, at: datetime) -> None:
        """Put them where the town looks for them; the last thing before the commit."""
        if unread := write_hours(self.by_hours, self.making, town, at):
            say(f"{unread} streets are closed to bikes at hours that cannot be read")
        if self.folder.exists():  # left by a town that is gone
            shutil.rmtree(self.folder)
        self.making.rename(self.folder)


@contextmanager
def street_tiles(slug: str, extract: Path) -> Iterator[Tiles]:
    """Tiles built from ``extract``; whatever goes wrong in the block, none are left behind."""
    home = settings.VAR_DIR / "streets"
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{slug}-", dir=home) as work, terminable():
        tiles = Tiles(Path(work) / "tiles", home / slug)
        tiles.making.mkdir()
        say("building street tiles")
        network = Path(work) / "network.osm.pbf"
        osm.cycle_network(extract, network)
        build_tiles(network, tiles.making, settings.VAR_DIR / "heights")
        tiles.by_hours = osm.ways_by_hours(network)
        network.unlink()
        try:
            yield tiles
        except BaseException:
            if not tiles.making.exists() and not Town.objects.filter(slug=slug).exists():
                shutil.rmtree(tiles.folder, ignore_errors=True)
            raise


@contextmanager
def terminable() -> Iterator[None]:
    """A request to end is an interruption like Ctrl-C: what was begun is undone."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGTERM, stop)
    except ValueError:  # not in the main thread: a test
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def say(what: str) -> None:
    """One line of progress."""
    print(f"  {what}", file=sys.stderr, flush=True)
