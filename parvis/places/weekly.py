"""The days of a week and their spans, as a grid shows them and as OpenStreetMap writes them. Pure.

Only what a grid can draw is read here, word for word: ``read_days`` and ``read_times`` give None for anything else.
``whole_hours`` puts whole values together.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
HOLIDAYS = "PH"
USUAL_SPANS = 2  # boxes a day; a third is drawn where it exists
MOST_SPANS = 3
MIDNIGHT = 24 * 60
LATEST = MIDNIGHT + 11 * 60  # an evening may last until the next morning at 11; a later end is a slip of the pen
_SPAN = re.compile(r"^(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})$")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Open from ``start`` to ``end``, in minutes of the day; past 1440 it is the next morning."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not (0 <= self.start < MIDNIGHT and self.start < self.end <= LATEST):
            raise ValueError("a span starts on its day and ends after it, by the next morning")


Day = tuple[Span, ...]
CLOSED: Day = ()
EMPTY_WEEK: tuple[Day, ...] = (CLOSED,) * len(DAYS)


def merged(spans: Iterable[Span]) -> Day:
    """The same opening in order, spans that touch or overlap made one."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and found[-1].end >= span.start:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return tuple(found)


def drawable(day: Day) -> bool:
    """Whether a grid has the boxes for it."""
    return len(day) <= MOST_SPANS and all(a.end < b.start for a, b in pairwise(day))


def read_days(text: str) -> tuple[list[int], bool] | None:
    """The weekdays (0 is Monday) that ``Mo-Fr,PH`` names, and whether holidays are among them. Empty: every day."""
    if not text:
        return list(range(7)), False
    numbers: list[int] = []
    holidays = False
    for part in re.sub(r"\s*([,-])\s*", r"\1", text).split(","):
        if part == HOLIDAYS:
            holidays = True
            continue
        first, dash, last = part.partition("-")
        if first not in DAYS or (dash and last not in DAYS):
            return None
        start, end = DAYS.index(first), DAYS.index(last or first)
        numbers += range(start, end + 1) if start <= end else [*range(start, 7), *range(end + 1)]
    return numbers, holidays


def read_times(text: str) -> Day | None:
    """``09:00-12:30,14:00-19:00`` and ``18:00-02:00``; None for what a pair of boxes does not show."""
    spans = []
    for part in text.split(","):
        found = _SPAN.match(part.strip())
        if found is None:
            return None
        hour, minute, last_hour, last_minute = map(int, found.groups())
        if minute > 59 or last_minute > 59:
            return None
        start, end = hour * 60 + minute, last_hour * 60 + last_minute
        if end == 0 or 0 < end < start:
            end += MIDNIGHT
        try:
            spans.append(Span(start, end))
        except ValueError:
            return None
    return merged(spans)


def write_days(numbers: Sequence[int]) -> str:
    """``Mo-We,Fr`` for 0, 1, 2, 4."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ",".join(DAYS[r[0]] if len(r) == 1 else f"{DAYS[r[0]]}-{DAYS[r[-1]]}" for r in runs)


def write_day(day: Day) -> str:
    """``09:00-12:30,14:00-19:00``, or ``off``."""
    return ",".join(_write_span(span) for span in day) or "off"


def _write_span(span: Span) -> str:
    end = span.end if span.end <= MIDNIGHT else span.end - MIDNIGHT
    return f"{span.start // 60:02d}:{span.start % 60:02d}-{end // 60:02d}:{end % 60:02d}"


def write_week(days: Sequence[Day | None]) -> list[str]:
    """One rule for all days alike, in the order of the week; days that are None say nothing."""
    alike: dict[Day, list[int]] = {}
    for number, day in enumerate(days):
        if day is not None:
            alike.setdefault(day, []).append(number)
    return [f"{write_days(numbers)} {write_day(day)}" for day, numbers in alike.items()]
