"""When a place is open: OpenStreetMap's ``opening_hours``, read by a real parser, with closures on top.

Pure: no database, no clock. Moments go in aware and come out in UTC. Whatever is written in ``opening_hours``,
nothing is raised: what cannot be understood is *unknown*, which is not the same as closed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from parvis.core.geo import Point
from parvis.core.time import day_bounds, day_of
from parvis.places.rules import Rules, rules_of

type Span = tuple[datetime, datetime]
type ClosedDays = tuple[date, date, str]

MORNING = time(6)  # what is open past midnight until then still belongs to the evening before
LOOK_AHEAD = timedelta(days=90)
SKIPPED = timedelta(days=7)  # closures longer than this are not walked through stretch by stretch
LATEST = date(9990, 1, 1)  # later days leave no room for the day after
_UTC = ZoneInfo("UTC")
_SUN = ("sun", "dawn", "dusk")


@dataclass(frozen=True, slots=True)
class OpenStatus:
    """Whether a place is open (None: unknown), until when (None: no change in sight), and what it says of it."""

    is_open: bool | None
    until: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DayHours:
    """A day's opening; ``spans`` empty means closed, and ``reason`` may say why."""

    day: date
    spans: list[Span]
    reason: str = ""


UNKNOWN = OpenStatus(None)


def is_readable(text: str, country: str = "") -> bool:
    """Whether ``text`` is understood, not only kept."""
    return _rules(text, country, _UTC, None) is not None


def status(
    opening_hours: str,
    closures: Iterable[ClosedDays],
    at: datetime,
    zone: ZoneInfo,
    country: str,
    point: Point | None = None,
) -> OpenStatus:
    """How things stand at ``at``. ``closures`` are (first day, last day, reason), both days closed.

    What lies inside a long closure is not read: a closure of years costs what one of a day costs.
    """
    closed_days = _sound(closures)
    rules = _rules(opening_hours, country, zone, point)
    if rules is None:
        return _closed_by_notice(closed_days, at, zone) or UNKNOWN
    today = day_of(at, zone)
    last_closed = max((last for _, last, _ in closed_days if last >= today), default=today)
    horizon = day_bounds(last_closed, zone)[1] + LOOK_AHEAD
    reason = ""
    windows = _windows(closed_days, today, horizon, zone)
    for start, end, state, comment in (found for window in windows for found in rules.stretches(*window)):
        if start <= at < end:
            if state is None:
                return _closed_by_notice(closed_days, at, zone) or OpenStatus(None, None, comment)
            reason = comment
        if state is not True:
            continue
        for opens, closes in _less_closures((start, end), closed_days, zone):
            if opens <= at < closes:
                return OpenStatus(True, closes if closes < horizon else None, comment)
            if opens > at:
                return OpenStatus(False, opens, _reason_on(closed_days, today) or reason)
    return OpenStatus(False, None, _reason_on(closed_days, today) or reason)


def day_spans(
    opening_hours: str,
    day: date,
    closures: Iterable[ClosedDays],
    zone: ZoneInfo,
    country: str,
    point: Point | None = None,
) -> list[Span]:
    """The stretches of ``day`` in which a place is open, in order; one may end after midnight."""
    rules = _rules(opening_hours, country, zone, point)
    if rules is None:
        return []
    midnight, next_midnight = day_bounds(day, zone)
    next_morning = datetime.combine(day + timedelta(days=1), MORNING, tzinfo=zone)
    closed_days = _sound(closures)
    spans = []
    two_days_on = next_midnight + timedelta(days=1)
    for start, end, state, _ in rules.stretches(day - timedelta(days=1), two_days_on):
        if state is not True:
            continue
        for opens, closes in _less_closures((start, end), closed_days, zone):
            if opens < midnight and closes <= datetime.combine(day, MORNING, tzinfo=zone):
                continue  # the end of last evening
            begins = max(opens, midnight)
            ends = closes if closes <= next_morning else next_midnight
            if begins < next_midnight and ends > begins:
                spans.append((begins, ends))
    return spans


