"""What words say together: days, seasons, spans of hours, limits, and what is not about hours."""

from dataclasses import dataclass
from itertools import pairwise

from parvis.places.french.vocabulary import AFTERNOON, EVENING, MIDDAY, MORNING, Kind

HOLIDAY = 7  # the day after Sunday, in our count: a public holiday
NOON = 12 * 60
type Date = tuple[int, int]  # month and day; day 0: the whole month
type DateRange = tuple[Date, Date]


@dataclass(frozen=True, slots=True)
class Ref:
    """A day that is named: whole or a part of it, first or last of a range, or only some of the month."""

    day: int
    part: int | None = None
    edge: str = ""  # "first" or "last" day of a range, which may begin or end within the day
    ranks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Days:
    start: int
    end: int
    refs: tuple[Ref, ...]
    whole_week: bool = False  # "7j/7" was said of them, and all seven must turn up


@dataclass(frozen=True, slots=True)
class Season:
    start: int
    end: int
    ranges: tuple[DateRange, ...]
    is_date: bool = False  # single days: they can only be exceptions


@dataclass(frozen=True, slots=True)
class Limit:
    """A start or an end that some days have instead of the usual one."""

    is_end: bool
    at: int
    refs: tuple[Ref, ...]
    place: tuple[int, int] = (0, 0)  # where it is said


@dataclass(frozen=True, slots=True)
class Hours:
    start: int
    end: int
    label: int | None = None
    limits: tuple[Limit, ...] = ()


@dataclass(frozen=True, slots=True)
class Spans:
    start: int
    end: int
    hours: tuple[Hours, ...]


@dataclass(frozen=True, slots=True)
class Bound:
    """``jusqu'à 20h``, ``dès 9h``: a limit whose days stand before or after it."""

    start: int
    end: int
    is_end: bool
    at: int


@dataclass(frozen=True, slots=True)
class Mark:
    start: int
    end: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Words:
    """Words that are not about hours."""

    start: int
    end: int
    first: str


@dataclass(frozen=True, slots=True)
class Odd:
    """Words about hours that have no exact meaning."""

    start: int
    end: int


type Item = Days | Season | Spans | Bound | Mark | Words | Odd
HOURLY = (Days, Season, Spans, Bound, Odd)


def fits(part: int, start: int, end: int) -> bool:
    """Whether a span of hours is what people call that part of a day."""
    return {
        MORNING: start < NOON and end <= 14 * 60,
        MIDDAY: 10 * 60 + 30 <= start <= 13 * 60 and end <= 16 * 60,
        AFTERNOON: NOON <= start <= 17 * 60 and 14 * 60 < end <= 22 * 60,
        EVENING: start >= 16 * 60 + 30,
    }[part]


def in_order(spans: list[tuple[int, int]]) -> bool:
    """Whether the spans follow each other in the day."""
    return all(a[1] <= b[0] for a, b in pairwise(spans))
