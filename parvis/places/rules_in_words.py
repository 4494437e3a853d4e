"""An ``opening_hours`` value said for residents, a line for each of its rules, in the active language.

Needs no database. What cannot be said comes back as it is written: nothing is left out, nothing is guessed.
"""

import re
from collections.abc import Callable
from datetime import date, time

from django.utils import translation
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from parvis.core.words import NBSP, say_clock

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY = "(?:Mo|Tu|We|Th|Fr|Sa|Su|PH|SH)"
_MONTH = f"(?:{'|'.join(MONTH_NAMES)})"
_DATE = rf"(?:(?:\d{{4}} )?(?:{_MONTH}(?: \d{{1,2}})?|easter)|\d{{4}})"
_SOME_DATES = rf"{_DATE}(?: ?- ?(?:{_DATE}|\d{{1,2}}))?"
_DATES = re.compile(rf"({_SOME_DATES}(?: ?, ?{_SOME_DATES})*)(?!\w|:\d)")
_WEEKS = re.compile(r"week ?(\d\d?(?: ?- ?\d\d?(?:/\d)?)?(?: ?, ?\d\d?(?: ?- ?\d\d?(?:/\d)?)?)*)(?!\d|:)")
_WEEKDAY = rf"{_DAY}(?:\[-?\d(?:[,-]-?\d)*\])?"
_WEEKDAYS = re.compile(rf"({_WEEKDAY}(?: ?- ?{_DAY})?(?: ?, ?{_WEEKDAY}(?: ?- ?{_DAY})?)*)(?!\w|\[)")
_HOLIDAYS = re.compile(r"([PS]H)(?= (?:Mo|Tu|We|Th|Fr|Sa|Su))")  # those that fall on these days
_CLOCK = r"(?:\d{1,2}:\d\d|sunrise|sunset|dawn|dusk)"
_TIME = rf"{_CLOCK}(?: ?- ?{_CLOCK}\+?|\+)"
_TIMES = re.compile(rf"({_TIME}(?: ?, ?{_TIME})*)(?![\w:/+-])")
_STATE = re.compile(r"(off|closed|open|unknown)\b")
_COMMENT = re.compile(r'"([^"]*)"')
_RULE_ENDS = re.compile(r';|\|\||"[^"]*"')


class _CannotSay(Exception):
    """The rule holds something that has no words here."""


def say_rules(value: str) -> list[str]:
    """``Mo-Fr 09:00-12:30; Aug off`` → ``["Monday to Friday: 9:00–12:30", "August: closed"]``."""
    lines: list[str] = []
    for rule, is_otherwise in _split(value):
        try:
            said = _say_rule(rule)
        except _CannotSay:
            said = [rule]
        lines += [_("otherwise: %(hours)s") % {"hours": line} if is_otherwise else line for line in said]
    return lines


def _split(value: str) -> list[tuple[str, bool]]:
    """The rules, and whether each holds only where no other does (``||``); marks inside quotes are words."""
    rules: list[tuple[str, bool]] = []
    start, is_otherwise = 0, False
    for mark in [*_RULE_ENDS.finditer(value), None]:
        if mark is not None and mark[0].startswith('"'):
            continue
        rule = value[start : mark.start() if mark else len(value)].strip()
        if rule:
            rules.append((rule, is_otherwise))
        if mark:
            start, is_otherwise = mark.end(), mark[0] == "||"
    return rules


def _say_rule(rule: str) -> list[str]:
    """A rule's lines: one, or more where a comma adds hours to those of other days."""
    if re.fullmatch(r"24/7(?: open)?", rule):
        return [_("day and night, every day")]
    lines: list[str] = []
    rest = rule
    while rest:
        line, rest = _say_part(rest, is_more=bool(lines))
        lines.append(line)
    return lines


