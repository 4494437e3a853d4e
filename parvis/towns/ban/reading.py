"""From a file of the base to doors: columns, spoilt letters, numbers, points. Nothing here writes.

The official columns (``id;id_fantoir;numero;rep;nom_voie;code_postal;code_insee;nom_commune;…;x;y;lon;lat;…``), with
semicolons or commas, plain or gzipped, of one commune or of a whole département.
"""

import csv
import gzip
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from parvis.core.errors import Refusal
from parvis.core.geo import Point, flat_distance_m
from parvis.core.lambert import from_lambert93
from parvis.core.text import fold
from parvis.towns.models import Town

NEEDED = ("id", "numero", "nom_voie")
FARTHEST_M = 20_000  # from the town's centre: beyond, a point is wrong
MOST_LINES = 5_000_000  # the largest département has two million
PLACEHOLDER = 5000  # the base numbers from here on the doors of streets that have no numbers
_NOTHING = {"", "NA", "NULL", "null"}
_SPOILT = re.compile("[ÃÂâ][\x80-\xbf\u0152-\u2122]")

type Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Wrong:
    """A row that was left out, and why, in a sentence."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class BaseDoor:
    """A door as the base has it."""

    ref: str
    number: str
    street: str
    postcode: str
    city: str
    point: Point

    @property
    def key(self) -> Key:
        """What two sources would call the same door by."""
        return door_key(self.street, self.number, self.postcode)


@dataclass
class Reading:
    """What a file holds for one town; ``refs`` are those of wrong rows too: a spoilt row removes no door."""

    doors: dict[Key, BaseDoor] = field(default_factory=dict)
    wrong: list[Wrong] = field(default_factory=list)
    refs: set[str] = field(default_factory=set)
    elsewhere: Counter[str] = field(default_factory=Counter)  # rows of other communes
    repeated: int = 0  # the same door once more: other positions of it
    repaired: int = 0  # rows whose letters had been spoilt


def door_key(street: str, number: str, postcode: str) -> Key:
    """Street and number without accents, capitals and spaces, and the postcode."""
    return fold(street), fold(number).replace(" ", ""), postcode


def read(path: Path, town: Town) -> Reading:
    """The rows of ``path`` that are doors of ``town``. Raises Refusal for what is no file of the base."""
    reading = Reading()
    for line, row in _rows(path):
        commune = row.get("code_insee", "")
        if town.official_code and commune not in {town.official_code, *_NOTHING}:
            reading.elsewhere[commune[:8]] += 1
            continue
        reading.refs.add(row.get("id", "")[:40])
        try:
            door = _door(row, town)
        except ValueError as error:
            reading.wrong.append(Wrong(line, str(error)))
            continue
        reading.repaired += any(_SPOILT.search(row.get(name, "")) is not None for name in ("nom_voie", "nom_commune"))
        if door.key in reading.doors:
            reading.repeated += 1
        else:
            reading.doors[door.key] = door
    _must_make_sense(reading, town)
    return reading


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Each line with its number in the file, as the header names its cells."""
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8-sig", newline="") as file:
            first = file.readline(100_000)
            delimiter = ";" if first.count(";") > first.count(",") else ","
            header = [name.strip().lower() for name in next(csv.reader([first], delimiter=delimiter), [])]
            _must_have_columns(header)
            reader = csv.reader(file, delimiter=delimiter)
            for cells in reader:
                line = reader.line_num + 1
                if line > MOST_LINES:
                    raise Refusal(f"The file has more than {MOST_LINES:,} lines: take the one of the département.")
                if cells:
                    yield line, dict(zip(header, cells, strict=False)) | {"": str(len(cells) - len(header))}
    except UnicodeDecodeError:
        raise Refusal("The file is not in UTF-8, as the address base is: take it from the source again.") from None
    except (csv.Error, EOFError, OSError) as error:
        raise Refusal(f"The file cannot be read to its end ({error}): take it from the source again.") from None


