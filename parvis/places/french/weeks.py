"""From what was said to exact hours: a week for every season, holidays, closed times. Doubt is an error here."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from parvis.places.french.account import Account, Clause, Exclusion, Fragment
from parvis.places.french.items import HOLIDAY, DateRange, Hours, Limit, Ref, fits, in_order

WEEK = range(7)
DAY = 24 * 60
_MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
type Span = tuple[int, int]  # minutes; past midnight the end is above 1440
type SeasonKey = tuple[DateRange, ...]  # empty: all year


class Unclear(Exception):
    """The text can be understood in more than one way, or contradicts itself."""


@dataclass(slots=True)
class Said:
    """The hours of one day, and by which clause."""

    spans: tuple[Span, ...]
    clause: Clause
    words: str = ""


@dataclass(slots=True)
class Timetable:
    """The whole: ``weeks`` by season (the empty one holds all year), days of the month, closed times."""

    weeks: dict[SeasonKey, dict[int, Said]] = field(default_factory=dict)
    ranked: list[tuple[SeasonKey, Ref, tuple[Span, ...], str]] = field(default_factory=list)
    closed_seasons: list[DateRange] = field(default_factory=list)
    holidays_closed: bool = False


def timetable_of(account: Account) -> Timetable:
    """The hours that ``account`` says; ``Unclear`` when it leaves a doubt."""
    if account.subjects and len({id(c.hours) for c in account.clauses}) > 1 and account.subjects > 1:
        raise Unclear("several things have hours")
    if account.places and len(account.clauses) > 1 and account.places > 1:
        raise Unclear("several places have hours")
    table = Timetable()
    _give_days(account)
    _set_aside_limits(account)
    for clause in account.clauses:
        if clause.by_exception and any(clause.hours == other.hours for other in account.clauses if other is not clause):
            raise Unclear("except the same hours")
        _add(table, clause)
    for limit in account.limits:
        _apply_everywhere(table, limit)
    for exclusion in account.exclusions:
        _exclude(table, exclusion)
    _check(table, account)
    return table


def _set_aside_limits(account: Account) -> None:
    """ "(jusqu'à 17h le samedi)" where Saturday has no hours is left unread."""
    known = {ref.day for clause in account.clauses for ref in clause.refs or ()}
    inner = [limit for clause in account.clauses for hour in clause.hours for limit in hour.limits]
    lost = [limit for limit in (*account.limits, *inner) if {ref.day for ref in limit.refs}.isdisjoint(known)]
    account.fragments += [Fragment(*limit.place, limit.refs) for limit in lost]
    account.limits = [limit for limit in account.limits if limit not in lost]
    for clause in account.clauses:
        days = {ref.day for ref in clause.refs or ()}
        for limit in (limit for hour in clause.hours for limit in hour.limits if limit not in lost):
            if not {ref.day for ref in limit.refs} <= days:
                raise Unclear("other hours for a day of other hours")


def _give_days(account: Account) -> None:
    """Hours without days hold every day of their season, or on the days that are not closed; else it is a guess."""
    dayless = [clause for clause in account.clauses if clause.refs is None]
    if not dayless:
        return
    shut = [e for e in account.exclusions if e.refs and not e.hours and any(r.day != HOLIDAY for r in e.refs)]
    named = [c for c in account.clauses if c.refs is not None]
    partial = any({r.day for r in c.refs or ()} - {HOLIDAY} != set(WEEK) for c in named)
    for clause in dayless:
        round_the_clock = any((h.start, h.end) == (0, DAY) for h in clause.hours)
        if clause.season is None and not shut and not (round_the_clock and len(account.clauses) == 1):
            raise Unclear("the days are not said")
        if clause.season is not None and partial:
            raise Unclear("the days of this season may be those of another")
        closed = {r.day for e in shut if e.season is None for r in e.refs or () if r.part is None and not r.ranks}
        clause.refs = tuple(Ref(day) for day in WEEK if day not in closed)
    if len(dayless) > len({c.season.ranges if c.season else () for c in dayless}):
        raise Unclear("hours twice, days never")


def _add(table: Timetable, clause: Clause) -> None:
    key = clause.season.ranges if clause.season else ()
    week = table.weeks.setdefault(key, {})
    refs = clause.refs or ()
    for ref in refs:
        spans = _spans_on(clause.hours, ref)
        if ref.ranks:
            if ref.day in week:
                raise Unclear("a day of the week, and the same day of the month")
            table.ranked.append((key, ref, spans, clause.words))
            continue
        if any(k == key and r.day == ref.day for k, r, _, _ in table.ranked):
            raise Unclear("a day of the month, and the same day of the week")
        before = week.get(ref.day)
        week[ref.day] = (
            _merged(before, Said(spans, clause, clause.words)) if before else Said(spans, clause, clause.words)
        )


def _spans_on(hours: tuple[Hours, ...], ref: Ref) -> tuple[Span, ...]:
    """The hours on one of the clause's days, with the limits of that day, in order and without nonsense."""
    spans: list[Span] = []
    for hour in hours:
        limits = [limit for limit in hour.limits if any(r.day == ref.day for r in limit.refs)]
        if spans and any(limit.is_end and limit.at == spans[-1][1] for limit in limits):
            continue  # "de 9h à 13h et de 15h à 20h (jusqu'à 13h le dimanche)"
        start, end = hour.start % DAY, hour.end
        for limit in limits:
            if spans and not limit.is_end and limit.at < spans[0][1]:  # "... et de 14h à 18h (dès 8h le lundi)"
                spans[0] = _checked(limit.at, spans[0][1])
            else:
                start, end = (start, limit.at) if limit.is_end else (limit.at, end)
        span = _checked(start, end)
        if hour.label is not None and not fits(hour.label, *span):
            raise Unclear("hours that are not of that part of the day")
        spans.append(span)
    if not in_order(spans):
        raise Unclear("hours that overlap")
    return _of_part(spans, hours, ref)


