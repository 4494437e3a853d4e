"""A whole ``opening_hours`` as an editor needs it: the usual week, seasons and holidays drawn, the rest kept. Pure.

``read`` takes any readable value apart; what no grid can draw is kept word for word, in its order (later rules
override earlier ones). ``write`` puts it together again. A reading that would not mean the same is not trusted: then
the whole value is kept as rules without a grid. An untouched value is never written (forms compare documents).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from parvis.places import weekly
from parvis.places.hours import is_readable, open_stretches
from parvis.places.seasons import SEASON, days_of
from parvis.places.weekly import CLOSED, EMPTY_WEEK, MIDNIGHT, Day, Span, drawable, merged

ALWAYS = "24/7"
_CLOSED = {"off", "closed"}
_RULE = re.compile(r"^(?P<days>[A-Za-z][A-Za-z ,\-]*?)?\s*(?P<times>\d.*|off|closed)$")
_OR_ELSE = re.compile(r'\s*\|\|\s*(?=(?:[^"]*"[^"]*")*[^"]*$)')  # bars outside quotes
_NEXT = re.compile(r'\s*;\s*(?=(?:[^"]*"[^"]*")*[^"]*$)')
_AND = re.compile(r"(?<=\d)\s*,\s*(?=[A-Z])|(?<=off)\s*,\s*(?=[A-Z])|(?<=closed)\s*,\s*(?=[A-Z])")
_WEEKDAY = re.compile(r"\b(?:Mo|Tu|We|Th|Fr|Sa|Su)\b(?:\s*-\s*(?:Mo|Tu|We|Th|Fr|Sa|Su)\b)?")
_ONE_DATE = re.compile(r"^(\d{4}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{1,2}):? (.+)$")
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
# Two years that hold a leap day and every weekday of New Year: what a reading is compared on.
_COMPARED = (datetime(2027, 6, 1, tzinfo=UTC), datetime(2029, 6, 1, tzinfo=UTC))
# Eleven years in which each date has every weekday: for evenings that pass midnight into another season.
_EVERY_WEEKDAY = (datetime(2024, 1, 1, tzinfo=UTC), datetime(2035, 1, 1, tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Season:
    """Days of the year (``Apr-Sep``, as written) with hours of their own; a day that is None is as usual."""

    selector: str
    days: tuple[Day | None, ...]


@dataclass(frozen=True, slots=True)
class Special:
    """Hours on one date; ``rule`` is how it stands in the text."""

    day: date
    hours: Day
    rule: str


@dataclass(frozen=True, slots=True)
class Hours:
    """A whole value. ``holidays`` None: as on other days.

    ``other`` stands in its order after all that is drawn; ``otherwise`` follows ``||``.
    """

    week: tuple[Day, ...] = EMPTY_WEEK
    holidays: Day | None = None
    seasons: tuple[Season, ...] = ()
    other: tuple[str, ...] = ()
    otherwise: str = ""

    @property
    def specials(self) -> list[Special]:
        """The rules of one date each, by date."""
        return sorted(filter(None, map(read_special, self.other)), key=lambda special: special.day)

    @property
    def undrawn(self) -> list[str]:
        """The rules that are shown in words only."""
        rules = [rule for rule in self.other if read_special(rule) is None]
        return [*rules, self.otherwise] if self.otherwise else rules

    def without(self, rules: Sequence[str]) -> "Hours":
        """Less these rules, each once."""
        dropped, kept = list(rules), []
        for rule in self.other:
            if rule in dropped:
                dropped.remove(rule)
            else:
                kept.append(rule)
        return replace(self, other=tuple(kept), otherwise="" if self.otherwise in dropped else self.otherwise)

    def with_special(self, day: date, hours: Day) -> "Hours":
        """Open (or closed) so on one date, instead of what was said of this date before."""
        kept = self.without([special.rule for special in self.specials if special.day == day])
        rule = f"{day.year} {_MONTHS[day.month - 1]} {day.day:02d} {weekly.write_day(hours)}"
        return replace(kept, other=(*kept.other, rule))


@lru_cache(maxsize=1024)
def read(text: str) -> Hours | None:
    """What ``text`` says, nothing lost; None when no parser understands it. Empty text is an empty document."""
    if not text.strip():
        return Hours()
    if not is_readable(text):
        return None
    usual, *otherwise = _OR_ELSE.split(text.strip().rstrip(";"), maxsplit=1)
    rules = [rule.strip() for rule in _NEXT.split(usual) if rule.strip()]
    rest = otherwise[0] if otherwise else ""
    reader = _Reader(rules)
    for drawn in (reader.document(rest, cut=False), reader.document(rest, cut=True)):
        if drawn is not None and means_the_same(text, write(drawn), seasons=_has_night_in_seasons(drawn)):
            return drawn
    return Hours(other=tuple(rules), otherwise=rest)


def write(hours: Hours) -> str:
    """One line of OpenStreetMap's grammar; ``off`` when nothing at all is said."""
    rules = _write_usual(hours.week)
    for season in hours.seasons:
        rules += _write_season(season)
    if hours.holidays is not None and (rules or hours.holidays):
        rules.append(f"{weekly.HOLIDAYS} {weekly.write_day(hours.holidays)}")
    rules += hours.other
    text = "; ".join(rules) or "off"
    return f"{text} || {hours.otherwise}" if hours.otherwise else text