def open_stretches(
    opening_hours: str,
    closures: Iterable[ClosedDays],
    between: Span,
    zone: ZoneInfo,
    country: str,
    point: Point | None = None,
) -> list[Span]:
    """Every open stretch that begins or lasts ``between`` two moments, whole days long where it never shuts.

    Stretches that touch are one; each is cut at the two moments.
    """
    rules = _rules(opening_hours, country, zone, point)
    if rules is None:
        return []
    begin, finish = between
    closed_days = _sound(closures)
    found: list[Span] = []
    for start, end, state, _ in rules.stretches(day_of(begin, zone) - timedelta(days=1), finish):
        if state is not True:
            continue
        for opens, closes in _less_closures((start, end), closed_days, zone):
            opens, closes = max(opens, begin), min(closes, finish)
            if opens >= closes:
                continue
            if found and found[-1][1] >= opens:
                found[-1] = (found[-1][0], max(found[-1][1], closes))
            else:
                found.append((opens, closes))
    return found


def week_table(
    opening_hours: str,
    first_day: date,
    closures: Iterable[ClosedDays],
    zone: ZoneInfo,
    country: str,
    point: Point | None = None,
) -> list[DayHours]:
    """Seven days from ``first_day``."""
    closed_days = _sound(closures)
    days = [first_day + timedelta(days=n) for n in range(7)]
    return [
        DayHours(
            day,
            day_spans(opening_hours, day, closed_days, zone, country, point),
            _reason_on(closed_days, day),
        )
        for day in days
    ]


def _rules(text: str, country: str, zone: ZoneInfo, point: Point | None) -> Rules | None:
    """The rules of ``text``, or None. Only hours that follow the sun need to know where they are."""
    sunny = point if any(word in text for word in _SUN) else None
    return rules_of(text.strip(), country.upper(), zone, sunny)


def _sound(closures: Iterable[ClosedDays]) -> list[ClosedDays]:
    """The closures, none at the very end of the calendar, where there is no day after."""
    return [(min(first, LATEST), min(last, LATEST), reason) for first, last, reason in closures]


def _windows(
    closures: list[ClosedDays], today: date, horizon: datetime, zone: ZoneInfo
) -> Iterator[tuple[date, datetime]]:
    """What is left to read from yesterday to ``horizon`` around the long closures: (first day, end) in order.

    The first window holds all of today, whose words are said even when it is closed. Each ends at noon of a first
    closed day and begins again at noon of the last one, so that nights at both ends are whole.
    """
    begin, at_least = today - timedelta(days=1), day_bounds(today, zone)[1]
    for first, last in _merged((first, last) for first, last, _ in closures if last >= today):
        if last - first < SKIPPED:
            continue
        yield begin, max(datetime.combine(first, time(12), tzinfo=zone).astimezone(UTC), at_least)
        begin, at_least = last, day_bounds(last, zone)[1]
    yield begin, horizon


def _merged(days: Iterable[tuple[date, date]]) -> list[tuple[date, date]]:
    """Closed days in order, those that touch or overlap made one."""
    found: list[tuple[date, date]] = []
    for first, last in sorted(days):
        if found and first <= found[-1][1] + timedelta(days=1):
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def _less_closures(span: Span, closures: list[ClosedDays], zone: ZoneInfo) -> list[Span]:
    """What remains of an open stretch; an evening that began before the closed days may end past midnight."""
    pieces = [span]
    for first, last, _ in closures:
        shut = datetime.combine(first, time.min, tzinfo=zone).astimezone(UTC)
        reopens = day_bounds(last, zone)[1]
        dawn = datetime.combine(first, MORNING, tzinfo=zone).astimezone(UTC)
        dawn_after = datetime.combine(last + timedelta(days=1), MORNING, tzinfo=zone).astimezone(UTC)
        kept: list[Span] = []
        for start, end in pieces:
            if end <= shut or start >= reopens or (start < shut and end <= dawn):
                kept.append((start, end))
                continue
            if start < shut:
                kept.append((start, shut))
            if end > dawn_after:
                kept.append((reopens, end))
        pieces = kept
    return pieces


def _reason_on(closures: list[ClosedDays], day: date) -> str:
    return next((reason for first, last, reason in closures if first <= day <= last), "")


def _closed_by_notice(closures: list[ClosedDays], at: datetime, zone: ZoneInfo) -> OpenStatus | None:
    """Closed days are certain even where the usual hours are not known; what comes after is not."""
    today = day_of(at, zone)
    if any(first <= today <= last for first, last, _ in closures):
        return OpenStatus(False, None, _reason_on(closures, today))
    return None
