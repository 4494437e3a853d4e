"""Comparing what a source says with what stands here: the same for every source, and writing nothing."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from parvis.core.geo import Point, flat_distance_m
from parvis.core.text import fold
from parvis.places.categories import NAMELESS
from parvis.places.imports.difference import Alike, Changed, Clash, Difference, Gone, New, Wrong
from parvis.places.imports.incoming import Incoming, Reading
from parvis.places.imports.units import DETAIL, FIELDS, SPOT, merge, same, to_fields, to_units
from parvis.places.models import Change, Check, ClaimEvent, Conflict, Place
from parvis.towns.models import Town

REDRAWN_M = 100  # a thing that its source numbered anew stands about where it stood
ALIKE_M = 60  # two sources rarely put the same door farther apart
NAMELESS_M = 10  # fountains and containers all have one name
KEEP, GONE = "keep", "gone"
_COLUMNS = ("pk", "slug", "source", "source_ref", "source_date", "received", "organisation_id", *FIELDS)

type Row = dict[str, Any]


def compare(
    town: Town, source: str, reading: Reading, *, missing: str = KEEP, at: datetime, add_alike: bool = False
) -> Difference:
    """What would change if ``source`` said what ``reading`` holds.

    ``missing`` is ``gone`` where the file holds all that the source knows: places that it lacks have then left.
    Rows that look like places of another source are left out unless ``add_alike``.
    """
    comparison = _Comparison(town, source, reading, at)
    comparison.match()
    comparison.look_for_redrawn()
    comparison.add_new(add_alike=add_alike)
    if missing == GONE:
        comparison.look_for_gone()
    return comparison.difference


@dataclass(slots=True)
class _Comparison:
    """The places of the town by what they are found by, and the difference in the making."""

    town: Town
    source: str
    reading: Reading
    at: datetime
    difference: Difference = field(init=False)
    by_ref: dict[str, Row] = field(init=False)
    by_slug: dict[str, Row] = field(init=False)
    met: set[Any] = field(default_factory=set)
    waiting: list[Incoming] = field(default_factory=list)
    conflicts: dict[tuple[Any, str], str] = field(init=False)
    past: dict[Any, list[Change]] = field(init=False)

    def __post_init__(self) -> None:
        errors = [Wrong(error.row, error.name, error.sentence) for error in self.reading.errors]
        self.difference = Difference(self.reading.kind, self.source, errors=errors, hours=self.reading.hours)
        rows = list(Place.objects.filter(town=self.town).order_by("pk").values(*_COLUMNS))
        for row in rows:
            row["gone_on"] = row["gone_on"].isoformat() if row["gone_on"] else None
        self.by_ref = {row["source_ref"]: row for row in rows if row["source"] == self.source and row["source_ref"]}
        self.by_slug = {row["slug"]: row for row in rows}
        open_ones = Conflict.objects.filter(town=self.town, settled_at=None).values_list("pk", "place_id", "field")
        self.conflicts = {(place, unit): str(pk) for pk, place, unit in open_ones}
        self.past = self._changes_since()

    def match(self) -> None:
        """Rows whose place is known by its number, or by its name in our own file."""
        seen: dict[str, int] = {}
        for incoming in self.reading.incoming:
            key = f"own {incoming.own}" if incoming.own else incoming.ref
            if key in seen:
                self._refuse(incoming, _("Line %(line)d speaks of the same place.") % {"line": seen[key]})
                continue
            seen[key] = incoming.row
            if incoming.own and incoming.own not in self.by_slug:
                self._refuse(incoming, _("This place of an earlier export is not in the directory any more."))
                continue
            row = self.by_slug[incoming.own] if incoming.own else self.by_ref.get(incoming.ref)
            if row is None:
                self.waiting.append(incoming)
            else:
                self._meet(row, incoming)

    def look_for_redrawn(self) -> None:
        """Rows with a new number, of the same name and about where a place stands that the file lacks."""
        lost = [row for row in self.by_ref.values() if row["pk"] not in self.met]
        names = _by_name(lost)
        still = []
        for incoming in self.waiting:
            row = _nearest(names.get(fold(incoming.values["name"]), ()), incoming, REDRAWN_M)
            if row is None or row["pk"] in self.met:
                still.append(incoming)
            else:
                self._meet(row, incoming)
        self.waiting = still

    def add_new(self, *, add_alike: bool) -> None:
        """What is left is new, unless another source told it already."""
        others = () if add_alike else (r for r in self.by_slug.values() if r["source"] != self.source)
        names = _by_name(row for row in others if row["gone_on"] is None)
        for incoming in self.waiting:
            twin = _nearest(names.get(fold(incoming.values["name"]), ()), incoming, ALIKE_M)
            if twin is not None:
                self.difference.alike.append(
                    Alike(incoming.row, incoming.values["name"], str(twin["pk"]), twin["slug"], twin["source"])
                )
                continue
            self.difference.new.append(
                New(incoming.row, incoming.ref, _telling(incoming.values), self._dated(incoming), list(incoming.notes))
            )

    def look_for_gone(self) -> None:
        """Places of the source that the file lacks though it covers where they stand."""
        refused = {error.ref for error in self.reading.errors if error.ref}
        lost = [
            row
            for ref, row in self.by_ref.items()
            if row["pk"] not in self.met and row["gone_on"] is None and ref not in refused and self._covers(row)
        ]
        claimed, changed = self._taken_care_of([row["pk"] for row in lost])
        day = (self.reading.dated or self.at.astimezone(self.town.zone).date()).isoformat()
        for row in lost:
            if (row["received"] or {}).get("gone_on"):  # it was gone before, and somebody here says that it is not
                continue
            kept = "claimed" if row["organisation_id"] or row["pk"] in claimed else ""
            kept = kept or ("changed" if row["pk"] in changed else "")
            self.difference.gone.append(Gone(str(row["pk"]), row["name"], day, kept))

    def _meet(self, row: Row, incoming: Incoming) -> None:
        self.met.add(row["pk"])
        change = self._changed(row, incoming)
        if change.after or change.clashes or change.new_ref:
            self.difference.changed.append(change)
            return
        self.difference.same += 1
        stale = change.received is not None and change.received != (row["received"] or {})
        if stale or (change.dated and change.dated != _iso(row["source_date"])):
            self.difference.quiet.append(change)

    def _changed(self, row: Row, incoming: Incoming) -> Changed:
        values = dict(incoming.values)
        if incoming.own:
            values |= _as_it_stands(row, incoming.said, values.get("opening_hours", ""))
        elif (row["received"] or {}).get("gone_on") or row["gone_on"]:
            values["gone_on"] = None  # it is in the source, so the source does not call it gone
        base_values = self._base(row, incoming)
        theirs, ours, base = to_units(values), to_units(row), to_units(base_values)
        if "details" in values:
            theirs = {unit: "" for unit in base if unit.startswith(DETAIL)} | theirs
        taken: dict[str, Any] = {}
        clashes = []
        for unit, value in theirs.items():
            merged = merge(unit, base.get(unit), ours.get(unit), value)
            if merged.takes:
                taken[unit] = merged.value
            elif merged.conflict:
                clashes.append(Clash(unit, ours.get(unit), value))
            elif same(unit, ours.get(unit), value) and (row["pk"], unit) in self.conflicts:
                self.difference.settled.append(self.conflicts[row["pk"], unit])
        after = to_fields(taken, row["details"] or {})
        return Changed(
            place=str(row["pk"]),
            name=row["name"],
            row=incoming.row,
            ref=incoming.ref,
            before={name: row[name] for name in after},
            after=after,
            clashes=clashes,
            moved_m=_metres(row, taken),
            received=None if incoming.own else _remembered(row, values),
            dated=None if incoming.own else self._dated(incoming),
            new_ref=incoming.ref if not incoming.own and incoming.ref != row["source_ref"] else "",
            notes=list(incoming.notes),
        )

    def _base(self, row: Row, incoming: Incoming) -> Row:
        """What the source said last; for a file of our own, what stood here when it was exported."""
        if not incoming.own:
            return dict(row["received"] or {})
        base = dict(row)
        for change in self.past.get(row["pk"], ()):  # newest first
            if incoming.exported_at and change.at > incoming.exported_at:
                base |= change.before
        return base

    def _changes_since(self) -> dict[Any, list[Change]]:
        exported = [i.exported_at for i in self.reading.incoming if i.own and i.exported_at]
        found: dict[Any, list[Change]] = defaultdict(list)
        if exported:
            for change in Change.objects.filter(town=self.town, at__gt=min(exported)).order_by("-at", "-pk"):
                found[change.place_id].append(change)
        return found

    def _taken_care_of(self, places: list[Any]) -> tuple[set[Any], set[Any]]:
        """Of these places, those that somebody claimed, and those that the shop or the town changed or checked."""
        confirmed = ClaimEvent.objects.filter(claim__place__in=places, kind=ClaimEvent.Kind.CONFIRMED)
        ours = (Change.Origin.SHOP, Change.Origin.TOWN)
        changed = Change.objects.filter(place__in=places, origin__in=ours).values_list("place_id", flat=True)
        checkers = (Place.Checker.SHOP, Place.Checker.TOWN)
        checked = Check.objects.filter(place__in=places, checker__in=checkers).values_list("place_id", flat=True)
        return set(confirmed.values_list("claim__place_id", flat=True)), set(changed) | set(checked)

    def _covers(self, row: Row) -> bool:
        if self.reading.frame is None:
            return True
        west, south, east, north = self.reading.frame
        return bool(west <= row["lon"] <= east and south <= row["lat"] <= north)

    def _dated(self, incoming: Incoming) -> str | None:
        return _iso(incoming.dated or self.reading.dated)

    def _refuse(self, incoming: Incoming, sentence: str) -> None:
        self.difference.errors.append(Wrong(incoming.row, str(incoming.values.get("name", "")), sentence))


def _by_name(rows: Iterable[Row]) -> dict[str, list[Row]]:
    names: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        names[fold(row["name"])].append(row)
    return names


def _nearest(rows: Iterable[Row], incoming: Incoming, within_m: float) -> Row | None:
    """The one nearest to the row among places of its name; a row that gives no place has none."""
    values = incoming.values
    if "lon" not in values:
        return None
    here = Point(values["lon"], values["lat"])
    if values.get("category") in NAMELESS:
        within_m = NAMELESS_M
    measured = [(flat_distance_m(here, Point(row["lon"], row["lat"])), row) for row in rows]
    best = min(measured, key=lambda pair: pair[0], default=None)
    return best[1] if best and best[0] <= within_m else None


def _as_it_stands(row: Row, said: dict[str, str], rule: str) -> Row:
    """Of a file of our own, the cells that nobody touched: whatever we make of their words today."""
    stands = {name: row[name] for name, text in said.items() if same(name, text, row[name])}
    if "opening_hours" in said and "opening_hours" not in stands and stands.pop("hours_text", None):
        stands["hours_text"] = "" if rule else said["opening_hours"]  # the words were those of the hours before
    return stands


def _remembered(row: Row, values: Row) -> Row:
    """What the source is known to have said, this file's words included; files need not speak of every field."""
    said = (row["received"] or {}) | values
    return _telling(said)


def _telling(values: Row) -> Row:
    """Without what says nothing: a base that is not there is an empty one."""
    return {name: value for name, value in values.items() if value not in ("", [], {}, None)}


def _metres(row: Row, taken: dict[str, Any]) -> float | None:
    if SPOT not in taken:
        return None
    lon, lat = taken[SPOT]
    return round(flat_distance_m(Point(row["lon"], row["lat"]), Point(lon, lat)), 1)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
