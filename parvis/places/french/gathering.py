"""Tokens gathered into days, seasons, spans of hours and limits: the grammar's lower half."""

from collections.abc import Callable
from dataclasses import dataclass, field

from parvis.places.french.items import (
    HOLIDAY,
    Bound,
    Date,
    DateRange,
    Days,
    Hours,
    Item,
    Limit,
    Mark,
    Odd,
    Ref,
    Season,
    Spans,
    Words,
)
from parvis.places.french.vocabulary import MIDDAY, Kind
from parvis.places.french.words import Token

_JOINS = (Kind.COMMA, Kind.AND, Kind.SMALL, Kind.ALSO, Kind.FILLER, Kind.STOP)
_TOWARDS = (Kind.TO, Kind.DASH, Kind.UNTIL)
_MARKS = (
    *(Kind.OPEN, Kind.CLOSED, Kind.EXCEPT, Kind.ALSO, Kind.LATE, Kind.LEFT, Kind.RIGHT),
    *(Kind.COMMA, Kind.AND, Kind.COLON, Kind.DASH, Kind.APPOINTMENT, Kind.NO_MATTER),
)
_SILENT = (Kind.SMALL, Kind.FILLER, Kind.WEEKLY, Kind.STOP, Kind.OF_MONTH, Kind.BETWEEN)


