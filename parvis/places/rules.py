"""The rules of an ``opening_hours`` value, read by ``opening-hours-py`` and put right where towns would notice. Pure.

Four things are put right, each found in real values:

- ``Mo, We 09:00-12:00``: with a space after the comma the parser takes Monday for a rule of its own, open all day;
- ``Fr-Sa 18:00-02:00; Su-Th 18:00-01:00``: it closes Saturday's night at midnight, because Sunday has a rule too. A
  night belongs to the day on which it begins, so nights are read apart, as the early hours of the day before;
- ``10:00-12:00 "by appointment"``: a comment without a state means that one cannot be sure (the specification says
  unknown), the parser says open;
- ``Mo-Fr 08:00-12:00 || Sa 09:00-10:00``: what holds where nothing else does, which it applies to whole days.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache, reduce
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours, State

from parvis.core.geo import Point

type Stretch = tuple[datetime, datetime, bool | None, str]  # from, to (UTC), open, what is said of it

LONGEST = 1000
_OUTSIDE = r'(?=(?:[^"]*"[^"]*")*[^"]*$)'  # not inside quotes
_FALLBACK = re.compile(rf"\|\|{_OUTSIDE}")
_RULE = re.compile(rf";{_OUTSIDE}")
_ADDED = re.compile(rf"(?<=[\d+)wnkt]),\s+(?=(?:[A-Z][a-z]|PH|SH|week|easter)){_OUTSIDE}")
_DAY = r"(?:Mo|Tu|We|Th|Fr|Sa|Su|PH|SH)(?:\[[-\d,]+\])?"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?: \d{1,2})?"
_LISTED = re.compile(
    rf"(?<![\w-])({_DAY}(?:-{_DAY})?|{_MONTH}(?: ?- ?(?:{_MONTH}|\d{{1,2}}))?)\s*,\s+(?={_DAY}|{_MONTH}){_OUTSIDE}"
)
_BARE_COMMENT = re.compile(rf'(?<!open)(?<!closed)(?<!off)(?<!unknown)(?<!\s)\s*("[^"]*"){_OUTSIDE}')
# "PH Mo-Fr" means the holidays among these days; the parser takes both.
_HOLIDAYS_AMONG = re.compile(rf"\b[PS]H (?:[-+]\d+ days? )?(?:{_DAY})|\b(?:{_DAY}) [PS]H\b{_OUTSIDE}")
_SPAN = re.compile(rf"(\d{{1,2}}):(\d\d)\s*-\s*(\d{{1,2}}):(\d\d)(\+?)(?!\d|/){_OUTSIDE}")
_TIMES = re.compile(r"\d{1,2}:\d\d|sun(?:rise|set)|dawn|dusk")
_STATE = re.compile(rf"\b(?:open|closed|off|unknown)\b{_OUTSIDE}|\"")
_DAY_MINUTES = 24 * 60
_PLAIN = ZoneInfo("UTC")  # a clock without summer time


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules understood. ``nights`` are the hours after midnight, kept as if they lay before that day's dawn."""

    days: OpeningHours
    nights: OpeningHours | None
    otherwise: tuple["Rules", ...]
    zone: ZoneInfo

    def stretches(self, first_day: date, end: datetime) -> Iterator[Stretch]:
        """Stretches of one state, from noon of ``first_day`` (never an hour that happens twice) to ``end``, in UTC."""
        found = self._own(first_day, end)
        if self.otherwise:
            first, *others = (fallback.stretches(first_day, end) for fallback in self.otherwise)
            found = _overlaid(found, reduce(_overlaid, others, first), is_fallback=True)
        return _joined(found)

    def _own(self, first_day: date, end: datetime) -> Iterator[Stretch]:
        noon = datetime.combine(first_day, time(12), tzinfo=self.zone)
        days = _states(self.days, noon, end.astimezone(self.zone))
        if self.nights is None:
            return days
        return _overlaid(days, self._nights(self.nights, first_day, end))

    def _nights(self, nights: OpeningHours, first_day: date, end: datetime) -> Iterator[Stretch]:
        """What the day before left open; its clock knows no summer time before the night is in its place."""
        noon = datetime.combine(first_day - timedelta(days=1), time(12), tzinfo=_PLAIN)
        local_end = end.astimezone(self.zone).replace(tzinfo=_PLAIN)
        for start, until, state, comment in _states(nights, noon, local_end):
            begins, ends = _moment(start, self.zone), _moment(until, self.zone)
            if begins < ends:
                yield begins, ends, state, comment


@lru_cache(maxsize=8192)
def rules_of(text: str, country: str, zone: ZoneInfo, point: Point | None) -> Rules | None:
    """The rules of ``text``, or None when it is not understood. A country that nobody knows has no public holidays."""
    if not text.strip() or len(text) > LONGEST or _HOLIDAYS_AMONG.search(text):
        return None
    try:
        OpeningHours(text)  # what is put right below must not make sense of nonsense
        usual, *otherwise = [_parsed(part, country, zone, point) for part in _FALLBACK.split(text)]
    except Exception:  # the parser's own errors share no useful base; a country it does not know is one of them
        return rules_of(text, "", zone, point) if country else None
    return Rules(usual.days, usual.nights, tuple(otherwise), zone)


