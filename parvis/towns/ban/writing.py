"""From the doors of the base to the town's: added, moved, changed, removed, in one transaction or not at all."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from django.db import transaction

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.core.geo import flat_distance_m
from parvis.core.text import fold
from parvis.towns import words
from parvis.towns.actions import BATCH, refresh_statistics
from parvis.towns.ban.reading import BaseDoor, Key, Reading, Wrong, door_key, read
from parvis.towns.models import Address, Town

SOURCE = "BAN"
ATTRIBUTION = {
    "name": SOURCE,
    "attribution": "Base Adresse Nationale, Licence Ouverte 2.0",
    "url": "https://adresse.data.gouv.fr",
}
MOVED_M = 0.5  # less is rounding
MANY = 0.2  # of the base's doors: a file that lacks more is probably not whole


class Removals(StrEnum):
    """What becomes of doors of the base that a newer file lacks."""

    FEW = "few"  # removed, unless they are many
    ALL = "all"
    NONE = "none"


@dataclass
class Report:
    """What an import did, or would do."""

    read: int = 0
    added: int = 0
    moved: int = 0
    changed: int = 0
    removed: int = 0
    same: int = 0
    taken_over: int = 0  # doors that another source had
    elsewhere: int = 0
    repeated: int = 0
    repaired: int = 0
    wrong: list[Wrong] = field(default_factory=list)

    @property
    def figures(self) -> dict[str, int]:
        """The counts, with the number of wrong rows."""
        counts = {name: value for name, value in vars(self).items() if isinstance(value, int)}
        return counts | {"wrong": len(self.wrong)}


def import_base(
    town: Town, path: Path, *, at: datetime, dry_run: bool = False, removals: Removals = Removals.FEW
) -> Report:
    """Bring the doors of ``town`` to what the file says; all of it or, with ``dry_run`` or a Refusal, nothing.

    The same file once more changes nothing. Doors of other sources are taken over where they are the same door, and
    left alone elsewhere.
    """
    reading = read(path, town)
    with transaction.atomic():
        town = Town.objects.select_for_update(of=("self",)).get(pk=town.pk)  # one import at a time
        report = _Writer(town, reading).write(removals)
        if dry_run:
            transaction.set_rollback(True)
            return report
        if report.added + report.moved + report.changed + report.removed:
            audit.record("town.addresses_imported", town, at=at, town_id=town.pk, **report.figures)
        if not any(source.get("name") == SOURCE for source in town.sources):
            town.sources = [*town.sources, ATTRIBUTION]
            town.save(update_fields=["sources"])
    refresh_statistics("towns_address")
    return report


class _Writer:
    """Compares what was read with what is there."""

    def __init__(self, town: Town, reading: Reading) -> None:
        self.town, self.reading = town, reading
        self.existing = list(Address.objects.filter(town=town))
        self.by_key: dict[Key, list[Address]] = {}
        for row in self.existing:
            self.by_key.setdefault(door_key(row.street, row.number, row.postcode), []).append(row)
        self.report = Report(
            read=len(reading.doors),
            elsewhere=reading.elsewhere.total(),
            repeated=reading.repeated,
            repaired=reading.repaired,
            wrong=reading.wrong,
        )

    def write(self, removals: Removals) -> Report:
        """Write what differs."""
        new: list[Address] = []
        touched: list[Address] = []
        doubles: list[Address] = []
        seen: set[UUID] = set()
        for door in self.reading.doors.values():
            same = [row for row in self._same_as(door) if row.pk not in seen]
            if not same:
                new.append(self._row(door))
                continue
            seen.update(row.pk for row in same)
            doubles += same[1:]
            if self._bring(same[0], door):
                touched.append(same[0])
        leaving = self._leaving(seen, removals) + doubles
        self._count(new, leaving)
        Address.objects.filter(pk__in=[row.pk for row in leaving]).delete()
        Address.objects.bulk_update(
            touched, ["number", "number_sort", "street", "postcode", "city", "lon", "lat", "search", *_ORIGIN], BATCH
        )
        Address.objects.bulk_create(new, batch_size=BATCH)
        words.learn(self.town, {row.street for row in (*new, *touched)})
        return self.report

    def _same_as(self, door: BaseDoor) -> list[Address]:
        """The town's rows for a door, the base's own first: one without a postcode, or one for each spelling."""
        street, number, _ = door.key
        keys = dict.fromkeys([door.key, (street, number, "")])
        rows = [row for key in keys for row in self.by_key.get(key, ())]
        return sorted(rows, key=lambda row: (row.source != SOURCE, row.postcode == "", row.street))

    def _row(self, door: BaseDoor) -> Address:
        row = Address(
            town=self.town,
            number=door.number,
            street=door.street,
            postcode=door.postcode,
            city=door.city,
            lon=door.point.lon,
            lat=door.point.lat,
            source=SOURCE,
            source_ref=door.ref,
        )
        row.index()
        return row

    def _bring(self, row: Address, door: BaseDoor) -> bool:
        """Bring ``row`` to what the base says of it; whether that changed something."""
        moved = flat_distance_m(row.point, door.point) > MOVED_M
        street = _better(row.street, door.street)
        wanted = (door.number, street, door.postcode, door.city, SOURCE, door.ref)
        found = (row.number, row.street, row.postcode, row.city, row.source, row.source_ref)
        self.report.taken_over += row.source != SOURCE
        if moved:
            row.lon, row.lat = door.point.lon, door.point.lat
        row.number, row.street, row.postcode, row.city, row.source, row.source_ref = wanted
        row.index()
        self.report.moved += moved
        self.report.changed += wanted != found and not moved
        self.report.same += wanted == found and not moved
        return moved or wanted != found

    def _leaving(self, seen: set[UUID], removals: Removals) -> list[Address]:
        """Doors of the base that the file lacks; a row that could not be read takes no door away."""
        if removals == Removals.NONE:
            return []
        ours = [row for row in self.existing if row.source == SOURCE]
        spoilt = self.reading.refs - {door.ref for door in self.reading.doors.values()}
        leaving = [row for row in ours if row.pk not in seen and row.source_ref not in spoilt]
        if removals == Removals.FEW and len(leaving) > max(50, MANY * len(ours)):
            raise Refusal(
                f"This file lacks {len(leaving)} of the {len(ours)} doors that came from the base, so nothing was "
                "written. If it is the whole base, say --removals all; if it is a part of it, --removals none."
            )
        return leaving

    def _count(self, new: list[Address], leaving: list[Address]) -> None:
        """A door that leaves and comes back under another name or number has changed."""
        renamed = len({row.source_ref for row in new} & {row.source_ref for row in leaving})
        self.report.added = len(new) - renamed
        self.report.removed = len(leaving) - renamed
        self.report.changed += renamed


_ORIGIN = ("source", "source_ref")


def _better(known: str, said: str) -> str:
    """The name of the same street with the more accents: the base often writes none, and both stay as they are."""
    if fold(known) != fold(said):
        return said
    return known if _accents(known) > _accents(said) else said


def _accents(text: str) -> int:
    return sum(not letter.isascii() for letter in text)