def _say_part(text: str, *, is_more: bool) -> tuple[str, str]:
    when: list[str] = []
    rest = text
    selectors: list[tuple[re.Pattern[str], Callable[[str], str]]] = [
        (_DATES, _say_dates),
        (_WEEKS, _say_weeks),
        (_HOLIDAYS, _say_day_name),
        (_WEEKDAYS, _say_days),
    ]
    for pattern, say in selectors:
        if found := pattern.match(rest):
            when.append(say(found[1]))
            rest = rest[found.end() :].lstrip(" :")
    is_timed = _TIMES.match(rest) is not None
    hours, rest = _say_hours(rest, bare=not when)
    if rest.startswith(","):
        rest = rest[1:].strip()
        if not rest or not rest[0].isalpha():
            raise _CannotSay
    elif rest:
        raise _CannotSay
    if not when and not is_timed and not is_more:  # "closed", "by appointment" need no day
        return hours, rest
    days = ", ".join(when) or _("every day")
    if is_more:
        return _("%(days)s, also: %(hours)s") % {"days": days, "hours": hours}, rest
    return _("%(days)s: %(hours)s") % {"days": days, "hours": hours}, rest


def _say_hours(text: str, *, bare: bool) -> tuple[str, str]:
    """The times, state and comment that ``text`` begins with, and what is left of it."""
    times, state, comment = "", "", ""
    rest = text
    if found := _TIMES.match(rest):
        times, rest = _say_times(found[1]), rest[found.end() :].lstrip()
    if found := _STATE.match(rest):
        state, rest = found[1], rest[found.end() :].lstrip()
    if found := _COMMENT.match(rest):
        comment, rest = found[1].strip(), rest[found.end() :].lstrip()
    if bare and not (times or state or comment):
        raise _CannotSay
    if state in ("off", "closed"):
        said = _("closed %(times)s") % {"times": times} if times else _("closed")
    elif state == "unknown" or (comment and not times and not state):
        if comment:
            return (f"{times}, {comment}" if times else comment), rest
        said = _("%(times)s, not certain") % {"times": times} if times else _("not certain")
    else:
        said = times or _("all day")
    return (f"{said} ({comment})" if comment else said), rest


def _say_times(text: str) -> str:
    return ", ".join(_say_time(part.strip()) for part in text.split(","))


def _say_time(text: str) -> str:
    start, dash, end = (part.strip() for part in text.partition("-"))
    if not dash:
        return _("from %(time)s") % {"time": _say_moment(start.rstrip("+"))}
    if end.endswith("+"):
        return _("%(start)s–%(end)s or later") % {"start": _say_moment(start), "end": _say_moment(end[:-1])}
    if (start, end) in {("00:00", "24:00"), ("0:00", "24:00"), ("00:00", "00:00")}:
        return _("all day")
    return f"{_say_moment(start)}–{_say_moment(end)}"


def _say_moment(text: str) -> str:
    sun = {"sunrise": _("sunrise"), "sunset": _("sunset"), "dawn": _("dawn"), "dusk": _("dusk")}
    if text in sun:
        return sun[text]
    hour, minute = (int(part) for part in text.split(":"))
    if hour > 48 or minute > 59:
        raise _CannotSay
    if (hour, minute) == (24, 0):
        return _("midnight")
    return say_clock(time(hour % 24, minute))


def _say_days(text: str) -> str:
    """Weekdays of a rule: ``Mo-Fr``, ``Sa,Su``, ``Th[4]``, ``PH``."""
    said: list[str] = []
    for part in re.split(r" ?, ?(?![^\[]*\])", text):
        first, dash, last = (piece.strip() for piece in _partition_range(part))
        if "[" in first:
            if dash:
                raise _CannotSay
            said.append(_say_ranked(first))
        elif dash:
            if not {first, last} <= set(DAYS):
                raise _CannotSay
            if (first, last) == ("Mo", "Su"):
                said.append(_("every day"))
            else:
                said.append(_range(_say_day_name(first), _say_day_name(last)))
        else:
            said.append(_say_day_name(first))
    return _and(said)


