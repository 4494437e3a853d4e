"""A difference in words: what each field is called, and what its value says, in the active language."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from parvis.core.words import say_day, say_distance
from parvis.places.categories import CATEGORIES
from parvis.places.details import DETAILS
from parvis.places.imports.difference import Changed, Difference
from parvis.places.imports.units import DETAIL, SPOT, same, to_units
from parvis.places.models import Place
from parvis.places.services import SERVICES

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Said:
    """One value that moves: what it is, what stood, what will stand."""

    label: str
    before: str
    after: str


def label_of(unit: str) -> str:
    """What a unit is called."""
    if unit.startswith(DETAIL):
        key = unit.removeprefix(DETAIL)
        return str(DETAILS[key].label) if key in DETAILS else key
    match unit:
        case "spot":
            return _("position")
        case "hours":
            return _("opening hours")
        case "gone_on":
            return _("closed for good")
        case "category":
            return _("kind")
        case "services":
            return _("services")
        case "wheelchair":
            return _("wheelchair")
        case "delivers_within_m":
            return _("delivers within")
        case _:
            return str(Place._meta.get_field(unit).verbose_name)  # type: ignore[union-attr]


def words_of(unit: str, value: Any) -> str:
    """What a value says."""
    if value in (None, "", [], ["", ""]):
        return NOTHING
    match unit:
        case "spot":
            return f"{value[1]:.5f}, {value[0]:.5f}"
        case "hours":
            return " · ".join(part for part in value if part)
        case "gone_on":
            return say_day(date.fromisoformat(value))
        case "category":
            return str(CATEGORIES[value].label) if value in CATEGORIES else str(value)
        case "services":
            return ", ".join(str(SERVICES[key].label) if key in SERVICES else key for key in value)
        case "delivers_within_m":
            return say_distance(value)
        case _:
            return str(value)


def say_changed(change: Changed) -> list[Said]:
    """What the source changes in one entry; a position says how far it moves."""
    before, after = to_units(_whole(change.before, change.after)), to_units(change.after)
    before |= {DETAIL + key: "" for key in (change.before.get("details") or {}) if DETAIL + key not in before}
    dropped = {unit: "" for unit in before if unit.startswith(DETAIL) and unit not in after}
    said = []
    for unit, value in (after | dropped).items():
        if same(unit, before.get(unit), value):
            continue
        words = words_of(unit, value)
        if unit == SPOT and change.moved_m is not None:
            words = _("%(spot)s (%(metres)s away)") % {"spot": words, "metres": _metres(change.moved_m)}
        said.append(Said(label_of(unit), words_of(unit, before.get(unit)), words))
    return said


def say_lines(difference: Difference) -> Iterator[str]:
    """The whole difference as plain lines, for the command line and for mails."""
    for new in difference.new:
        yield f"+ {new.row}: {new.values['name']}{''.join(f' ({note})' for note in new.notes)}"
    for change in difference.changed:
        for said in say_changed(change):
            yield f"~ {change.row}: {change.name}: {said.label}: {said.before} → {said.after}"
        for clash in change.clashes:
            ours, theirs = words_of(clash.unit, clash.ours), words_of(clash.unit, clash.theirs)
            yield f"! {change.row}: {change.name}: {label_of(clash.unit)}: {ours} ≠ {theirs}"
        if change.new_ref and not change.after:
            yield f"~ {change.row}: {change.name}: {change.ref}"
    for gone in difference.gone:
        yield f"{'!' if gone.kept else '-'} {gone.name}{f' ({gone.kept})' if gone.kept else ''}"
    for alike in difference.alike:
        yield f"= {alike.row}: {alike.name} ({alike.source or alike.slug})"
    for wrong in difference.errors:
        yield f"x {wrong.row}: {wrong.name}: {wrong.sentence}"


def _whole(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The values that stood, of the fields that move."""
    return {name: before.get(name) for name in after}


def _metres(distance: float) -> str:
    return say_distance(distance) if distance >= 1 else _("less than a metre")
