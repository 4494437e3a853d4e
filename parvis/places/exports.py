"""The directory as a file for everybody: CSV, GeoJSON, Excel. Public facts only, one place a row.

Each row says which place of which town it is and when it was exported: a file that somebody edited comes back
through ``parvis.places.imports`` and changes what they changed, whatever happened here in the meantime.
"""

import csv
import hashlib
import json
import tempfile
from collections.abc import Iterator
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import openpyxl
from django.conf import settings
from django.db.models import Count, Max
from openpyxl.cell import WriteOnlyCell

from parvis.core.tables import to_spreadsheet
from parvis.places.details import DETAILS
from parvis.places.imports.columns import DETAIL, EXPORTED_AT, OWN_ID
from parvis.places.models import Change, Place
from parvis.towns.models import Town

type Value = str | int | float | None
type Record = dict[str, Value]

CHUNK = 1000
_TEXTS = ("name", "category", "description", "address", "opening_hours", "hours_text", "phone", "email", "website")


def columns_of(town: Town) -> list[str]:
    """The columns of a town's file: the facts of particular kinds of places only where it has some."""
    details = Place.objects.of(town).exclude(details={}).values_list("details", flat=True)
    known = {key for facts in details.iterator(CHUNK) for key in facts}
    return [
        OWN_ID,
        "name",
        "category",
        "category_label",
        "description",
        "address",
        "latitude",
        "longitude",
        "opening_hours",
        "hours_text",
        "phone",
        "email",
        "website",
        "wheelchair",
        "services",
        "delivers_within_m",
        *(DETAIL + key for key in DETAILS if key in known),
        "source",
        "source_ref",
        "source_date",
        "checked_at",
        "checked_by",
        EXPORTED_AT,
    ]


def records_of(town: Town, at: datetime) -> Iterator[Record]:
    """Every place that the directory shows, by its name."""
    places = Place.objects.of(town).order_by("name", "pk").defer("search", "received")
    for place in places.iterator(CHUNK):
        yield _record(town, place, at)


def csv_lines(town: Town, at: datetime) -> Iterator[str]:
    """A table with semicolons and a byte order mark, so that spreadsheets see its accents; no cell acts."""
    columns = columns_of(town)
    yield "\ufeff" + _line(columns)
    for record in records_of(town, at):
        yield _line([_cell(record.get(name)) for name in columns])


def geojson_pieces(town: Town, at: datetime) -> Iterator[str]:
    """A FeatureCollection (RFC 7946); what a place does not say, its properties leave out."""
    yield '{"type": "FeatureCollection", "features": ['
    for number, record in enumerate(records_of(town, at)):
        lon, lat = record.pop("longitude"), record.pop("latitude")
        feature = {
            "type": "Feature",
            "id": record[OWN_ID],
            "geometry": {"type": "Point", "coordinates": [lon, lat]},
            "properties": {name: value for name, value in record.items() if value not in ("", None)},
        }
        yield (",\n" if number else "\n") + json.dumps(feature, ensure_ascii=False)
    yield "\n]}\n"


def excel_file(town: Town, at: datetime) -> Path:
    """The workbook on the disk, written once an hour at most as long as nothing changes: it takes seconds.

    Files of an earlier state of the town are deleted.
    """
    shown = Place.objects.of(town).aggregate(n=Count("pk"), checked=Max("checked_at"), dated=Max("source_date"))
    changed = Change.objects.filter(town=town).aggregate(last=Max("at"), n=Count("pk"))
    state = hashlib.sha256(f"{at:%Y-%m-%dT%H} {shown} {changed}".encode()).hexdigest()[:24]
    folder = Path(settings.VAR_DIR) / "exports"
    target = folder / f"{town.pk}-{state}.xlsx"
    if target.exists():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as own:  # nobody sees half a file
        half = Path(own) / "half.xlsx"
        write_excel(town, at, half)
        for old in folder.glob(f"{town.pk}-*.xlsx"):
            old.unlink(missing_ok=True)
        half.replace(target)
    return target


def write_excel(town: Town, at: datetime, target: Path) -> None:
    """A workbook of one sheet; text is text, whatever it begins with."""
    book = openpyxl.Workbook(write_only=True)
    sheet: Any = book.create_sheet(town.slug[:31])
    sheet.freeze_panes = "C2"
    columns = columns_of(town)
    sheet.append(columns)
    for record in records_of(town, at):
        sheet.append([_excel_cell(sheet, record.get(name)) for name in columns])
    book.save(target)


def _record(town: Town, place: Place, at: datetime) -> Record:
    record: Record = {OWN_ID: f"{town.slug}/{place.slug}", "category_label": str(place.kind.label)}
    record |= {name: getattr(place, name) for name in _TEXTS}
    record |= {
        "latitude": place.lat,
        "longitude": place.lon,
        "wheelchair": place.wheelchair,
        "services": ", ".join(place.services),
        "delivers_within_m": place.delivers_within_m,
        "source": place.source,
        "source_ref": place.source_ref,
        "source_date": place.source_date.isoformat() if place.source_date else None,
        "checked_at": place.checked_at.isoformat() if place.checked_at else None,
        "checked_by": place.checked_by,
        EXPORTED_AT: at.isoformat(),
    }
    return record | {DETAIL + key: str(value) for key, value in place.details.items() if key in DETAILS}


def _line(cells: list[str]) -> str:
    out = StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerow(cells)
    return out.getvalue()


def _cell(value: Value) -> str:
    if value is None:
        return ""
    return to_spreadsheet(value) if isinstance(value, str) else repr(value)


def _excel_cell(sheet: Any, value: Value) -> Any:
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, to_spreadsheet(value))
    cell.data_type = "s"
    return cell
