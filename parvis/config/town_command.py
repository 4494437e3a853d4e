"""``parvis town``: make a town from an OpenStreetMap extract, refresh it, list the towns, delete one."""

import argparse
import json
import shutil
import sys
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import shapely
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from parvis.config import address_command, town_refresh
from parvis.config.town_tiles import say, street_tiles
from parvis.core import osm
from parvis.core.errors import Refusal
from parvis.core.geo import flat_distance_m
from parvis.delivery.models import Agreement, Hub
from parvis.market.models import Market
from parvis.places.actions.imports import Imported, import_places
from parvis.places.imports.osm_places import BEYOND_DEGREES
from parvis.towns import actions, basemaps
from parvis.towns.clients.tiles import folder_megabytes
from parvis.towns.models import Address, Town

ATTRIBUTION = {
    "name": "OpenStreetMap",
    "attribution": "© OpenStreetMap contributors, ODbL",
    "url": "https://www.openstreetmap.org/copyright",
}
STANDARD_VAT_BP = {"FR": 2000, "BE": 2100, "CH": 810}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verbs of ``parvis town``."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    create = verbs.add_parser("create", help="make a working town from an OpenStreetMap extract")
    create.add_argument("slug", help="first label of its host name, such as geneva")
    create.add_argument("--osm", type=Path, required=True, metavar="FILE", help=".osm.pbf or .osm")
    create.add_argument("--name", default="", help="as people write it; taken from the extract when not given")
    create.add_argument("--country", default="", choices=["", *actions.COUNTRIES], help="FR, BE or CH")
    create.add_argument("--languages", default="", help="such as fr,nl; the first one is the town's own")
    create.add_argument("--timezone", default="", help="such as Europe/Paris; the country's when not given")
    create.add_argument("--boundary", type=Path, metavar="GEOJSON", help="its shape, instead of the extract's")
    create.add_argument("--demo", action="store_true", help="a demonstration town: one click to sign in")
    town_refresh.add_arguments(
        verbs.add_parser("refresh", help="bring a town up to date from a newer extract, keeping what people changed")
    )
    addresses = verbs.add_parser("addresses", help="bring the town's doors to a file of the French address base")
    address_command.add_arguments(addresses)
    verbs.add_parser("list", help="the towns of this installation")
    delete = verbs.add_parser("delete", help="delete a town and all that it holds, for good")
    delete.add_argument("slug")
    delete.add_argument("--yes", action="store_true", help="do not ask")


def run(options: argparse.Namespace) -> int:
    """Do what was asked; 2 when it cannot be done, with a sentence on standard error."""
    try:
        match options.action:
            case "create":
                summary = create(options, at=timezone.now())
                print(json.dumps(summary, ensure_ascii=False))
            case "refresh":
                return town_refresh.run(options, timezone.now())
            case "addresses":
                print(json.dumps(address_command.run(options, at=timezone.now()), ensure_ascii=False))
            case "list":
                for town in Town.objects.order_by("slug"):
                    print(f"{town.slug}\t{town.name}\t{town.country}{' (demonstration)' * town.is_demo}")
            case "delete":
                delete_town(options.slug, sure=options.yes)
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nInterrupted: nothing was changed.", file=sys.stderr)
        return 130
    return 0