def _checked(start: int, end: int) -> Span:
    """A span as it may be: past midnight only late, never a whole night by a typing mistake."""
    if end == 0:
        end = DAY
    if end <= start:
        if end == start or end > 8 * 60 or (end > 6 * 60 and start < 17 * 60):
            raise Unclear("ends before it begins")
        end += DAY
    if end - start < 15 or (0 < start < 5 * 60 and end - start > 8 * 60):
        raise Unclear("hardly the hours that were meant")
    return start, end


def _of_part(spans: list[Span], hours: tuple[Hours, ...], ref: Ref) -> tuple[Span, ...]:
    """``dimanche matin de 9h à 12h``; ``du lundi après-midi au samedi de 9h à 12h et de 14h à 19h``."""
    if ref.part is None:
        return tuple(spans)
    matching = [n for n, span in enumerate(spans) if fits(ref.part, *span)]
    if not ref.edge or len(spans) == 1:
        labelled = all(hour.label is not None for hour in hours[1:])
        if matching[:1] != [0] or not (len(matching) == len(spans) or labelled):
            raise Unclear("hours that are not of that part of the day")
        return tuple(spans)
    if not matching:
        raise Unclear("no hours in that part of the day")
    return tuple(spans[matching[0] :] if ref.edge == "first" else spans[: matching[-1] + 1])


def _merged(before: Said, after: Said) -> Said:
    """A day that two clauses speak of: the one with fewer days knows better, unless both may hold."""
    labelled = all(h.label is not None for h in after.clause.hours) or all(
        r.part is not None for r in after.clause.refs or ()
    )
    apart = all(a[1] <= b[0] or b[1] <= a[0] for a in before.spans for b in after.spans)
    if apart and (after.clause.is_more or labelled):
        if before.words != after.words:
            raise Unclear("by appointment, and not")
        return Said(tuple(sorted((*before.spans, *after.spans))), after.clause, after.words)
    if after.clause.is_more:
        raise Unclear("more hours, and the same")
    size_before, size_after = len(before.clause.refs or ()), len(after.clause.refs or ())
    if size_before == size_after or apart:
        raise Unclear("two hours for one day")
    narrow, wide = (after, before) if size_after < size_before else (before, after)
    shared = {minute for span in narrow.spans for minute in span} & {minute for span in wide.spans for minute in span}
    if len(narrow.spans) < len(wide.spans) and shared:
        raise Unclear("part of the usual hours: instead of them, or the rest as usual?")
    if narrow.clause.by_exception and all(any(a[0] <= b[0] and b[1] <= a[1] for a in wide.spans) for b in narrow.spans):
        raise Unclear("except these hours: open or closed?")
    return narrow


def _apply_everywhere(table: Timetable, limit: Limit) -> None:
    """``jusqu'à 21h le jeudi`` for the days that have hours; with seasons it is not said which."""
    if len(table.weeks) != 1:
        raise Unclear("a limit in one of several seasons")
    [week] = table.weeks.values()
    for ref in limit.refs:
        if ref.day not in week or ref.ranks or ref.part is not None:
            raise Unclear("other hours for a day that has none")
        said = week[ref.day]
        week[ref.day] = Said(_limited(said.spans, limit), said.clause, said.words)


def _limited(spans: tuple[Span, ...], limit: Limit) -> tuple[Span, ...]:
    if limit.is_end:
        at = limit.at + DAY if limit.at <= 6 * 60 else limit.at
        kept = [span for span in spans if span[0] < at]
        if not kept or (len(kept) < len(spans) and at > kept[-1][1]) or at - kept[-1][0] < 15:
            raise Unclear("an end between the hours")
        if len(kept) > 1 and len(kept) == len(spans) and at < kept[-1][1] and at - kept[-1][0] < 60:
            raise Unclear("an end that hardly leaves an hour")
        return (*kept[:-1], (kept[-1][0], at))
    kept = [span for span in spans if span[1] > limit.at]
    if not kept or (len(kept) < len(spans) and limit.at < kept[0][0]):
        raise Unclear("a start between the hours")
    return ((limit.at, kept[0][1]), *kept[1:])


