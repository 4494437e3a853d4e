"""What is put right after the parser (lists of days, nights, comments, fallbacks), and holidays of three countries."""

import time as clock
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parvis.places.hours import day_spans, is_readable, open_stretches, status

PARIS = ZoneInfo("Europe/Paris")
DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


def opened(value: str, day: str, country: str = "FR") -> list[str]:
    """The spans of a day as people write them."""
    spans = day_spans(value, date.fromisoformat(day), (), PARIS, country)
    return ["-".join(moment.astimezone(PARIS).strftime("%H:%M") for moment in span) for span in spans]


# 8 June 2026 is a Monday, 13 a Saturday, 14 a Sunday
@pytest.mark.parametrize(
    ("value", "day", "spans"),
    [
        ("Th, Fr 08:30-19:30; Sa 08:30-18:00", "2026-06-11", ["08:30-19:30"]),
        ("Mo-Sa 08:00-19:00; Su, PH off", "2026-06-14", []),
        ("Mo-We, Fr 07:30-12:00, 14:00-19:00", "2026-06-08", ["07:30-12:00", "14:00-19:00"]),
        ("Mo-Su 09:00-17:00; Dec 24, Dec 31 09:00-12:00", "2026-12-24", ["09:00-12:00"]),
        ('Mo-Fr 09:00-17:00 open "Th, Fr till late"', "2026-06-12", ["09:00-17:00"]),
        ("Fr-Sa 18:00-02:00; Su-Th 18:00-01:00", "2026-06-13", ["18:00-02:00"]),
        ("Su-Th 18:00-01:00; Fr-Sa 18:00-02:00", "2026-06-11", ["18:00-01:00"]),
        ("Sa 11:00-02:00; Su 10:00-12:00", "2026-06-13", ["11:00-02:00"]),
        ("Mo-Sa 11:00-02:00; Su off", "2026-06-13", ["11:00-02:00"]),
        ("Mo-Su 18:00-26:00; PH off", "2026-07-13", ["18:00-02:00"]),
        ("Mo-Su 18:00-02:00; PH off", "2026-07-14", []),
        ("Mo-Su 18:00-02:00; PH off", "2026-07-15", ["18:00-02:00"]),
        ("Mo-Fr 12:00-14:00, Fr-Sa 19:00-01:00", "2026-06-12", ["12:00-14:00", "19:00-01:00"]),
        ("Mo-Fr 08:00-12:00 || Sa 09:00-10:00", "2026-06-13", ["09:00-10:00"]),
        ("Mo-Fr 08:00-12:00 || Sa 09:00-10:00", "2026-06-12", ["08:00-12:00"]),
        ('Mo-Fr 08:00-12:00 "perhaps"', "2026-06-12", []),
        ('Mo-Fr 08:00-12:00 open "for sure"', "2026-06-12", ["08:00-12:00"]),
    ],
)
def test_what_the_parser_mistakes_is_put_right(value, day, spans):
    assert opened(value, day) == spans


def test_a_comment_alone_means_that_one_cannot_be_sure():
    found = status('Mo-Fr 08:00-12:00 "by appointment"', (), datetime(2026, 6, 12, 8, tzinfo=UTC), PARIS, "FR")
    assert (found.is_open, found.reason) == (None, "by appointment")


@pytest.mark.parametrize("value", ["PH Mo-Fr 10:00-12:00", "Mo-Fr 08:00-18:00; PH Sa off", "SH Mo-Fr 09:00-12:00"])
def test_holidays_among_some_days_are_not_understood(value):
    assert not is_readable(value, "FR")


NIGHTS = st.lists(
    st.one_of(st.none(), st.tuples(st.integers(12, 22), st.integers(0, 6), st.sampled_from([0, 30]))),
    min_size=7,
    max_size=7,
)


@given(nights=NIGHTS, weeks=st.sampled_from([date(2026, 3, 23), date(2026, 10, 19), date(2026, 6, 8)]))
@settings(max_examples=150, deadline=None)
def test_every_night_ends_when_its_own_day_says(nights, weeks):
    """Also in the nights in which an hour is left out, or comes twice."""
    rules = [f"{DAYS[n]} {x[0]}:00-{x[1]:02d}:{x[2]:02d}" if x else f"{DAYS[n]} off" for n, x in enumerate(nights)]
    begin, end = (datetime.combine(weeks + timedelta(days=n), time(8), tzinfo=PARIS).astimezone(UTC) for n in (0, 14))
    expected = []
    for n in range(14):
        if night := nights[n % 7]:
            day, hour, last_hour, last_minute = weeks + timedelta(days=n), *night
            closes = shown(datetime.combine(day + timedelta(days=1), time(last_hour, last_minute)))
            expected.append((datetime.combine(day, time(hour), tzinfo=PARIS).astimezone(UTC), min(closes, end)))
    expected = [(a, b) for a, b in expected if a >= begin]
    assert open_stretches("; ".join(rules), (), (begin, end), PARIS, "FR") == expected


def shown(local: datetime) -> datetime:
    """The first moment at which the clock shows ``local`` or, when it jumps over it, the jump."""
    moment = local.replace(tzinfo=PARIS).astimezone(UTC)
    jumps = moment.astimezone(PARIS).replace(tzinfo=None) != local
    return moment.replace(minute=0) if jumps else moment


# Dates counted by hand from calendars; Easter Monday of each year of the table.
EASTER_MONDAYS = ["2014-04-21", "2019-04-22", "2024-04-01", "2026-04-06", "2030-04-22", "2035-03-26"]
HOLIDAYS = {
    "FR": ["01-01", "05-01", "05-08", "07-14", "08-15", "11-01", "11-11", "12-25"],
    "BE": ["01-01", "05-01", "07-21", "08-15", "11-01", "11-11", "12-25"],
    "CH": ["01-01", "08-01", "12-25"],
}
OTHER_DAYS = {"FR": ["07-21", "08-01", "12-26"], "BE": ["07-14", "05-08", "08-01"], "CH": ["07-14", "07-21", "11-11"]}


@pytest.mark.parametrize("country", HOLIDAYS)
@pytest.mark.parametrize("year", range(2014, 2036))
def test_public_holidays_of_the_country(country, year):
    for day in HOLIDAYS[country]:
        assert opened("Mo-Su 10:00-18:00; PH off", f"{year}-{day}", country) == [], day
    for day in OTHER_DAYS[country]:
        assert opened("Mo-Su 10:00-18:00; PH off", f"{year}-{day}", country) == ["10:00-18:00"], day


@pytest.mark.parametrize("day", EASTER_MONDAYS)
def test_easter_monday_ascension_and_whit_monday(day):
    easter_monday = date.fromisoformat(day)
    moving = [easter_monday, easter_monday + timedelta(days=38), easter_monday + timedelta(days=49)]
    for country in ("FR", "BE"):
        assert [opened("PH 10:00-12:00", str(one), country) for one in moving] == [["10:00-12:00"]] * 3
    assert opened("PH 10:00-12:00", str(moving[1]), "CH") == ["10:00-12:00"]  # the one that all cantons keep


def test_nights_are_answered_in_a_moment():
    moment = datetime(2026, 6, 12, 20, tzinfo=UTC)
    began = clock.perf_counter()
    for n in range(200):
        value = f"Su-Th 18:{n % 60:02d}-01:00; Fr-Sa 18:00-02:00; PH off"
        assert status(value, (), moment, PARIS, "FR").is_open is True
    assert clock.perf_counter() - began < 1.5
