"""A timetable written as OpenStreetMap's ``opening_hours``."""

from collections.abc import Iterable

from parvis.places.french.items import HOLIDAY, DateRange, Ref
from parvis.places.french.weeks import WEEK, Said, SeasonKey, Span, Timetable

_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ALL_DAY: tuple[Span, ...] = ((0, 24 * 60),)
type _Group = tuple[tuple[Span, ...], str]


def write(table: Timetable, words: str) -> str:
    """``Mo-Sa 09:00-12:30,14:00-19:00; Aug off``; later rules replace earlier ones on the days they name."""
    base = table.weeks.get((), {})
    rules = _week_rules(base, "", {}, words)
    for key, week in table.weeks.items():
        if key:
            rules += _week_rules(week, _dates(key) + " ", base, words)
    for key, ref, spans, own in table.ranked:
        ranks = ",".join(str(rank) for rank in ref.ranks)
        season = _dates(key) + " " if key else ""
        rules.append(f"{season}{_DAYS[ref.day]}[{ranks}] {_times(spans)}{_open(own or words)}")
    if rules == ["Mo-Su 00:00-24:00"]:
        rules = ["24/7"]
    if table.holidays_closed:
        rules.append("PH off")
    if table.closed_seasons:
        rules.append(f"{_dates(tuple(table.closed_seasons))} off")
    return "; ".join(rules)


def write_unknown(refs: Iterable[Ref], words: str) -> str:
    """``Sa unknown "sur rendez-vous"``: days of which something is said, but no hours."""
    return f"{_days(sorted({ref.day for ref in refs}), '')}unknown{_comment(words)}"


def _week_rules(week: dict[int, Said], season: str, base: dict[int, Said], words: str) -> list[str]:
    """The week's rules, days of the same hours together; holidays last, for they win over the day they fall on."""
    groups: dict[_Group, list[int]] = {}
    for day in sorted(week):
        said = week[day]
        groups.setdefault((said.spans, said.words or words), []).append(day)
    ordered = sorted(groups.items(), key=lambda group: (HOLIDAY in group[1], group[1]))
    rules = [f"{season}{_days(days, season)}{_times(spans)}{_open(own)}" for (spans, own), days in ordered]
    shut = [day for day in WEEK if day in base and day not in week]
    if season and shut:
        rules.append(f"{season}{_days(shut, season)}off")
    return rules


def _days(days: list[int], season: str) -> str:
    if days == list(WEEK):
        return "" if season else "Mo-Su "
    runs: list[list[int]] = []
    for day in days:
        if day != HOLIDAY and runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        elif day != HOLIDAY:
            runs.append([day])
    names = [_DAYS[run[0]] if len(run) == 1 else f"{_DAYS[run[0]]}-{_DAYS[run[-1]]}" for run in runs]
    if HOLIDAY in days:
        names.append("PH")
    return ",".join(names) + " "


def _times(spans: tuple[Span, ...]) -> str:
    return ",".join(f"{_clock(start)}-{_clock(end if end <= 24 * 60 else end - 24 * 60)}" for start, end in spans)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _comment(words: str) -> str:
    return f' "{words}"' if words else ""


def _open(words: str) -> str:
    """Open, with words beside it; words alone would mean that one cannot be sure."""
    return f" open{_comment(words)}" if words else ""


def _dates(ranges: SeasonKey) -> str:
    return ",".join(_range(first_last) for first_last in ranges)


def _range(dates: DateRange) -> str:
    (first, first_day), (last, last_day) = dates
    start = f"{_MONTHS[first - 1]} {first_day:02d}" if first_day else _MONTHS[first - 1]
    end = f"{_MONTHS[last - 1]} {last_day:02d}" if last_day else _MONTHS[last - 1]
    return start if start == end else f"{start}-{end}"
