"""The doors of a town brought up to date from a newer extract."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from parvis.core.geo import flat_distance_m
from parvis.core.osm import Door
from parvis.towns import words
from parvis.towns.actions import BATCH, address_row, refresh_statistics
from parvis.towns.models import Address, Town

type Frame = tuple[float, float, float, float]
_MOVED_M = 0.5
_KEY = ("street", "number", "postcode")


@dataclass(frozen=True, slots=True)
class DoorsChanged:
    """How many doors are new, stand elsewhere, have left, or are as they were."""

    new: int
    moved: int
    gone: int
    same: int


@transaction.atomic
def refresh_addresses(
    town: Town, doors: Iterable[Door], *, source: str, frame: Frame, dry: bool = False
) -> DoorsChanged:
    """Make the town's doors of ``source`` those of ``doors``; those outside of ``frame``, and other sources', stay."""
    found = {tuple(getattr(row, name) for name in _KEY): row for row in (address_row(town, d, source) for d in doors)}
    known = {tuple(getattr(row, name) for name in _KEY): row for row in Address.objects.filter(town=town)}
    new = [row for key, row in found.items() if key not in known]
    moved, same = [], 0
    for key in found.keys() & known.keys():
        row, told = known[key], found[key]
        if row.source != source or flat_distance_m(row.point, told.point) < _MOVED_M:
            same += 1
            continue
        row.lon, row.lat = told.lon, told.lat
        moved.append(row)
    west, south, east, north = frame
    gone = [
        row.pk
        for key, row in known.items()
        if key not in found and row.source == source and west <= row.lon <= east and south <= row.lat <= north
    ]
    if not dry:
        Address.objects.filter(town=town, pk__in=gone).delete()
        Address.objects.bulk_update(moved, ["lon", "lat"], batch_size=BATCH)
        Address.objects.bulk_create(new, batch_size=BATCH)
        refresh_statistics("towns_address")
        words.learn(town, {row.street for row in new})
    return DoorsChanged(len(new), len(moved), len(gone), same)
