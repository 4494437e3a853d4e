"""What the machine pages of the directory take and give."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Field, Schema
from pydantic import field_validator

from parvis.core.geo import Point
from parvis.places.categories import CATEGORIES, GROUPS
from parvis.places.services import SERVICES

MOST = 500
type Box = tuple[float, float, float, float]
_LIST = r"^(-?[0-9.]+(,-?[0-9.]+)*)?$"


def _numbers(text: str, count: int) -> list[float]:
    numbers = [float(part) for part in text.split(",")]
    if len(numbers) != count:
        raise ValueError(f"{count} numbers with commas between them")
    return numbers


def _known(values: list[str], table: Any, word: str) -> list[str]:
    unknown = [value for value in values if value not in table]
    if unknown:
        raise ValueError(f"unknown {word}: {', '.join(unknown)[:80]}")
    return values


class PlaceQuestion(Schema):
    """Which places are asked for; every condition given must hold."""

    q: str = Field("", max_length=100, description="Words of the name, the kind or the street; typing mistakes allowed")
    category: list[str] = Field([], description="Keys of /categories; several: any of them")
    group: str = Field("", description="A group of categories: " + ", ".join(GROUPS))
    service: list[str] = Field([], description="Keys of /services; several: all of them")
    wheelchair: Literal["", "yes", "limited", "no"] = ""
    open_at: datetime | Literal["", "now"] = Field(
        "", description='"now", or a moment of ISO 8601 with its zone, at most 21 days ahead'
    )
    bbox: str = Field("", pattern=_LIST, description="west,south,east,north in degrees (WGS 84)", max_length=120)
    near: str = Field(
        "",
        pattern=_LIST,
        max_length=60,
        description="lon,lat in degrees: nearest first, with distance_m; no paging then",
    )
    after: str = Field("", max_length=120, description="The slug of the last place of the page before")
    limit: int = Field(100, ge=1, le=MOST)

    @field_validator("q", "after")
    @classmethod
    def _without_nul(cls, text: str) -> str:
        return text.replace("\x00", "")

    @field_validator("category")
    @classmethod
    def _categories(cls, keys: list[str]) -> list[str]:
        return _known(keys, CATEGORIES, "category")

    @field_validator("service")
    @classmethod
    def _services(cls, keys: list[str]) -> list[str]:
        return _known(keys, SERVICES, "service")

    @field_validator("group")
    @classmethod
    def _group(cls, key: str) -> str:
        return _known([key], {"", *GROUPS}, "group")[0]

    @field_validator("open_at")
    @classmethod
    def _aware(cls, moment: datetime | str) -> datetime | str:
        if isinstance(moment, datetime) and moment.tzinfo is None:
            raise ValueError("a moment needs its zone, such as 2026-11-26T10:00:00+01:00")
        return moment

    @field_validator("bbox")
    @classmethod
    def _on_earth(cls, text: str) -> str:
        if text:
            west, south, east, north = _numbers(text, 4)
            Point(west, south), Point(east, north)
            if west >= east or south >= north:
                raise ValueError("a window is west,south,east,north")
        return text

    @field_validator("near")
    @classmethod
    def _a_point(cls, text: str) -> str:
        if text:
            Point(*_numbers(text, 2))
        return text

    def box(self) -> Box | None:
        """The window asked for."""
        west, south, east, north = _numbers(self.bbox, 4) if self.bbox else (0, 0, 0, 0)
        return (west, south, east, north) if self.bbox else None

    def point(self) -> Point | None:
        """Where the asker is."""
        return Point(*_numbers(self.near, 2)) if self.near else None


class Kind(Schema):
    """A category or a service: its key and its name in the language asked for."""

    key: str
    label: str
    group: str


class Licence(Schema):
    """Whose data it is and under which words it may be used."""

    source: str
    attribution: str
    date: date | None


class PlaceOut(Schema):
    """One place of the directory. Hours are OpenStreetMap's opening_hours; moments are in UTC."""

    id: UUID
    slug: str
    url: str
    name: str
    category: str
    category_label: str
    description: str
    address: str
    lon: float
    lat: float
    opening_hours: str
    opening_hours_text: str = Field(description="The source's words where no rule says all of them")
    open: bool | None = Field(description="At open_at, or now; null where the hours are not known")
    changes_at: datetime | None = Field(description="When it closes, or opens, next")
    phone: str
    email: str
    website: str
    wheelchair: str
    services: list[str]
    details: dict[str, Any]
    picture: str
    checked_at: datetime | None
    checked_by: str
    invented: bool = Field(description="Made up for a demonstration")
    licence: Licence
    distance_m: float | None = None


class PlacePage(Schema):
    """Some places, in the order of their slugs, and the address of those after them."""

    count: int = Field(description="All places that fit, on every page")
    next: str | None
    places: list[PlaceOut]


class Geometry(Schema):
    """A point, longitude first."""

    type: Literal["Point"] = "Point"
    coordinates: tuple[float, float]


class Feature(Schema):
    """A place as GeoJSON has it."""

    type: Literal["Feature"] = "Feature"
    id: str
    geometry: Geometry
    properties: dict[str, Any]


class FeatureCollection(Schema):
    """Places as GeoJSON (RFC 7946)."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[Feature]
    next: str | None = None


class OpenStretch(Schema):
    """A stretch in which the place is open, in UTC."""

    starts_at: datetime
    ends_at: datetime


class HoursOut(Schema):
    """A place's rule, and what it comes to between two days (both included)."""

    opening_hours: str
    understood: bool
    timezone: str
    first_day: date
    last_day: date
    open: list[OpenStretch]


class Problem(Schema):
    """What went wrong, in the form of RFC 9457."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""