def _must_have_columns(header: list[str]) -> None:
    if missing := [name for name in NEEDED if name not in header]:
        raise Refusal(
            f"This is no file of the French address base: it has no column {missing[0]}. "
            "Its first line should begin with id;id_fantoir;numero;rep;nom_voie;code_postal."
        )
    if not ({"lon", "lat"} <= set(header) or {"x", "y"} <= set(header)):
        raise Refusal("The file does not say where its doors are: it has neither lon and lat nor x and y.")


def _door(row: Mapping[str, str], town: Town) -> BaseDoor:
    """A door. Raises ValueError with the sentence of the report."""
    if row[""] != "0":
        raise ValueError("the line has not as many cells as the first one")
    ref, street = row["id"].strip(), " ".join(mended(row["nom_voie"]).split())
    if not ref or len(ref) > 40 or not ref.isprintable():
        raise ValueError("the door has no key (id)")
    if street in _NOTHING or not fold(street) or len(street) > 160 or not street.isprintable():
        raise ValueError("the door has no street (nom_voie)")
    postcode = _cell(row, "code_postal")
    if len(postcode) > 12 or (postcode and not postcode.isalnum()):
        raise ValueError(f"{postcode[:20]} is no postcode")
    return BaseDoor(
        ref=ref,
        number=_number(row),
        street=street,
        postcode=postcode,
        city=mended(_cell(row, "nom_commune"))[:120] or town.name,
        point=_point(row, town),
    )


def _cell(row: Mapping[str, str], name: str) -> str:
    value = row.get(name, "").strip()
    return "" if value in _NOTHING else value


def mended(text: str) -> str:
    """Letters that were read in the wrong encoding once, put right: "AllÃ©e" is "Allée"."""
    if not _SPOILT.search(text):
        return text
    raw = bytearray()
    for letter in text:
        try:
            raw += letter.encode("cp1252")
        except UnicodeEncodeError:
            if ord(letter) > 255:
                return text
            raw.append(ord(letter))
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return text


def _number(row: Mapping[str, str]) -> str:
    """``12``, ``12 bis``, ``12 B``."""
    digits, extra = _cell(row, "numero"), _cell(row, "rep")
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError(f"{digits[:20]} is no house number" if digits else "the door has no number")
    if int(digits) >= PLACEHOLDER:
        raise ValueError(f"{int(digits)} stands for a door without a number")
    if len(extra) > 12 or not extra.isprintable():
        raise ValueError("what follows the number cannot be read (rep)")
    return f"{int(digits)} {extra.upper() if len(extra) == 1 else extra.lower()}".strip()


def _point(row: Mapping[str, str], town: Town) -> Point:
    """From longitude and latitude, or else from Lambert 93."""
    lon, lat, x, y = (_figure(row, name) for name in ("lon", "lat", "x", "y"))
    if lon is not None and lat is not None:
        try:
            point = Point(lon, lat)
        except ValueError:
            raise ValueError("longitude and latitude are not on the earth") from None
    elif x is not None and y is not None:
        point = from_lambert93(x, y)
    else:
        raise ValueError("the door has no coordinates")
    if (away := flat_distance_m(point, town.centre)) > FARTHEST_M:
        raise ValueError(f"the point is {away / 1000:.0f} km from {town.name}")
    return point


def _figure(row: Mapping[str, str], name: str) -> float | None:
    text = _cell(row, name).replace(",", ".")
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < 1e9 else None  # neither infinite nor "nan"


def _must_make_sense(reading: Reading, town: Town) -> None:
    if reading.doors and len(reading.wrong) <= len(reading.doors):
        return
    if reading.wrong:
        first = reading.wrong[0]
        raise Refusal(
            f"Most rows of this file are wrong, so nothing was written. Line {first.line}, for one: {first.reason}."
        )
    if reading.elsewhere:
        others = ", ".join(code for code, _ in reading.elsewhere.most_common(3))
        raise Refusal(f"This file has no door of {town.name} ({town.official_code}): it is about {others}.")
    raise Refusal("The file has no rows.")
