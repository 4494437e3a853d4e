"""The data files of the demonstration, read into small types."""

import csv
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A public place."""

    name: str
    category: str
    address: str
    lon: float
    lat: float
    opening_hours: str
    description: str
    source: str
    source_ref: str
    source_date: date
    phone: str
    details: dict[str, str]


@dataclass(frozen=True, slots=True)
class Way:
    """A modality of a shop: its kind, its fee and its minimum in cents."""

    kind: str
    fee_cents: int = 0
    minimum_cents: int = 0


@dataclass(frozen=True, slots=True)
class ShopRow:
    """An invented shop."""

    name: str
    trade: str
    number: str
    street: str
    hours: str
    ways: tuple[Way, ...]
    language: str
    minutes: int
    tagline: str
    description: str


@dataclass(frozen=True, slots=True)
class Good:
    """A line of a trade's catalogue; Dutch words may be missing."""

    name: str
    shelf: str
    unit: str
    cents: int
    grams: int
    millilitres: int
    vat: str
    description: str
    name_nl: str
    description_nl: str


@dataclass(frozen=True, slots=True)
class DoorRow:
    """An address of the town."""

    number: str
    street: str
    postcode: str
    lon: float
    lat: float


def boundary(slug: str) -> dict[str, Any]:
    """The outline of a town."""
    geometry: dict[str, Any] = json.loads((DATA / "boundaries" / f"{slug}.json").read_text())
    return geometry


def places(slug: str) -> list[PlaceRow]:
    """The public places of a town."""
    return [
        PlaceRow(
            **row
            | _position(row)
            | {"source_date": date.fromisoformat(row["source_date"]), "details": _details(row.get("details", ""))}
        )
        for row in _rows("places", slug)
    ]


def _details(text: str) -> dict[str, str]:
    """``min_age=1;max_age=3`` as the facts of a place."""
    return dict(part.split("=", 1) for part in text.split(";") if part)


def shops(slug: str) -> list[ShopRow]:
    """The shops of a town."""
    return [
        ShopRow(**row | {"ways": _ways(row["ways"]), "minutes": int(row["minutes"])}) for row in _rows("shops", slug)
    ]


def goods(trade: str) -> list[Good]:
    """The catalogue of a trade."""
    numbers = ("cents", "grams", "millilitres")
    return [Good(**row | {name: int(row[name]) for name in numbers}) for row in _rows("catalogue", trade)]


def doors(slug: str) -> list[DoorRow]:
    """The addresses of a town."""
    return [DoorRow(**row | _position(row)) for row in _rows("addresses", slug)]


def _rows(folder: str, name: str) -> list[dict[str, Any]]:
    with (DATA / folder / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="|"))


def _position(row: dict[str, Any]) -> dict[str, float]:
    return {"lon": float(row["lon"]), "lat": float(row["lat"])}


def _ways(text: str) -> tuple[Way, ...]:
    ways = []
    for word in text.split():
        kind, *cents = word.split(":")
        ways.append(Way(kind, *map(int, cents)))
    return tuple(ways)