def _write_usual(week: tuple[Day, ...]) -> list[str]:
    if not any(week):
        return []
    if all(day == (Span(0, MIDNIGHT),) for day in week):
        return [ALWAYS]
    return _as_rules(weekly.write_week([day or None for day in week]), week)


def _write_season(season: Season) -> list[str]:
    """A season's rules; nights are added to days closed first, for the same reason as in the usual week."""
    if all(day == CLOSED for day in season.days):
        return [f"{season.selector} off"]
    rules = [f"{season.selector} {rule}" for rule in weekly.write_week(season.days)]
    if not _has_night(season.days) or len(rules) == 1:
        return rules
    said = weekly.write_days([number for number, day in enumerate(season.days) if day is not None])
    open_days = [f"{season.selector} {rule}" for rule in weekly.write_week([day or None for day in season.days])]
    return [", ".join([f"{season.selector} {said} off", *open_days])]


def _as_rules(rules: list[str], days: Sequence[Day | None]) -> list[str]:
    """Rules one after the other; where an evening passes midnight they are added by commas.

    After a semicolon a rule for Sunday takes away what Saturday's evening left on Sunday.
    """
    return [", ".join(rules)] if _has_night(days) else rules


def _has_night(days: Sequence[Day | None]) -> bool:
    return any(span.end > MIDNIGHT for day in days if day for span in day)


def _has_night_in_seasons(hours: Hours) -> bool:
    """Whether an evening may pass midnight into a season, or out of one: on another weekday from year to year."""
    return bool(hours.seasons) and any(map(_has_night, (hours.week, *(season.days for season in hours.seasons))))


def means_the_same(one: str, other: str, *, seasons: bool = False) -> bool:
    """Open at the same moments, in a country with holidays: over two years, or with ``seasons`` over all weekdays that
    their first and last days can be.
    """
    if one == other:
        return True
    zone, years = ZoneInfo("Europe/Paris"), _EVERY_WEEKDAY if seasons else _COMPARED
    return open_stretches(one, (), years, zone, "FR") == open_stretches(other, (), years, zone, "FR")


def read_special(rule: str) -> Special | None:
    """``2026 Dec 20 10:00-18:00``; None for any other rule."""
    found = _ONE_DATE.match(rule)
    if found is None:
        return None
    hours = CLOSED if found[4] in _CLOSED else weekly.read_times(found[4])
    try:
        day = date(int(found[1]), _MONTHS.index(found[2]) + 1, int(found[3]))
    except ValueError:
        return None
    return Special(day, hours, rule) if hours is not None and drawable(hours) else None


class _CannotDraw(Exception):
    """This rule stays as it is written."""


class _Days:
    """Hours by weekday while rules go over them, each span with the number of the rule that brought it.

    A rule of its own for a day also takes away the small hours that the evening before left on it (``cut``); a rule
    added by a comma does not.
    """

    def __init__(self) -> None:
        self.spans: list[list[tuple[Span, int]] | None] = [None] * 7
        self.rule: list[int] = [-1] * 7

    def copy(self) -> "_Days":
        again = _Days()
        again.spans = [None if spans is None else list(spans) for spans in self.spans]
        again.rule = list(self.rule)
        return again

    def put(self, number: int, day: Day, position: int) -> None:
        self.spans[number], self.rule[number] = [(span, position) for span in day], position

    def add(self, number: int, day: Day, position: int, under: Day = CLOSED) -> None:
        held = self.spans[number]
        if not day and (held or (held is None and under)):
            raise _CannotDraw  # ", Sa off" after hours of the same day is understood in more than one way
        start = [(span, position) for span in under] if held is None else held
        self.spans[number] = start + [(span, position) for span in day]

    def day(self, number: int, *, cut: bool = False) -> Day | None:
        """What is left of the day in the end."""
        held = self.spans[number]
        if held is None:
            return None
        return merged(_cut(span) if cut and self._covers(number, position) else span for span, position in held)

    def _covers(self, number: int, position: int) -> bool:
        """Whether another rule holds on the day after, so that an evening of rule ``position`` ends at midnight."""
        after = (number + 1) % 7
        rule, spans = self.rule[after], self.spans[after]
        return rule > position or (rule != position and bool(spans))

    def all(self, *, cut: bool) -> tuple[Day | None, ...]:
        return tuple(self.day(number, cut=cut) for number in range(7))


def _cut(span: Span) -> Span:
    return Span(span.start, min(span.end, MIDNIGHT))