def _parsed(text: str, country: str, zone: ZoneInfo, point: Point | None) -> Rules:
    plain = _BARE_COMMENT.sub(r" unknown \1", _LISTED.sub(r"\1,", text)).strip()
    where = (point.lat, point.lon) if point else None
    days, nights = _split_nights(plain)
    return Rules(
        OpeningHours(days, timezone=zone, country=country or None, coords=where, auto_country=False),
        OpeningHours(nights, timezone=_PLAIN, country=country or None, auto_country=False) if nights else None,
        (),
        zone,
    )


def _split_nights(text: str) -> tuple[str, str]:
    """``Fr 18:00-02:00; Sa off`` → ``Fr 18:00-24:00; Sa off`` and, for the nights, ``Fr 00:00-02:00; Sa off``.

    Nothing is split where no night is long, or where hours are closed within a day ("Sa 02:00-03:00 off").
    """
    rules = [rule for rule in _RULE.split(text) if rule.strip()]
    if not any(_is_night(found) for found in _SPAN.finditer(text)):
        return text, ""
    if any(_TIMES.search(rule) and re.search(rf"\b(?:off|closed)\b{_OUTSIDE}", rule) for rule in rules):
        return text, ""
    days = _SPAN.sub(lambda f: f"{f[1]}:{f[2]}-24:00" if _is_night(f) else f[0], text)
    nights = []
    for rule in rules:
        kept = [
            night for n, part in enumerate(_ADDED.split(rule)) if (night := _night_of(part.strip(), is_added=n > 0))
        ]
        nights.append(", ".join(kept))
    return days, "; ".join(night for night in nights if night)


def _is_night(span: re.Match[str]) -> bool:
    start, end = int(span[1]) * 60 + int(span[2]), int(span[3]) * 60 + int(span[4])
    return end <= start or end > _DAY_MINUTES


def _night_of(rule: str, *, is_added: bool) -> str:
    """The hours after midnight of one rule; a rule without any closes the nights of its days, unless it only adds."""
    times = _TIMES.search(rule)
    state = _STATE.search(rule)
    start = min(found.start() for found in (times, state) if found) if times or state else len(rule)
    selector = rule[:start].strip().removesuffix("24/7").strip()
    ends = [int(f[3]) * 60 + int(f[4]) for f in _SPAN.finditer(rule) if _is_night(f)]
    if not ends:
        return "" if is_added else f"{selector} off".strip()
    spans = ",".join(_night_span(end) for end in ends if end)
    if not spans:
        return "" if is_added else f"{selector} off".strip()
    return f"{selector} {spans} {rule[state.start() :] if state else ''}".strip()


def _night_span(end: int) -> str:
    minutes = end - _DAY_MINUTES if end > _DAY_MINUTES else end
    return f"00:00-{minutes // 60:02d}:{minutes % 60:02d}"


def _states(rules: OpeningHours, start: datetime, end: datetime) -> Iterator[Stretch]:
    for begins, until, state, comment in rules.intervals(start, end):
        if begins.astimezone(UTC) >= until.astimezone(UTC):
            continue  # half past two to three, in the night in which three follows two
        is_open = {State.OPEN: True, State.CLOSED: False}.get(state)
        yield begins.astimezone(UTC), until.astimezone(UTC), is_open, comment


def _moment(clock: datetime, zone: ZoneInfo) -> datetime:
    """A day after ``clock``, as a clock of the zone shows it; an hour that is left out ends as it begins."""
    local = clock.replace(tzinfo=None) + timedelta(days=1)
    moment = local.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != local:
        return moment.replace(minute=0, second=0, microsecond=0)
    return moment


def _overlaid(base: Iterator[Stretch], over: Iterator[Stretch], *, is_fallback: bool = False) -> Iterator[Stretch]:
    """``base``, and where it is closed what ``over`` says. A fallback's "perhaps" is closed, with its words."""
    top = next(over, None)
    for start, end, state, comment in base:
        at = start
        while at < end:
            while top is not None and top[1] <= at:
                top = next(over, None)
            if state is not False or top is None or top[0] >= end:
                yield at, end, state, comment
                break
            until = min(end, top[1]) if top[0] <= at else top[0]
            if top[0] > at or top[2] is False:
                yield at, until, state, comment
            elif top[2] is None and is_fallback:
                yield at, until, False, comment or top[3]
            else:
                yield at, until, top[2], top[3]
            at = until


def _joined(stretches: Iterator[Stretch]) -> Iterator[Stretch]:
    """Stretches of one state that touch are one."""
    last: Stretch | None = None
    for stretch in stretches:
        if last is not None and last[1] >= stretch[0] and last[2:] == stretch[2:]:
            last = (last[0], stretch[1], last[2], last[3])
            continue
        if last is not None:
            yield last
        last = stretch
    if last is not None:
        yield last
