"""Rows of any table (cells by the name of their column) as places, each with what is wrong with it."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from parvis.core.errors import Refusal
from parvis.core.geo import Point
from parvis.core.tables import Cells, Row
from parvis.core.text import fold
from parvis.places import french
from parvis.places.hours import is_readable
from parvis.places.imports import values
from parvis.places.imports.columns import DETAIL, EXPORTED_AT, OWN_ID
from parvis.places.imports.incoming import Incoming, Reading, RowError
from parvis.places.imports.kinds import kind_of, suggestion
from parvis.places.imports.surroundings import Surroundings, surroundings_of
from parvis.towns.addresses import geocode
from parvis.towns.models import Town

type Progress = Callable[[int], None]


@dataclass(slots=True)
class TableReader:
    """Turns rows into places; the columns are understood once."""

    town: Town
    columns: dict[str, list[str]]
    today: date
    kind: str = ""  # of rows that do not say theirs
    hours_in_description: bool = False
    hours: dict[str, int] = field(default_factory=lambda: dict.fromkeys((values.READ, values.REPAIRED, values.LEFT), 0))
    around: Surroundings = field(init=False)

    def __post_init__(self) -> None:
        self.around = surroundings_of(self.town)

    def place(self, row: Row) -> Incoming:
        """The place that a row tells of; raises Refusal with a sentence."""
        if row.problem:
            raise Refusal(row.problem)
        told = self._told(row.cells)
        notes = list(row.notes)
        name = values.one_line(told.get("name", ""), values.LONGEST_NAME, _("name"))
        if not name:
            raise Refusal(_("The name is missing."))
        own = self._own(told)
        said: dict[str, Any] = {"name": name, "category": self._category(row.cells, told)}
        if address := self._address(told):
            said["address"] = address
        elif "address" in self.columns or "street" in self.columns:
            said["address"] = ""
        said |= self._spot(row, told, address, notes)
        said |= self._rest(told, notes)
        if self.hours_in_description:
            said |= self._hours_within(told)
        elif "hours" in self.columns:
            rule, words, how = values.hours(told.get("hours", ""), self.town.country)
            own_words = told.get("hours_text", "").strip()
            said |= {"opening_hours": rule, "hours_text": own_words if own and not words else words}
            if how:
                self.hours[how] += 1
        return Incoming(
            ref=told.get("ref", "").strip()[:80] or (told.get(OWN_ID, "").strip()[:80] or _made_ref(name, said)),
            values=said,
            row=row.line,
            notes=notes,
            dated=values.day(told.get("date", ""), self.today),
            own=own,
            exported_at=values.moment(told.get(EXPORTED_AT, "")) if own else None,
            said=self._as_written(told) if own else {},
        )

    def ref(self, row: Row) -> str:
        """The source's number of a row that could not be read, where it stands in a column of its own."""
        return self._told(row.cells).get("ref", "").strip()[:80]

    def name(self, row: Row) -> str:
        """What to call a row that could not be read."""
        return " ".join(self._told(row.cells).get("name", "").split())[:80]

    def _told(self, cells: Cells) -> dict[str, str]:
        """The cells by what they mean; of several columns that mean the same, the first that says something."""
        return {
            meaning: next((text for name in names if (text := cells.get(name, ""))), "")
            for meaning, names in self.columns.items()
        }

    def _own(self, told: Mapping[str, str]) -> str:
        town, _slash, slug = told.get(OWN_ID, "").strip().partition("/")
        return slug if town == self.town.slug else ""

    def _category(self, cells: Cells, told: Mapping[str, str]) -> str:
        words = [cells.get(name, "") for name in self.columns.get("kind", ())]
        found = kind_of(words, values.tags_of(told)) or self.kind
        if found:
            return found
        word = next((word.strip() for word in words if word.strip()), "")
        if not word:
            raise Refusal(_("The row does not say what kind of place it is."))
        near = suggestion(word)
        if near:
            raise Refusal(
                _("We do not know the kind “%(word)s”. Did you mean “%(near)s”?") % {"word": word[:60], "near": near}
            )
        raise Refusal(_("We do not know the kind “%(word)s”.") % {"word": word[:60]})

    def _address(self, told: Mapping[str, str]) -> str:
        street = told.get("address", "") or f"{told.get('number', '')} {told.get('street', '')}"
        street = values.one_line(street, 240, _("address")).strip(" ,")
        city = " ".join(f"{told.get('postcode', '')} {told.get('city', '')}".split())
        postcode = told.get("postcode", "").strip()
        if street and city and (not postcode or postcode not in street):
            return f"{street}, {city}"[:240]
        return street

    def _spot(self, row: Row, told: Mapping[str, str], address: str, notes: list[str]) -> dict[str, float]:
        point = self._given(row, told)
        if point is None and address:
            door = geocode(self.town, address)
            if door is None:
                raise Refusal(
                    _("No coordinates, and “%(address)s” is not an address that we know.") % {"address": address[:80]}
                )
            notes.append(_("Placed by its address: %(door)s.") % {"door": door})
            point = door.point
        if point is None:
            raise Refusal(_("Neither coordinates nor an address."))
        return {"lon": point.lon, "lat": point.lat}

    def _given(self, row: Row, told: Mapping[str, str]) -> Point | None:
        if row.point is not None:
            return self.around.point(*row.point)
        for east, north in (("lon", "lat"), ("x", "y")):
            if told.get(east, "").strip() and told.get(north, "").strip():
                return self.around.point(values.number(told[east]), values.number(told[north]))
        if told.get("coordinates", "").strip():
            return self.around.point(*values.pair(told["coordinates"]))
        if told.get("lon", "").strip() or told.get("lat", "").strip():
            raise Refusal(_("One of the two coordinates is missing."))
        return None

    def _rest(self, told: Mapping[str, str], notes: list[str]) -> dict[str, Any]:
        """What may be wrong without the row being lost: then it is left out, and the row says so."""
        ways: dict[str, Callable[[str], Any]] = {
            "description": values.long_text,
            "phone": lambda text: values.one_line(text, 60, _("telephone number")),
            "email": values.email,
            "website": values.website,
            "wheelchair": values.wheelchair,
            "services": values.services,
        }
        said: dict[str, Any] = {}
        for name, way in ways.items():
            if name in self.columns:
                try:
                    said[name] = way(told[name])
                except Refusal as refusal:
                    notes.append(str(refusal))
        if "delivers_within_m" in self.columns:
            said["delivers_within_m"] = values.metres(told["delivers_within_m"])
        details = {column: told[column] for column in self.columns if column.startswith(DETAIL)}
        if details:
            said["details"] = {
                column.removeprefix(DETAIL): values.one_line(text, 400, column) for column, text in details.items()
            }
        return said

    def _hours_within(self, told: Mapping[str, str]) -> dict[str, Any]:
        """The hours that stand among other words in a description, and the description without them."""
        words = values.long_text(told.get("description", ""))
        read = french.read_hours(words)
        if read.opening_hours and read.certain and is_readable(read.opening_hours, self.town.country):
            self.hours[values.REPAIRED] += 1
            return {"opening_hours": read.opening_hours, "hours_text": "", "description": read.rest}
        if read.opening_hours or read.unread:
            self.hours[values.LEFT] += 1
            return {"opening_hours": "", "hours_text": words, "description": read.rest}
        return {"opening_hours": "", "hours_text": "", "description": words}

    def _as_written(self, told: Mapping[str, str]) -> dict[str, str]:
        plain = ("name", "address", "phone", "email", "website", "wheelchair", "description", "hours_text")
        names = {"hours": "opening_hours"} | {name: name for name in plain}
        return {field_name: told[name] for name, field_name in names.items() if name in told}


def read_rows(reader: TableReader, rows: Iterable[Row], *, reading: Reading, tick: Progress) -> Reading:
    """Fill ``reading`` with what the rows say; ``tick`` is called with how many are done."""
    for done, row in enumerate(rows, start=1):
        try:
            reading.incoming.append(reader.place(row))
        except Refusal as refusal:
            reading.errors.append(RowError(row.line, reader.name(row), str(refusal), reader.ref(row)))
        if done % 200 == 0:
            tick(done)
    reading.hours = reader.hours
    return reading


def _made_ref(name: str, said: Mapping[str, Any]) -> str:
    """A number for a row whose source gives none: the same as long as its name and its place stay the same."""
    where = fold(said.get("address", "")) or f"{said['lon']:.4f} {said['lat']:.4f}"
    return "row/" + hashlib.sha256(f"{fold(name)}|{where}".encode()).hexdigest()[:24]