def _exclude(table: Timetable, exclusion: Exclusion) -> None:
    if exclusion.season is not None and not exclusion.refs and not exclusion.hours:
        table.closed_seasons += exclusion.season.ranges
        return
    weeks = [week for key, week in table.weeks.items() if exclusion.season is None or key == exclusion.season.ranges]
    for ref in exclusion.refs or tuple(Ref(day) for day in WEEK):
        if ref.day == HOLIDAY and ref.part is None and not exclusion.hours:
            if any(HOLIDAY in week for week in weeks):
                raise Unclear("holidays open and closed")
            table.holidays_closed = True
            continue
        if ref.ranks or ref.day == HOLIDAY:
            raise Unclear("closed on some days of the month")
        cut = 0
        for week in weeks:
            cut += _cut(week, ref, exclusion)
        if exclusion.hours and not cut and exclusion.refs:
            raise Unclear("closed at hours that are not open")


def _cut(week: dict[int, Said], ref: Ref, exclusion: Exclusion) -> int:
    """Closes a day, a part of it or some of its hours; returns how many days changed."""
    said = week.get(ref.day)
    if said is None:
        return 0
    if exclusion.hours:
        spans = said.spans
        for hour in exclusion.hours:
            spans = _less(spans, _checked(hour.start, hour.end))
    elif ref.part is not None:
        spans = tuple(span for span in said.spans if not fits(ref.part, *span))
        if len(spans) == len(said.spans):
            raise Unclear("closed for a part of the day that has no hours of its own")
    else:
        if len(said.clause.refs or ()) == 1:
            raise Unclear("hours for a day, and closed on it")
        spans = ()
    if spans:
        week[ref.day] = Said(spans, said.clause, said.words)
    else:
        del week[ref.day]
    return 1


def _less(spans: tuple[Span, ...], hole: Span) -> tuple[Span, ...]:
    """The spans without a pause; a pause that is not inside one of them is a contradiction."""
    if not any(start < hole[0] and hole[1] < end for start, end in spans):
        raise Unclear("a pause outside the hours")
    kept: list[Span] = []
    for start, end in spans:
        if start < hole[0] and hole[1] < end:
            kept += [(start, hole[0]), (hole[1], end)]
        else:
            kept.append((start, end))
    return tuple(kept)


def _check(table: Timetable, account: Account) -> None:
    if not any(table.weeks.values()) and not table.ranked:
        raise Unclear("no hours")
    if account.whole_week and any(set(week) & set(WEEK) != set(WEEK) for week in table.weeks.values()):
        raise Unclear("every day, but not every day has hours")
    seasons = [key for key in table.weeks if key]
    base = set(table.weeks.get((), {})) - {HOLIDAY}
    if any(not base <= set(table.weeks[key]) for key in seasons):
        raise Unclear("other days in a season: instead of the usual ones, or with them?")
    covered = [days_of(ranges) for ranges in seasons]
    for n, days in enumerate(covered):
        if any(days & other for other in covered[n + 1 :]):
            raise Unclear("seasons that overlap")
    if len(seasons) > 1 and () not in table.weeks:
        year = set().union(*covered) | days_of(tuple(table.closed_seasons))
        if len(year) < sum(_MONTH_DAYS):
            raise Unclear("a part of the year is left out")
    for week in table.weeks.values():
        _check_nights(week)


def _check_nights(week: dict[int, Said]) -> None:
    """A night that runs into the next morning's hours was not meant so."""
    for day in WEEK:
        tomorrow = week.get((day + 1) % 7)
        if day in week and tomorrow and week[day].spans[-1][1] - DAY > tomorrow.spans[0][0]:
            raise Unclear("a night that lasts into the morning's hours")


def days_of(ranges: Iterable[DateRange]) -> set[tuple[int, int]]:
    """The days of a leap year that the ranges hold."""
    year = [(month, day) for month, days in enumerate(_MONTH_DAYS, 1) for day in range(1, days + 1)]
    found: set[tuple[int, int]] = set()
    for first, last in ranges:
        for month, day in (first, last):
            if day > _MONTH_DAYS[month - 1]:
                raise Unclear("no such day")
        begin = year.index((first[0], first[1] or 1))
        end = year.index((last[0], last[1] or _MONTH_DAYS[last[0] - 1]))
        found |= set(year[begin : end + 1] if begin <= end else year[begin:] + year[: end + 1])
    return found
