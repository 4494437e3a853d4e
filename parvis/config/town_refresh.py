"""``parvis town refresh``: a town from a newer extract, without losing what its merchants and agents changed."""

import argparse
import json
import sys
import time
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import translation

from parvis.config.town_tiles import say, street_tiles
from parvis.core import osm
from parvis.core.errors import Refusal
from parvis.places.actions.imports import SOURCE, record_run
from parvis.places.imports import GONE, KEEP, Difference, compare
from parvis.places.imports.osm_places import of_town, read_things
from parvis.places.imports.saying import say_lines
from parvis.towns import basemaps
from parvis.towns.clients.tiles import folder_megabytes
from parvis.towns.doors import DoorsChanged, refresh_addresses
from parvis.towns.models import Town


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``parvis town refresh``."""
    parser.add_argument("slug")
    parser.add_argument("--osm", type=Path, required=True, metavar="FILE", help=".osm.pbf or .osm")
    parser.add_argument("--dry-run", action="store_true", help="show what would change and write nothing")
    parser.add_argument(
        "--missing", choices=[GONE, KEEP], default=GONE, help="what the extract lacks has left (gone), or stays (keep)"
    )


def refresh(options: argparse.Namespace, *, at: datetime) -> dict[str, Any]:
    """Bring the town up to date wholly or not at all; every line of the difference is printed before."""
    started = time.monotonic()
    town = Town.objects.filter(slug=options.slug).first()
    if town is None:
        raise Refusal(f"There is no town {options.slug} here.")
    say(f"reading {options.osm}")
    extract = osm.read(options.osm, say)
    doors, things = of_town(town, extract)
    reading = read_things(town, things, doors, dated=extract.dated, frame=extract.frame)
    say("comparing")
    with translation.override("en"):
        difference = compare(town, SOURCE, reading, missing=options.missing, at=at)
        _must_be_the_same_town(difference, options.missing)
        if not getattr(options, "quiet", False):
            for line in say_lines(difference):
                print(line)
        if options.dry_run:
            addresses = refresh_addresses(town, doors, source=SOURCE, frame=extract.frame, dry=True)
        else:
            addresses = _write(options, town, extract, doors, difference, at)
    return {
        "town": town.slug,
        "dry_run": options.dry_run,
        **difference.counts(),
        "addresses": asdict(addresses),
        "hours": reading.hours,
        "tiles_megabytes": folder_megabytes(basemaps_root(town)),
        "dated": extract.dated.isoformat() if extract.dated else None,
        "seconds": round(time.monotonic() - started, 1),
    }


def basemaps_root(town: Town) -> Path:
    """The folder of the town's street tiles."""
    from django.conf import settings

    return Path(settings.VAR_DIR) / (town.street_tiles or f"streets/{town.slug}")


def _write(
    options: argparse.Namespace,
    town: Town,
    extract: osm.Extract,
    doors: list[osm.Door],
    difference: Difference,
    at: datetime,
) -> DoorsChanged:
    with street_tiles(town.slug, options.osm) as tiles, transaction.atomic():
        say("writing addresses and places")
        addresses = refresh_addresses(town, doors, source=SOURCE, frame=extract.frame)
        record_run(difference, town=town, path=options.osm, options={"missing": options.missing}, at=at)
        _describe(town, extract)
        tiles.keep(town, at)
    say("drawing the map")
    basemaps.redraw(town, options.osm, at=at, water=extract.water)
    return addresses


def _describe(town: Town, extract: osm.Extract) -> None:
    """The town's backdrop, its boundary where the extract holds it whole, and the day of the data."""
    town.backdrop = osm.backdrop(extract)
    source = next((one for one in town.sources if one.get("name") == SOURCE), None)
    if source is not None and extract.dated:
        source["date"] = extract.dated.isoformat()
    boundary = osm.choose_boundary(extract, slug=town.slug, name=town.name, language=town.default_language)
    ours = not town.official_code or boundary.code == town.official_code
    if boundary.kind == "whole" and ours and (source or {}).get("scope") != "file":
        town.boundary = boundary.geometry
    town.street_tiles = town.street_tiles or f"streets/{town.slug}"
    town.save(update_fields=["backdrop", "boundary", "sources", "street_tiles"])


def _must_be_the_same_town(difference: Difference, missing: str) -> None:
    if difference.looks_like_another:
        lost = sum(1 for _ in difference.gone)
        raise Refusal(
            f"The extract lacks {lost} places of the town and holds few of the others: is it the same town, whole?"
            " Add --missing keep to bring only what it holds."
        )
    if missing == KEEP and not difference.same and not difference.changed and difference.new:
        print("  none of the town's places is in this extract", file=sys.stderr)


def run(options: argparse.Namespace, at: datetime) -> int:
    """Do it and print the summary."""
    print(json.dumps(refresh(options, at=at), ensure_ascii=False))
    return 0