class _Reader:
    """Goes through the rules in order and draws those that nothing undrawn stands in the way of."""

    def __init__(self, rules: list[str]) -> None:
        self.week = _Days()
        self.on_holidays: list[Day | None] = [None] * 7  # by weekday, where holidays are said
        self.seasons: dict[str, _Days] = {}
        self.other: list[str] = []
        for position, rule in enumerate(rules):
            before = (
                self.week.copy(),
                list(self.on_holidays),
                {name: days.copy() for name, days in self.seasons.items()},
            )
            try:
                self._draw(rule, position)
            except _CannotDraw:
                self.week, self.on_holidays, self.seasons = before
                self.other.append(rule)

    def document(self, otherwise: str, *, cut: bool) -> Hours | None:
        """All of it; None where a day needs more boxes than there are, or holidays differ by weekday."""
        week = tuple(day or CLOSED for day in self.week.all(cut=cut))
        seasons = tuple(Season(name, days.all(cut=cut)) for name, days in self.seasons.items())
        holidays = self._holidays(week)
        everything = [*week, *(day for season in seasons for day in season.days if day is not None)]
        if holidays is False or not all(map(drawable, everything)):
            return None
        return Hours(week, holidays, seasons, tuple(self.other), otherwise)

    def _holidays(self, week: tuple[Day, ...]) -> Day | Literal[False] | None:
        """One answer for every holiday; False where it depends on the weekday."""
        special = {value for day, value in enumerate(self.on_holidays) if value is not None and value != week[day]}
        if not special:
            return None
        usual = any(value is None and week[day] not in special for day, value in enumerate(self.on_holidays))
        return False if usual or len(special) > 1 else next(iter(special))

    def _draw(self, rule: str, position: int) -> None:
        if rule == ALWAYS:
            rule = "Mo-Su 00:00-24:00"
        for part_number, part in enumerate(_AND.split(rule)):
            found = SEASON.match(part)
            selector, rest = (found["season"], found["rest"]) if found else ("", part)
            numbers, holidays, day = _read_rule(rest)
            if any(holidays or set(numbers) & _weekdays_of(rule) for rule in self.other):
                raise _CannotDraw  # an undrawn rule before it speaks of the same days: they would be turned round
            added = part_number > 0
            if selector and holidays:
                raise _CannotDraw
            if selector:
                self._draw_season(selector, numbers, day, position, added=added)
            else:
                self._draw_usual(numbers, day, position, added=added)
                if holidays:
                    self._draw_holidays(day, added=added)

    def _draw_usual(self, numbers: list[int], day: Day, position: int, *, added: bool) -> None:
        if self.seasons and numbers:
            raise _CannotDraw
        for number in numbers:
            if added:
                self.week.add(number, day, position)
                if (held := self.on_holidays[number]) is not None:
                    self.on_holidays[number] = merged([*held, *day])
            else:
                self.week.put(number, day, position)
                self.on_holidays[number] = None

    def _draw_holidays(self, day: Day, *, added: bool) -> None:
        for number, held in enumerate(self.on_holidays):
            usual = (self.week.day(number) or CLOSED) if held is None else held
            if added and not day and usual:
                raise _CannotDraw
            self.on_holidays[number] = merged([*usual, *day]) if added else day

    def _draw_season(self, selector: str, numbers: list[int], day: Day, position: int, *, added: bool) -> None:
        if any(held is not None for held in self.on_holidays):
            raise _CannotDraw  # it would open holidays again
        names = list(self.seasons)
        after = names[names.index(selector) + 1 :] if selector in names else []
        before = [name for name in names if name != selector and name not in after] if added else []
        if any(days_of(name) & days_of(selector) for name in [*before, *after]):
            raise _CannotDraw
        season = self.seasons.setdefault(selector, _Days())
        for number in numbers:
            if added:
                season.add(number, day, position, self.week.day(number) or CLOSED)
            else:
                season.put(number, day, position)


def _read_rule(text: str) -> tuple[list[int], bool, Day]:
    found = _RULE.match(text.strip())
    if found is None:
        raise _CannotDraw
    days = weekly.read_days((found["days"] or "").strip())
    times = CLOSED if found["times"] in _CLOSED else weekly.read_times(found["times"])
    if days is None or times is None:
        raise _CannotDraw
    return *days, times


def _weekdays_of(rule: str) -> set[int]:
    """The weekdays that an undrawn rule may speak of; all of them when it names none, or speaks of dates."""
    plain = re.sub(r'"[^"]*"', "", rule)
    if re.search(r"PH|SH|easter|" + "|".join(_MONTHS), plain):
        return set(range(7))
    return {number for days in _weekday_lists(plain) for number in days} or set(range(7))


def _weekday_lists(text: str) -> Iterator[list[int]]:
    for found in _WEEKDAY.finditer(text):
        days = weekly.read_days(found[0])
        if days is not None:
            yield days[0]