@dataclass(slots=True)
class Gatherer:
    """Walks over the tokens of a sentence; every ``_x`` method takes what it can at ``at``, or nothing."""

    tokens: list[Token]
    at: int = 0
    items: list[Item] = field(default_factory=list)

    def gather(self) -> list[Item]:
        """All the items, in order."""
        takers: tuple[Callable[[], Item | None], ...] = (self._spans, self._days, self._season, self._bound, self._one)
        while self.at < len(self.tokens):
            before = self.at
            for take in takers:
                if item := take():
                    self._keep(item)
                    break
                self.at = before
            else:
                self.at = before + 1
        return self.items

    def _keep(self, item: Item) -> None:
        last = self.items[-1] if self.items else None
        if isinstance(item, Words) and isinstance(last, Words):
            self.items[-1] = Words(last.start, item.end, last.first)
        else:
            self.items.append(item)

    def _peek(self, ahead: int = 0) -> Kind | None:
        place = self.at + ahead
        return self.tokens[place].kind if place < len(self.tokens) else None

    def _skip(self, *kinds: Kind) -> None:
        while self._peek() in kinds:
            self.at += 1

    def _next(self) -> Token:
        self.at += 1
        return self.tokens[self.at - 1]

    # hours

    def _spans(self) -> Spans | None:
        begin = self.at
        if self._peek() is Kind.ROUND_THE_CLOCK:
            token = self._next()
            return Spans(token.start, token.end, (Hours(0, 24 * 60),))
        hours: list[Hours] = []
        end = self.at
        while (span := self._span()) is not None:
            hours.append(span)
            end = self.at
            self._skip(Kind.COMMA, Kind.AND, Kind.DASH, Kind.FILLER)
        self.at = end
        return Spans(self.tokens[begin].start, self.tokens[end - 1].end, tuple(hours)) if hours else None

    def _span(self) -> Hours | None:
        self._skip(Kind.SMALL)
        label = self._label()
        self._skip(Kind.SMALL, Kind.SINCE, Kind.FILLER)
        loose = self._peek() is Kind.BETWEEN or (self.at > 0 and self._peek(-1) is Kind.SMALL)
        self._skip(Kind.BETWEEN)
        start = self._clock(self._peek(1) in _TOWARDS and self._peek(2) is Kind.TIME)
        if start is None:
            return None
        limits = self._limits(is_end=False)
        if self._peek() in _TOWARDS:
            self._skip(*_TOWARDS, Kind.SMALL)
        elif loose and self._peek() is Kind.AND and self._peek(1) is Kind.TIME and self._peek(2) not in _TOWARDS:
            self.at += 1  # "de 13h30 et 18h30"
        elif self._peek() is Kind.AND and self.tokens[self.at].word == "/" and self._peek(1) is Kind.TIME:
            self.at += 1  # "10h/19h"
        else:
            return None
        end = self._clock(number_too=True)
        if end is None:
            return None
        return Hours(start, end, label, limits + self._limits(is_end=True))

    def _label(self) -> int | None:
        """``le midi``, ``après-midi :`` before hours."""
        kind = self._peek()
        if kind is Kind.PART or (kind is Kind.NOON and self._peek(1) not in _TOWARDS):
            token = self._next()
            self._skip(Kind.COLON, Kind.SMALL, Kind.COMMA)
            return MIDDAY if kind is Kind.NOON else token.value
        return None

    def _clock(self, number_too: bool) -> int | None:
        kind = self._peek()
        if kind in (Kind.TIME, Kind.NOON):
            return self._next().value
        if kind is Kind.NUMBER and number_too and self.tokens[self.at].value <= 24:
            return self._next().value * 60
        return None

    def _limits(self, *, is_end: bool) -> tuple[Limit, ...]:
        """``(16h le vendredi)``, ``(jusqu'à 20h le jeudi)``, ``(dès 9h le samedi)`` right after a time."""
        limits: list[Limit] = []
        while self._peek() is Kind.LEFT:
            before = self.at
            self.at += 1
            limit = self._limit(is_end)
            if limit is None or self._peek() is not Kind.RIGHT:
                self.at = before
                break
            self.at += 1
            limits.append(limit)
        return tuple(limits)

    def _limit(self, is_end: bool) -> Limit | None:
        self._skip(Kind.STOP)
        begin = self.at
        days = self._days()
        if self._peek() in (Kind.UNTIL, Kind.CLOSED):
            is_end = True
        elif self._peek() in (Kind.SINCE, Kind.OPEN):
            is_end = False
        self._skip(Kind.UNTIL, Kind.CLOSED, Kind.SINCE, Kind.OPEN, Kind.TO, Kind.SMALL)
        if self._peek() is not Kind.TIME:
            return None
        at = self._next().value
        days = days or self._days()
        self._skip(Kind.STOP, Kind.FILLER)
        if days is None:
            return None
        return Limit(is_end, at, days.refs, (self.tokens[begin].start, self.tokens[self.at - 1].end))

    def _bound(self) -> Bound | None:
        """A limit outside brackets: ``jusqu'à 21h``, ``ouverture à 9h``, ``, 23h les week-ends``."""
        begin = self.tokens[self.at]
        kind = begin.kind
        if kind is Kind.TIME:
            after = Gatherer(self.tokens, self.at + 1)._days()
            if after is None or self.at == 0 or self._peek(-1) not in (Kind.COMMA, Kind.LEFT, Kind.AND):
                return None
            self.at += 1
            return Bound(begin.start, begin.end, True, begin.value)
        if kind not in (Kind.UNTIL, Kind.SINCE, Kind.OPEN, Kind.CLOSED):
            return None
        self.at += 1
        if kind in (Kind.OPEN, Kind.CLOSED) and self._peek() not in (Kind.TO, Kind.SINCE):
            return None
        self._skip(Kind.TO, Kind.SMALL, Kind.SINCE)
        if self._peek() not in (Kind.TIME, Kind.NOON) or self._peek(1) in _TOWARDS:
            return None
        token = self._next()
        return Bound(begin.start, token.end, kind in (Kind.UNTIL, Kind.CLOSED), token.value)

    # days

    def _days(self) -> Days | None:
        self._skip(Kind.SMALL)
        begin, end = self.at, self.at
        refs: list[Ref] = []
        daily = self._peek() is Kind.DAILY
        added = False
        while (some := self._some_days()) is not None:
            refs += some
            end = self.at
            joins = self.at
            self._skip(*_JOINS)
            added = added or any(t.kind is Kind.ALSO for t in self.tokens[joins : self.at])
            if self._is_slash_between(joins, refs):
                self.at = end
                return None
        self.at = end
        if not refs:
            return None
        return self._checked_days(begin, end, refs, daily=daily, added=added)

    def _checked_days(self, begin: int, end: int, refs: list[Ref], *, daily: bool, added: bool) -> Days | None:
        start, finish = self.tokens[begin].start, self.tokens[end - 1].end
        named = refs[7:] if daily else []
        if daily and named and not added and any(r.day != HOLIDAY for r in named):
            return Days(start, finish, tuple(named), whole_week=True)  # "7j/7 du lundi au samedi ... le dimanche ..."
        if added and not {r.day for r in refs} >= set(range(HOLIDAY)):
            refs = [r for r in refs if r.day != HOLIDAY] or refs  # "du lundi au samedi, y compris les jours fériés"
        seen: dict[tuple[int, int | None, tuple[int, ...]], Ref] = {(r.day, r.part, r.ranks): r for r in refs}
        if len(seen) < len(refs) and not (daily and added):
            return None
        return Days(start, finish, tuple(seen.values()))

    def _is_slash_between(self, joins: int, refs: list[Ref]) -> bool:
        """``lundi/vendredi`` may be two days or five."""
        if joins == self.at or self.tokens[joins].word != "/":
            return False
        after = Gatherer(self.tokens, self.at)._some_days()
        return after is not None and (after[0].day - refs[-1].day) % 7 != 1

    def _some_days(self) -> list[Ref] | None:
        """One day, one range, "le week-end", "les 2e et 4e jeudis du mois"."""
        before = self.at
        kind = self._peek()
        plain = {
            Kind.WEEKEND: [5, 6],
            Kind.WORKDAYS: [0, 1, 2, 3, 4],
            Kind.DAILY: list(range(7)),
            Kind.HOLIDAYS: [HOLIDAY],
        }
        if kind in plain:
            self.at += 1
            return [Ref(day) for day in plain[kind]]
        ranks = self._ranks()
        if self._peek() is not Kind.DAY:
            self.at = before
            return None
        first = self._next().value
        if self._peek() in (Kind.NUMBER, Kind.RANK) and self._peek(1) in (Kind.MONTH, Kind.AND, Kind.COMMA):
            self.at = before  # "samedi 15 mars": one day of one year
            return None
        part = self._part()
        self._skip(Kind.OF_MONTH)
        if ranks:
            return [Ref(first, part, "", ranks)]
        return self._range_from(first, part)

    def _range_from(self, first: int, part: int | None) -> list[Ref] | None:
        """``lundi``, or ``lundi après-midi au samedi midi``."""
        place = self.at
        if self._peek() in _TOWARDS:
            self._skip(*_TOWARDS, Kind.SMALL)
            if self._peek() is Kind.DAY:
                last = self._next().value
                if self._peek() is Kind.DASH and self._peek(1) is Kind.DAY:
                    return None  # "lundi - mercredi - vendredi"
                if first == last:
                    return None
                days = [(first + n) % 7 for n in range((last - first) % 7 + 1)]
                refs = [Ref(day) for day in days]
                refs[0] = Ref(first, part, "first" if part is not None else "")
                ends = self._part()
                if ends is not None:
                    refs[-1] = Ref(last, ends, "last")
                return refs
        self.at = place
        return [Ref(first, part)]

    def _ranks(self) -> tuple[int, ...]:
        ranks: list[int] = []
        place = self.at
        while self._peek() is Kind.RANK:
            ranks.append(self._next().value)
            place = self.at
            self._skip(Kind.AND, Kind.COMMA, Kind.SMALL)
        self.at = place
        return tuple(dict.fromkeys(ranks))

    def _part(self) -> int | None:
        if self._peek() is Kind.PART:
            return self._next().value
        if self._peek() is Kind.NOON and not (self._peek(1) in _TOWARDS and self._peek(2) in (Kind.TIME, Kind.NUMBER)):
            self.at += 1
            return MIDDAY
        return None

    # seasons

    def _season(self) -> Season | None:
        self._skip(Kind.SMALL)
        begin, end = self.at, self.at
        ranges: list[DateRange] = []
        while (some := self._date_range()) is not None:
            ranges.append(some)
            self._skip(Kind.FILLER)
            end = self.at
            self._skip(*_JOINS)
        self.at = end
        if not ranges or self._peek() is Kind.NUMBER:  # a year: "31 août 2014"
            return None
        is_date = any(first == last and first[1] for first, last in ranges)
        return Season(self.tokens[begin].start, self.tokens[end - 1].end, tuple(ranges), is_date)

    def _date_range(self) -> DateRange | None:
        place = self.at
        first = self._date()
        if first is None:
            return self._days_of_one_month()
        place = self.at
        self._skip(Kind.FILLER)
        if self._peek() in _TOWARDS:
            self._skip(*_TOWARDS, Kind.SMALL, Kind.FILLER)
            last = self._date()
            if last is not None and bool(last[1]) == bool(first[1]):
                return first, last
        self.at = place
        return first, first

    def _date(self) -> Date | None:
        if self._peek() is Kind.MONTH:
            return self._next().value, 0
        if self._peek() in (Kind.NUMBER, Kind.RANK) and self._peek(1) is Kind.MONTH:
            day = self._next().value
            if 1 <= day <= 31:
                return self._next().value, day
        return None

    def _days_of_one_month(self) -> DateRange | None:
        """``du 1er au 15 août``."""
        if self._peek() not in (Kind.NUMBER, Kind.RANK) or self._peek(1) not in (Kind.TO, Kind.DASH):
            return None
        first = self._next().value
        self._skip(Kind.TO, Kind.DASH)
        last = self._date()
        return ((last[0], first), last) if last and last[1] > first >= 1 else None

    # the rest

    def _one(self) -> Item | None:
        token = self._next()
        if token.kind in _MARKS:
            return Mark(token.start, token.end, token.kind)
        if token.kind in _SILENT:
            return None
        if token.kind in (Kind.WORD, Kind.NUMBER, Kind.TO, Kind.RANK, Kind.SINCE):
            return Words(token.start, token.end, token.word)
        return Odd(token.start, token.end)
