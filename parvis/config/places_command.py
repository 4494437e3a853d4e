"""``parvis places``: bring places from a file, and write the directory to one."""

import argparse
import json
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone, translation

from parvis.config.town_tiles import terminable
from parvis.core.errors import Refusal
from parvis.places import exports
from parvis.places.actions.imports import SOURCE, record_run
from parvis.places.categories import CATEGORIES
from parvis.places.imports import GONE, KEEP, compare, read_file
from parvis.places.imports.saying import say_lines
from parvis.places.models import ImportRun
from parvis.towns.models import Town


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verbs of ``parvis places``."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    bring = verbs.add_parser("import", help="bring places from CSV, Excel, GeoJSON, a portal's JSON or OpenStreetMap")
    bring.add_argument("slug", help="the town")
    bring.add_argument("file", type=Path)
    bring.add_argument("--dry-run", action="store_true", help="show the exact difference and write nothing")
    bring.add_argument("--source", default="", help="whose data it is; the name of the file when not given")
    bring.add_argument(
        "--missing", choices=[KEEP, GONE], default=KEEP, help="what the file lacks stays (keep) or has closed (gone)"
    )
    bring.add_argument("--kind", default="", choices=["", *CATEGORIES], metavar="KIND", help="of rows that say none")
    bring.add_argument("--add-alike", action="store_true", help="add also what looks like a place of another source")
    export = verbs.add_parser("export", help="write the directory to a file: .csv, .geojson or .xlsx")
    export.add_argument("slug", help="the town")
    export.add_argument("--to", type=Path, required=True, metavar="FILE")


def run(options: argparse.Namespace) -> int:
    """Do what was asked; 2 when it cannot be done, with a sentence on standard error."""
    try:
        town = Town.objects.filter(slug=options.slug).first()
        if town is None:
            raise Refusal(f"There is no town {options.slug} here.")
        with translation.override("en"), terminable():
            summary = _do(options, town, timezone.now())
        print(json.dumps(summary, ensure_ascii=False))
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nInterrupted: nothing was changed.", file=sys.stderr)
        return 130
    return 0


def _do(options: argparse.Namespace, town: Town, at: datetime) -> dict[str, Any]:
    if options.action == "export":
        return export_places(town, options.to, at)
    return import_file(options, town, at)


def import_file(options: argparse.Namespace, town: Town, at: datetime) -> dict[str, Any]:
    """Read, compare, print every line of the difference, and write it unless this is a dry run."""
    started = time.monotonic()
    reading = read_file(options.file, town, at=at, kind=options.kind, progress=_progress)
    source = SOURCE if reading.kind == ImportRun.Kind.OSM else options.source or options.file.stem[:120]
    difference = compare(town, source, reading, missing=options.missing, add_alike=options.add_alike, at=at)
    for line in say_lines(difference):
        print(line)
    if not options.dry_run:
        if difference.errors and not (difference.writes or difference.same):
            raise Refusal(f"No row of {options.file.name} can be used. Nothing was written.")
        chosen = {name: getattr(options, name) for name in ("missing", "kind", "add_alike")}
        record_run(difference, town=town, path=options.file, options=chosen, at=at)
    return {
        "town": town.slug,
        "source": source,
        "dry_run": options.dry_run,
        **difference.counts(),
        "hours": reading.hours,
        "seconds": round(time.monotonic() - started, 1),
    }


def export_places(town: Town, target: Path, at: datetime) -> dict[str, Any]:
    """Write the directory; the ending of the name says in which form."""
    started = time.monotonic()
    try:
        match target.suffix.lower():
            case ".csv":
                with target.open("w", encoding="utf-8", newline="") as file:
                    file.writelines(exports.csv_lines(town, at))
            case ".geojson" | ".json":
                with target.open("w", encoding="utf-8") as file:
                    file.writelines(exports.geojson_pieces(town, at))
            case ".xlsx":
                exports.write_excel(town, at, target)
            case _:
                raise Refusal("The file's name must end in .csv, .geojson or .xlsx.")
    except OSError as error:
        raise Refusal(f"{target} cannot be written: {(error.strerror or 'output error').lower()}.") from error
    return {"town": town.slug, "bytes": target.stat().st_size, "seconds": round(time.monotonic() - started, 1)}


def _progress(done: int, total: int | None) -> None:
    if done and done % 2000 == 0:
        print(f"  {done} of {total or '?'} read", file=sys.stderr, flush=True)