def _partition_range(part: str) -> tuple[str, str, str]:
    """The ends of a range, whose dash is not one inside brackets."""
    found = re.fullmatch(r"([^\[]*(?:\[[^\]]*\])?) ?-(.*)", part) if "[" not in part or "]-" in part else None
    return (found[1], "-", found[2]) if found else (part, "", "")


def _say_day_name(code: str) -> str:
    if code == "PH":
        return _("public holidays")
    if code == "SH":
        return _("school holidays")
    return str(WEEKDAYS[DAYS.index(code)])


def _say_ranked(text: str) -> str:
    """``Th[2,4]`` → ``the 2nd and 4th Thursday of the month``."""
    day, _bracket, ranks = text.rstrip("]").partition("[")
    if day not in DAYS:
        raise _CannotSay
    numbers: list[int] = []
    for part in ranks.split(","):
        if found := re.fullmatch(r"(\d)-(\d)", part):
            numbers += range(int(found[1]), int(found[2]) + 1)
        else:
            numbers.append(int(part))
    names = {
        1: pgettext("rank in the month", "1st"),
        2: pgettext("rank in the month", "2nd"),
        3: pgettext("rank in the month", "3rd"),
        4: pgettext("rank in the month", "4th"),
        5: pgettext("rank in the month", "5th"),
        -1: pgettext("rank in the month", "last"),
    }
    if not numbers or not set(numbers) <= set(names):
        raise _CannotSay
    rank = _and([names[number] for number in numbers])
    return _("the %(rank)s %(day)s of the month") % {"rank": rank, "day": _say_day_name(day)}


def _say_weeks(text: str) -> str:
    numbers = text.replace(" ", "")
    if numbers in ("1-53/2", "01-53/2"):
        return _("odd weeks")
    if numbers in ("2-52/2", "02-52/2", "2-53/2", "02-53/2"):
        return _("even weeks")
    if "/" in numbers:
        raise _CannotSay
    said = []
    for part in numbers.split(","):
        first, dash, last = part.partition("-")
        said.append(_range(str(int(first)), str(int(last))) if dash else str(int(first)))
    return _("weeks %(numbers)s") % {"numbers": _and(said)}


def _say_dates(text: str) -> str:
    said = []
    for part in text.split(","):
        first, dash, last = (piece.strip() for piece in part.strip().partition("-"))
        if dash and last.isdigit() and len(last) <= 2:  # Dec 24-26: the month is said once
            last = f"{first.rpartition(' ')[0]} {last}"
        said.append(_date_range(_say_date(first), _say_date(last)) if dash else _say_date(first))
    return _and(said)


def _say_date(text: str) -> str:
    words = text.split()
    year = words.pop(0) if words and words[0].isdigit() else ""
    if not words:
        return year
    if words[0] == "easter":
        said = _("Easter Sunday")
    else:
        month = MONTH_NAMES.index(words[0]) + 1
        said = _say_day_of_month(month, int(words[1])) if len(words) > 1 else str(MONTHS[month])
    return f"{said} {year}" if year else said


def _say_day_of_month(month: int, day: int) -> str:
    try:
        date(2024, month, day)  # a leap year
    except ValueError:
        raise _CannotSay from None
    first = day == 1 and (translation.get_language() or "fr").startswith("fr")
    return f"{day}{'er' if first else ''}{NBSP}{MONTHS[month]}"


def _range(first: str, last: str) -> str:
    return pgettext("weekdays, months or weeks", "%(first)s to %(last)s") % {"first": first, "last": last}


def _date_range(first: str, last: str) -> str:
    if not any(character.isdigit() for character in first + last):
        return _range(first, last)
    return pgettext("dates", "%(first)s to %(last)s") % {"first": first, "last": last}


def _and(words: list[str]) -> str:
    if len(words) == 1:
        return words[0]
    return _("%(all)s and %(last)s") % {"all": ", ".join(words[:-1]), "last": words[-1]}
