"""From a file to what it says of places, whatever kind of file it is; nothing is written."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _

from parvis.core import osm, tables
from parvis.core.tables import Row, UnreadableFile
from parvis.places.imports.columns import understand
from parvis.places.imports.incoming import Reading
from parvis.places.imports.osm_places import of_town, read_things
from parvis.places.imports.rows import TableReader, read_rows
from parvis.places.imports.structured import PORTAL, read_json
from parvis.places.models import ImportRun
from parvis.towns.models import Town

type Progress = Callable[[int, int | None], None]


def read_file(
    path: Path, town: Town, *, at: datetime, kind: str = "", progress: Progress = lambda done, total: None
) -> Reading:
    """Everything that ``path`` says; ``kind`` is the category of rows that do not say theirs.

    ``progress`` is told how many rows are done, and of how many. Raises UnreadableFile with a sentence.
    """
    match tables.sniff(path):
        case tables.OSM:
            return _osm(path, town, progress)
        case tables.CSV:
            header, rows = tables.read_delimited(path)
            form = ImportRun.Kind.TABLE
        case tables.EXCEL:
            header, rows = tables.read_excel(path)
            form = ImportRun.Kind.TABLE
        case _:
            shape, header, rows = read_json(path)
            form = ImportRun.Kind.PORTAL if shape == PORTAL else ImportRun.Kind.TABLE
    return _table(town, header, rows, form, kind, at, progress)


def _table(
    town: Town, header: list[str], rows: list[Row], form: str, kind: str, at: datetime, progress: Progress
) -> Reading:
    columns = understand(header)
    if not rows:
        raise UnreadableFile(_("The file names its columns and holds no place."))
    alone = "hours" not in columns and form == ImportRun.Kind.PORTAL
    today = at.astimezone(town.zone).date()
    reader = TableReader(town, columns, today, kind, hours_in_description=alone)
    progress(0, len(rows))
    return read_rows(reader, rows, reading=Reading(form), tick=lambda done: progress(done, len(rows)))


def _osm(path: Path, town: Town, progress: Progress) -> Reading:
    progress(0, None)
    try:
        extract = osm.read(path)
    except osm.UnreadableExtract as error:
        raise UnreadableFile(str(error).replace(str(path), path.name)) from error
    doors, things = of_town(town, extract)
    total = len(things)
    return read_things(
        town,
        things,
        doors,
        dated=extract.dated,
        frame=extract.frame,
        tick=lambda done: progress(done, total),
    )
