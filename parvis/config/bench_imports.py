"""``parvis bench imports``: a town made from an extract, refreshed with the same one, then with one that has changed.

The changed extract is made here, from a seed: things that moved, have another name or other hours, have left, are new.
Some of their places were changed by shops or claimed before, so that the merge has something to decide.
"""

import argparse
import json
import random
import tempfile
import time
from argparse import Namespace
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import osmium
from django.utils import timezone

from parvis.config import town_command, town_refresh
from parvis.people.models import Organisation
from parvis.places.actions.entries import change_place
from parvis.places.actions.imports import SOURCE
from parvis.places.categories import NAMELESS
from parvis.places.models import Change, Conflict, Place
from parvis.towns.models import Town

SLUG = "bench-import"
EACH = 40  # things of each kind of change


@dataclass(frozen=True, slots=True)
class Varied:
    """The OSM identities of what was changed in an extract."""

    moved: list[str]
    renamed: list[str]
    other_hours: list[str]
    removed: list[str]
    added: list[str]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``parvis bench imports``."""
    parser.add_argument("osm", type=Path, help="an extract, such as geneva.osm.pbf")
    parser.add_argument("--country", default="")


def run(options: argparse.Namespace) -> int:
    """Make the town, refresh it twice, print a line for each, and delete it."""
    create = Namespace(
        slug=SLUG,
        osm=options.osm,
        name="",
        country=options.country,
        languages="",
        timezone="",
        boundary=None,
        demo=False,
    )
    if Town.objects.filter(slug=SLUG).exists():
        town_command.delete_town(SLUG, sure=True)
    try:
        _print("create", town_command.create(create, at=timezone.now()))
        refresh = Namespace(slug=SLUG, osm=options.osm, dry_run=False, missing="gone", quiet=True)
        _print("the same extract", town_refresh.refresh(refresh, at=timezone.now()))
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "varied.osm.pbf"
            varied = vary(options.osm, target, refs_of(Town.objects.get(slug=SLUG)), seed=1)
            kept = disturb(Town.objects.get(slug=SLUG), varied)
            refresh.osm = target
            _print("a changed extract", town_refresh.refresh(refresh, at=timezone.now()))
        _print("what shops had done", kept | outcome(Town.objects.get(slug=SLUG), varied))
    finally:
        if Town.objects.filter(slug=SLUG).exists():
            town_command.delete_town(SLUG, sure=True)
    return 0


def refs_of(town: Town) -> list[str]:
    """The nodes of the map that are places of the town and have a name of their own, in order."""
    places = Place.objects.filter(town=town, source=SOURCE, source_ref__startswith="node/")
    named = (
        places.exclude(opening_hours="")
        .exclude(category__in=NAMELESS)
        .order_by("source_ref")
        .values_list("source_ref", flat=True)
    )
    return list(named)


def vary(source: Path, target: Path, refs: list[str], *, seed: int, each: int = EACH) -> Varied:
    """Write ``source`` to ``target`` with ``each`` of five kinds of change; the same seed changes the same things."""
    chosen = random.Random(seed).sample(refs, 4 * each)  # noqa: S311 - a test's chance
    groups = [chosen[i * each : (i + 1) * each] for i in range(4)]
    kinds = {int(ref.partition("/")[2]): kind for kind, group in enumerate(groups) for ref in group}
    added: list[str] = []
    spots: list[tuple[float, float]] = []
    last = 0
    thing: Any
    with osmium.SimpleWriter(str(target), overwrite=True) as writer:
        for thing in osmium.FileProcessor(str(source)):
            kind = kinds.get(thing.id) if thing.is_node() else None
            if thing.is_node():
                last = max(last, thing.id)
            if kind is None:
                writer.add(thing)
            elif kind == 0:
                spots.append((thing.location.lon + 0.0001, thing.location.lat + 0.0001))
                writer.add(thing.replace(location=(thing.location.lon + 0.0002, thing.location.lat)))
            elif kind == 1:
                writer.add(thing.replace(tags=dict(thing.tags) | {"name": f"{thing.tags['name']} bis"}))
            elif kind == 2:
                writer.add(thing.replace(tags=dict(thing.tags) | {"opening_hours": "Tu-Sa 10:10-18:40"}))
        for number, spot in enumerate(spots, start=last + 1):
            added.append(f"node/{number}")
            tags = {"shop": "bakery", "name": f"Boulangerie {number}"}
            writer.add(osmium.osm.mutable.Node(id=number, version=1, location=spot, tags=tags))
    return Varied(groups[0], groups[1], groups[2], groups[3], added)


def disturb(town: Town, varied: Varied) -> dict[str, int]:
    """Shops change the hours of a quarter of what the map changes, and claim a quarter of what it loses."""
    at = timezone.now()
    places = {place.source_ref: place for place in Place.objects.filter(town=town).select_related("town")}
    edited = varied.other_hours[: len(varied.other_hours) // 4]
    for ref in edited:
        change_place(place=places[ref], values={"opening_hours": "Mo-Su 06:00-07:00"}, origin=Change.Origin.SHOP, at=at)
    claimed = varied.removed[: len(varied.removed) // 4]
    owner = Organisation.objects.create(town=town, name="Bench")
    Place.objects.filter(town=town, source_ref__in=claimed).update(organisation=owner)
    return {"hours_changed_by_shops": len(edited), "claimed": len(claimed)}


def outcome(town: Town, varied: Varied) -> dict[str, int]:
    """What stands afterwards: nothing of the shops is lost."""
    places = Place.objects.filter(town=town)
    kept = places.filter(source_ref__in=varied.other_hours, opening_hours="Mo-Su 06:00-07:00")
    return {
        "hours_of_shops_kept": kept.count(),
        "claimed_kept": places.filter(source_ref__in=varied.removed, gone_on=None).count(),
        "closed": places.exclude(gone_on=None).count(),
        "to_settle": Conflict.objects.filter(town=town, settled_at=None).count(),
    }


def _print(step: str, summary: dict[str, Any]) -> None:
    spent = {"cpu_seconds_so_far": round(time.process_time(), 1)}  # ours, without the database's and the router's
    print(json.dumps({"step": step} | summary | spent, ensure_ascii=False), flush=True)
