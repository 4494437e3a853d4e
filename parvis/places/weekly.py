"""A shop's week as a grid of two spans a day, and the same week as OpenStreetMap writes it. Pure.

``read`` understands only what the grid can show, word for word; anything else (seasons, comments, a night past
midnight) gives None, so that a rule nobody can draw is never written over by accident.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
SPANS_A_DAY = 2
MIDNIGHT = 24 * 60
_RULE = re.compile(r"^(?:(?P<days>[A-Za-z ,\-]+?) *)?(?P<times>(?:\d.*)|off|closed)$")
_SPAN = re.compile(r"^(\d{1,2}):(\d{2}) *- *(\d{1,2}):(\d{2})$")
_CLOSED = {"off", "closed"}


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Open from ``start`` to ``end``, in minutes of the day; 1440 is midnight."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= MIDNIGHT:
            raise ValueError("a span ends after it starts, on one day")


Day = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Week:
    """Monday to Sunday, at most two spans a day, in order and apart; ``not_on_holidays`` closes public holidays."""

    days: tuple[Day, ...]
    not_on_holidays: bool = False

    def __post_init__(self) -> None:
        if len(self.days) != len(DAYS):
            raise ValueError("a week has seven days")
        for day in self.days:
            if len(day) > SPANS_A_DAY or any(a.end >= b.start for a, b in pairwise(day)):
                raise ValueError("at most two spans a day, in order, with a pause between them")


def write(week: Week) -> str:
    """``Mo-Fr 09:00-12:30,14:00-19:00; Sa 09:00-19:00``; a week without an open day is ``off``."""
    open_days: dict[Day, list[int]] = {}
    for number, day in enumerate(week.days):
        if day:
            open_days.setdefault(day, []).append(number)
    rules = [f"{_write_days(numbers)} {','.join(_write_span(s) for s in day)}" for day, numbers in open_days.items()]
    if not rules:
        return "off"
    return "; ".join([*rules, "PH off"] if week.not_on_holidays else rules)


def _write_days(numbers: list[int]) -> str:
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ",".join(DAYS[r[0]] if len(r) == 1 else f"{DAYS[r[0]]}-{DAYS[r[-1]]}" for r in runs)


def _write_span(span: Span) -> str:
    return f"{span.start // 60:02d}:{span.start % 60:02d}-{span.end // 60:02d}:{span.end % 60:02d}"


def read(text: str) -> Week | None:
    """The week that ``text`` says, or None when the grid cannot show all of it. Later rules replace earlier ones."""
    if text.strip() == "24/7":
        return Week(((Span(0, MIDNIGHT),),) * 7)
    days: list[Day] = [()] * 7
    holidays = False
    rules = [rule.strip() for rule in text.strip().rstrip(";").split(";")]
    for position, rule in enumerate(rules):
        if re.fullmatch(r"PH +(off|closed)", rule):
            if position != len(rules) - 1:  # a rule after it would open some holidays again
                return None
            holidays = True
            continue
        found = _RULE.match(rule)
        if found is None:
            return None
        numbers = _read_days(found["days"])
        day = () if found["times"] in _CLOSED else _read_times(found["times"])
        if numbers is None or day is None:
            return None
        for number in numbers:
            days[number] = day
    return Week(tuple(days), holidays)


def _read_days(text: str | None) -> list[int] | None:
    if text is None:
        return list(range(7))
    numbers: list[int] = []
    for part in text.replace(" ", "").split(","):
        first, _, last = part.partition("-")
        if first not in DAYS or (last and last not in DAYS) or part.endswith("-"):
            return None
        start, end = DAYS.index(first), DAYS.index(last or first)
        numbers += range(start, end + 1) if start <= end else [*range(start, 7), *range(end + 1)]
    return numbers


def _read_times(text: str) -> Day | None:
    spans = []
    for part in text.split(","):
        found = _SPAN.match(part.strip())
        if found is None:
            return None
        hour, minute, last_hour, last_minute = map(int, found.groups())
        if minute > 59 or last_minute > 59:
            return None
        end = (last_hour * 60 + last_minute) or MIDNIGHT
        try:
            spans.append(Span(hour * 60 + minute, end))
        except ValueError:
            return None
    spans.sort()
    apart = all(a.end < b.start for a, b in pairwise(spans))
    return tuple(spans) if apart and len(spans) <= SPANS_A_DAY else None
