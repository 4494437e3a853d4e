"""The three-way merge of one value: what the source said last, what stands here, what the source says now.

Fields that only mean something together are one unit: the two coordinates, the hours and the words beside them.
Each fact of ``details`` is a unit of its own. Services are merged one by one and never conflict.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from unicodedata import category

from parvis.places.services import SERVICES

SPOT = "spot"
HOURS = "hours"
DETAIL = "details."
_PLAIN = (
    "name",
    "category",
    "description",
    "address",
    "phone",
    "email",
    "website",
    "wheelchair",
    "services",
    "delivers_within_m",
    "gone_on",
)
_SAME_DEGREES = 1e-7  # a centimetre: what a spreadsheet may lose
FIELDS = (*_PLAIN, "lon", "lat", "opening_hours", "hours_text", "details")


@dataclass(frozen=True, slots=True)
class Merged:
    """What comes of one unit: the value that stands now, and whether both sides had changed it."""

    value: Any
    takes: bool = False
    conflict: bool = False


def to_units(values: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of an entry as units; only those that ``values`` speaks of."""
    units: dict[str, Any] = {name: values[name] for name in _PLAIN if name in values}
    if "lon" in values and "lat" in values:
        units[SPOT] = [values["lon"], values["lat"]]
    if "opening_hours" in values or "hours_text" in values:
        units[HOURS] = [values.get("opening_hours", ""), values.get("hours_text", "")]
    for key, value in (values.get("details") or {}).items():
        units[DETAIL + key] = value
    return units


def to_fields(units: Mapping[str, Any], details: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that ``units`` change; ``details`` are those that stand now, of which the others are kept."""
    fields: dict[str, Any] = {name: units[name] for name in _PLAIN if name in units}
    if SPOT in units:
        fields["lon"], fields["lat"] = units[SPOT]
    if HOURS in units:
        fields["opening_hours"], fields["hours_text"] = units[HOURS]
    facts = {name.removeprefix(DETAIL): value for name, value in units.items() if name.startswith(DETAIL)}
    if facts:
        fields["details"] = {key: value for key, value in {**details, **facts}.items() if value not in ("", None)}
    return fields


def merge(unit: str, base: Any, ours: Any, theirs: Any) -> Merged:
    """What stands after the source has said ``theirs``, having said ``base`` before, where ``ours`` stands."""
    if same(unit, ours, theirs) or same(unit, base, theirs):
        return Merged(ours)
    if unit == "services":
        kept = (set(ours or ()) | (set(theirs or ()) - set(base or ()))) - (set(base or ()) - set(theirs or ()))
        value = [key for key in SERVICES if key in kept] + sorted(kept - SERVICES.keys())
        return Merged(value, takes=not same(unit, value, ours))
    if same(unit, ours, base):
        return Merged(theirs, takes=True)
    return Merged(ours, conflict=True)


def same(unit: str, one: Any, other: Any) -> bool:
    """Whether two values of a unit say the same, whatever a file's format did to them."""
    if unit == SPOT and one and other:
        return all(abs(a - b) <= _SAME_DEGREES for a, b in zip(one, other, strict=True))
    return bool(_canonical(unit, one) == _canonical(unit, other))


def _canonical(unit: str, value: Any) -> Any:
    if unit == HOURS:
        return tuple(_text(part) for part in (value or ("", "")))
    if unit == "services":
        return frozenset(value or ())
    if value is None:
        return ""
    return _text(str(value)) if isinstance(value, str) or unit.startswith(DETAIL) else value


def _text(text: str) -> str:
    """Without what files change on the way: ends of lines, spaces, characters that nobody types."""
    return " ".join("".join(c for c in text if c in "\t\r\n" or category(c) not in {"Cc", "Zl", "Zp"}).split())
