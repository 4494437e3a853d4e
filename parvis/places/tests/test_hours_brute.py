"""The demonstration town's hours, quarter of an hour by quarter of an hour for three years, against a tiny evaluator.

The evaluator below shares nothing with the program: it knows months, dates, weekdays, the nth weekday of a month,
public holidays and spans of hours, which is all that these values use, and says so when it meets anything else.
"""

import csv
import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays
import pytest
from django.conf import settings

from parvis.places.hours import day_spans, open_stretches, status

DAYS = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
FOLDER = Path(settings.BASE_DIR) / "parvis" / "demo" / "data" / "places"
TOWNS = {"issy": ("FR", "Europe/Paris"), "ivry": ("FR", "Europe/Paris"), "ixelles": ("BE", "Europe/Brussels")}
FIRST, LAST = date(2025, 1, 1), date(2027, 12, 31)
QUARTER = timedelta(minutes=15)


def written() -> list[tuple[str, str]]:
    """Every value of every town, once."""
    found = set()
    for town in TOWNS:
        with (FOLDER / f"{town}.csv").open(encoding="utf-8", newline="") as file:
            found |= {
                (town, row["opening_hours"]) for row in csv.DictReader(file, delimiter="|") if row["opening_hours"]
            }
    return sorted(found)


@cache
def is_holiday(country: str, day: date) -> bool:
    return day in holidays.country_holidays(country, years=day.year) and not (
        country == "BE" and day.weekday() == 6 and day.month in (5, 6)  # Whit Sunday is none of the ten legal ones
    )


def tiny_spans(value: str, day: date, country: str) -> list[tuple[int, int]]:
    """The minutes of ``day`` in which it is open: the last rule that names the day."""
    spans: list[tuple[int, int]] = []
    for rule in value.split(";"):
        found = re.fullmatch(r"\s*((?:[A-Z].*?)?)\s*(off|24/7|\d\d:\d\d-\d\d:\d\d(?:,\d\d:\d\d-\d\d:\d\d)*)\s*", rule)
        assert found, f"the evaluator does not know {rule!r}"
        if names(found[1], day, country):
            times = "00:00-24:00" if found[2] == "24/7" else "" if found[2] == "off" else found[2]
            spans = [minutes(span) for span in times.split(",") if span]
    return spans


def minutes(span: str) -> tuple[int, int]:
    begin, end = (int(part[:2]) * 60 + int(part[3:]) for part in span.split("-"))
    assert begin < end, "no nights in these values"
    return begin, end


def names(selector: str, day: date, country: str) -> bool:
    """Whether a rule is for ``day``: "Apr-Sep Mo-Sa", "Jan 01-15", "Th[2,3]", "Su,PH"."""
    words = re.findall(r"\S+", re.sub(r"([A-Z][a-z]{2}) (\d)", r"\1_\2", selector))
    return all(in_dates(word, day) if word[:3] in MONTHS else in_weekdays(word, day, country) for word in words)


def in_dates(word: str, day: date) -> bool:
    for part in word.split(","):
        first, _, last = part.partition("-")
        begin = number(first, 1)
        end = number(f"{first[:3]}_{last}" if last.isdigit() else last or first, 31)
        today = day.month * 100 + day.day
        if (begin <= today <= end) if begin <= end else (today >= begin or today <= end):
            return True
    return False


def number(date_said: str, usual_day: int) -> int:
    month, _, said = date_said.partition("_")
    return (MONTHS.index(month) + 1) * 100 + int(said or usual_day)


def in_weekdays(word: str, day: date, country: str) -> bool:
    for part in re.findall(r"[A-Z]\w(?:\[[^\]]*\])?(?:-[A-Z]\w)?", word):
        if part == "PH":
            if is_holiday(country, day):
                return True
            continue
        ranks = re.search(r"\[([\d,-]+)\]", part)
        first, last = DAYS.index(part[:2]), DAYS.index(part[-2:] if "-" in part and not ranks else part[:2])
        if day.weekday() not in [(first + n) % 7 for n in range((last - first) % 7 + 1)]:
            continue
        last_one = monthrange(day.year, day.month)[1] - day.day < 7
        if not ranks or (day.day - 1) // 7 + 1 in map(int, ranks[1].split(",")) or (last_one and ranks[1] == "-1"):
            return True
    return False


def expected(value: str, day: date, country: str, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """The same in moments; hours of a clock that jumps are those that it shows."""
    return [(at(day, a, zone), at(day, b, zone)) for a, b in tiny_spans(value, day, country)]


def at(day: date, minute: int, zone: ZoneInfo) -> datetime:
    clock = datetime.combine(day + timedelta(days=minute // 1440), time(minute % 1440 // 60, minute % 60), tzinfo=zone)
    return clock.astimezone(UTC)


def all_days() -> list[date]:
    return [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]


@pytest.mark.parametrize(("town", "value"), written())
def test_every_day_of_three_years(town, value):
    country, zone = TOWNS[town][0], ZoneInfo(TOWNS[town][1])
    wrong = []
    for day in all_days():
        if day_spans(value, day, (), zone, country) != expected(value, day, country, zone):
            wrong.append(day)
    assert wrong == []


@pytest.mark.parametrize(("town", "value"), written())
def test_every_quarter_of_an_hour_of_three_years(town, value):
    country, zone = TOWNS[town][0], ZoneInfo(TOWNS[town][1])
    begin, end = at(FIRST, 0, zone), at(LAST + timedelta(days=1), 0, zone)
    stretches = open_stretches(value, (), (begin, end), zone, country)
    assert all(a < b for a, b in stretches)
    open_quarters = {q for a, b in stretches for q in quarters(a, b, begin)}
    wanted = {q for day in all_days() for a, b in expected(value, day, country, zone) for q in quarters(a, b, begin)}
    assert open_quarters == wanted


def quarters(start: datetime, end: datetime, begin: datetime) -> range:
    """Numbers of the quarters between two moments; nothing here begins within a quarter."""
    first, last = (start - begin) / QUARTER, (end - begin) / QUARTER
    assert first.is_integer()
    assert last.is_integer()
    return range(int(first), int(last))


@pytest.mark.parametrize(("town", "value"), written())
@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25), date(2026, 7, 14), date(2026, 12, 31)])
def test_the_state_through_days_on_which_the_clock_jumps_holidays_and_midnight(town, value, day):
    country, zone = TOWNS[town][0], ZoneInfo(TOWNS[town][1])
    near = [day + timedelta(days=n) for n in (-1, 0, 1, 2)]
    spans = [span for one in near for span in expected(value, one, country, zone)]
    moment = at(day, 0, zone) - timedelta(hours=2)
    while moment < at(day + timedelta(days=1), 0, zone) + timedelta(hours=2):
        found = status(value, (), moment, zone, country)
        assert found.is_open == any(a <= moment < b for a, b in spans), moment
        if found.is_open and found.until:
            assert all(any(a <= m < b for a, b in spans) for m in (moment, found.until - timedelta(minutes=1)))
        moment += timedelta(minutes=60)