def create(options: argparse.Namespace, *, at: datetime) -> dict[str, Any]:
    """Make the town wholly or not at all; gives the summary that is printed."""
    started = time.monotonic()
    slug = options.slug
    try:
        Town._meta.get_field("slug").clean(slug, None)
    except ValidationError:
        raise Refusal("A town's short name has small letters, digits and dashes only, such as saint-denis.") from None
    if Town.objects.filter(slug=slug).exists():
        raise Refusal(actions.taken(slug))
    say(f"reading {options.osm}")
    extract = osm.read(options.osm, say)
    plan = _plan(options, extract)
    with street_tiles(slug, options.osm) as tiles, _basemap(options, plan, extract) as drawing, transaction.atomic():
        town, addresses, imported = _write(options, plan, extract, at)
        Town.objects.filter(pk=town.pk).update(basemap=drawing.name)
        drawing.keep()
        tiles.keep(town, at)
    return {
        "town": town.slug,
        "name": town.name,
        "url": f"http://{town.slug}.{settings.BASE_HOST}:8000",
        "boundary": plan.boundary.said,
        "places": imported.places,
        "addresses": addresses,
        "address_objects": extract.door_objects,
        "street_ways": extract.street_ways,
        "opening_hours_read": imported.hours_read,
        "opening_hours_repaired": imported.hours_repaired,
        "opening_hours_unread": imported.hours_unread,
        "tiles_megabytes": folder_megabytes(tiles.folder),
        "map_megabytes": drawing.megabytes,
        "backdrop_kilobytes": round(len(json.dumps(town.backdrop, separators=(",", ":"))) / 1000),
        "dated": extract.dated.isoformat() if extract.dated else None,
        "seconds": round(time.monotonic() - started, 1),
    }


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the options and the extract say together."""

    name: str
    country: str
    languages: list[str]
    boundary: osm.Boundary
    doors: list[osm.Door]
    places: list[osm.NamedPlace]


def _plan(options: argparse.Namespace, extract: osm.Extract) -> _Plan:
    languages = [code.strip().lower() for code in options.languages.split(",") if code.strip()]
    known = {code for code, _ in settings.LANGUAGES}
    if unknown := [code for code in languages if code not in known]:
        raise Refusal(f"Parvis does not speak {unknown[0]} yet; it speaks {', '.join(sorted(known))}.")
    if options.timezone:
        _check_timezone(options.timezone)
    boundary = osm.choose_boundary(
        extract, slug=options.slug, name=options.name, language=languages[0] if languages else "fr"
    )
    if options.boundary:
        boundary = replace(
            osm.boundary_from_file(options.boundary, name=options.name or options.slug, frame=extract.frame),
            code=boundary.code,
        )
    doors, places = extract.doors, extract.places
    if boundary.kind in {"whole", "file"}:  # the extract shows more than the town: keep to it, and to its edge
        near = shapely.geometry.shape(boundary.geometry).buffer(BEYOND_DEGREES)
        shapely.prepare(near)
        doors = [door for door in doors if near.contains(shapely.Point(door.point.lon, door.point.lat))]
        places = [place for place in places if near.contains(shapely.Point(place.point.lon, place.point.lat))]
    return _Plan(
        name=options.name or boundary.name or options.slug.replace("-", " ").title(),
        country=options.country or _country(extract),
        languages=languages,
        boundary=boundary,
        doors=doors,
        places=places,
    )


def _country(extract: osm.Extract) -> str:
    if not extract.countries:
        raise Refusal("The extract does not say in which country it is: add --country FR, BE or CH.")
    country = extract.countries.most_common(1)[0][0]
    if country not in actions.COUNTRIES:
        raise Refusal(f"This extract is in {country}; Parvis knows the rules of {', '.join(actions.COUNTRIES)}.")
    return country


def _check_timezone(name: str) -> None:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Refusal(f"There is no time zone {name}: write it as Europe/Paris.") from None


def _write(options: argparse.Namespace, plan: _Plan, extract: osm.Extract, at: datetime) -> tuple[Town, int, Imported]:
    dated = {"scope": plan.boundary.kind} | ({"date": extract.dated.isoformat()} if extract.dated else {})
    town = actions.create_town(
        slug=options.slug,
        name=plan.name,
        country=plan.country,
        centre=plan.boundary.centre,
        at=at,
        languages=plan.languages,
        timezone=options.timezone,
        boundary=plan.boundary.geometry,
        backdrop=osm.backdrop(extract),
        official_code=plan.boundary.code,
        sources=[ATTRIBUTION | dated],
        street_tiles=f"streets/{options.slug}",
        is_demo=options.demo,
    )
    say(f"writing {len(plan.doors)} addresses")
    addresses = actions.import_addresses(town, plan.doors, source="OpenStreetMap")
    say("writing places")
    imported = import_places(town, plan.places, plan.doors, dated=extract.dated, at=at)
    open_market(town)
    return town, addresses, imported


def open_market(town: Town) -> None:
    """A market with its usual fee, and a hub at the door nearest to the centre, to be moved by the town."""
    Market.objects.create(town=town, bike_fee_vat_bp=STANDARD_VAT_BP[town.country])
    doors = Address.objects.filter(town=town).exclude(number="")
    nearest = min(doors.iterator(), key=lambda door: flat_distance_m(door.point, town.centre), default=None)
    point = nearest.point if nearest else town.centre
    address = str(nearest) if nearest else town.name
    Hub.objects.create(town=town, name=f"Hub {town.name}", address=address, lon=point.lon, lat=point.lat)


def _basemap(
    options: argparse.Namespace, plan: _Plan, extract: osm.Extract
) -> AbstractContextManager[basemaps.Drawing]:
    """The map that residents see, drawn from the same extract."""
    say("drawing the map")
    return basemaps.drawn(options.slug, options.osm, plan.boundary.geometry, water=extract.water)


def delete_town(slug: str, *, sure: bool) -> None:
    """Delete a town with all its rows and its tiles, after its slug was typed once more."""
    town = Town.objects.filter(slug=slug).first()
    if town is None:
        raise Refusal(f"There is no town {slug} here.")
    if agreement := Agreement.objects.of(town).first():
        other = agreement.other(town).name
        raise Refusal(f"{town.name} has an agreement with {other}: what they share is {other}'s too, and stays.")
    if not sure:
        print(f"This deletes {town.name}, its orders and its accounts' roles, for good.", file=sys.stderr)
        if input(f"Write {slug} to go on: ").strip() != slug:
            raise Refusal("Nothing was deleted.")
    erase(town)
    say(f"{town.name} is deleted")


def erase(town: Town) -> None:
    """Delete all rows that carry the town, whatever their room, then the town, its tiles and its map."""
    from django.apps import apps
    from django.db import connection

    def has_town(model: type[Model]) -> bool:
        return any(field.related_model is Town for field in model._meta.concrete_fields)

    tables = [model._meta.db_table for model in apps.get_models() if has_town(model)]
    with transaction.atomic(), connection.cursor() as cursor:
        # Rows of a town refer only to rows of the same town: their order does not matter once checks wait.
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table in tables:
            cursor.execute(
                f"DELETE FROM {connection.ops.quote_name(table)} WHERE town_id = %s",  # noqa: S608 - our own names
                [town.pk],
            )
        Town.objects.filter(pk=town.pk).delete()
    if town.street_tiles:
        shutil.rmtree(settings.VAR_DIR / town.street_tiles, ignore_errors=True)
    basemaps.remove(town)
