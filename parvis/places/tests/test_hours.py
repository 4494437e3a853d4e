"""Open, closed or unknown: across midnight, clock changes, public holidays, closures and nonsense."""

import time as clock
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from parvis.core.geo import Point
from parvis.places.hours import OpenStatus, day_spans, is_readable, status, week_table
from parvis.places.phrases import say_status

PARIS = ZoneInfo("Europe/Paris")
SHOP = "Tu-Sa 09:00-12:30,14:00-19:00; PH off"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


def ask(hours: str, moment: str, closures=(), country="FR", point=None) -> tuple[bool | None, str | None]:
    found = status(hours, closures, at(moment).astimezone(UTC), PARIS, country, point)
    return found.is_open, found.until.astimezone(PARIS).isoformat()[:16] if found.until else None


@pytest.mark.parametrize(
    ("hours", "moment", "expected"),
    [
        (SHOP, "2026-11-26T10:00", (True, "2026-11-26T12:30")),
        (SHOP, "2026-11-26T12:30", (False, "2026-11-26T14:00")),
        (SHOP, "2026-11-26T19:00", (False, "2026-11-27T09:00")),
        (SHOP, "2026-11-28T20:00", (False, "2026-12-01T09:00")),  # Saturday evening: Tuesday
        (SHOP, "2026-07-14T10:00", (False, "2026-07-15T09:00")),  # a public holiday
        ("24/7", "2026-11-26T03:00", (True, None)),
        ("Fr 22:00-05:00", "2026-11-28T02:00", (True, "2026-11-28T05:00")),  # since yesterday evening
        ("Mo-Fr 09:00-17:00; 2026 Dec 24-2027 Jan 03 off", "2026-12-24T10:00", (False, "2027-01-04T09:00")),
        ("off", "2026-11-26T10:00", (False, None)),
        ("", "2026-11-26T10:00", (None, None)),
        ("du lundi au samedi", "2026-11-26T10:00", (None, None)),
        ('Mo-Sa 08:00-20:00 || "by appointment"', "2026-11-29T10:00", (False, "2026-11-30T08:00")),
        ("unknown", "2026-11-26T10:00", (None, None)),
    ],
)
def test_state_and_next_change(hours, moment, expected):
    assert ask(hours, moment) == expected


@pytest.mark.parametrize(("country", "is_open"), [("FR", False), ("BE", True), ("CH", True), ("ZZ", True), ("", True)])
def test_public_holidays_are_those_of_the_country(country, is_open):
    assert ask("Mo-Su 09:00-19:00; PH off", "2026-07-14T10:00", country=country)[0] is is_open


def test_the_night_that_is_an_hour_short():
    # at 2:00 it is 3:00: what closes at 2:30 closes as the clock jumps
    assert ask("Sa-Su 22:00-02:30", "2026-03-29T01:30") == (True, "2026-03-29T03:00")
    assert ask("Mo-Su 02:30-03:00", "2026-03-28T12:00") == (False, "2026-03-30T02:30")  # it does not exist on the 29th
    start, end = day_spans("Mo-Su 00:00-24:00", date(2026, 3, 29), (), PARIS, "FR")[0]
    assert end - start == timedelta(hours=23)


def test_the_night_that_is_an_hour_long_opens_once():
    zero = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)  # 2:00 in summer time; 3:00 comes after another 2:00
    states = [status("Sa 22:00-02:30", (), zero + timedelta(minutes=15 * n), PARIS, "FR").is_open for n in range(9)]
    assert states == sorted(states, reverse=True)  # open, then closed, never open again


def test_sunset_needs_to_know_where():
    paris = Point(2.35, 48.85)
    assert ask("sunrise-sunset", "2026-11-26T18:00", point=paris)[0] is False
    assert ask("sunrise-sunset", "2026-06-21T21:00", point=paris)[0] is True


def test_what_holds_otherwise_is_said():
    found = status('Mo-Sa 08:00-20:00 || "by appointment"', (), at("2026-11-29T10:00"), PARIS, "FR")
    assert found.reason == "by appointment"
    assert not is_readable('Mo-Sa 08:00-20:00 || "by')


HOLIDAY = [(date(2026, 11, 26), date(2026, 11, 27), "Stocktaking")]


def test_closed_days_win_over_hours():
    found = status(SHOP, HOLIDAY, at("2026-11-26T10:00"), PARIS, "FR")
    assert (found.is_open, found.reason) == (False, "Stocktaking")
    assert found.until == at("2026-11-28T09:00")


def test_before_closed_days_it_closes_as_usual():
    assert ask(SHOP, "2026-11-25T18:00", HOLIDAY) == (True, "2026-11-25T19:00")
    assert ask(SHOP, "2026-11-25T20:00", HOLIDAY) == (False, "2026-11-28T09:00")


def test_what_never_closes_closes_at_midnight():
    assert ask("24/7", "2026-11-25T18:00", HOLIDAY) == (True, "2026-11-26T00:00")
    assert ask("24/7", "2026-11-27T18:00", HOLIDAY) == (False, "2026-11-28T00:00")


def test_an_evening_ends_past_midnight_of_a_closed_day_and_does_not_start_on_one():
    bar = "Mo-Su 18:00-02:00"
    assert ask(bar, "2026-11-26T01:00", HOLIDAY) == (True, "2026-11-26T02:00")
    assert ask(bar, "2026-11-28T01:00", HOLIDAY) == (False, "2026-11-28T18:00")


def test_closed_days_are_known_where_hours_are_not():
    assert ask("", "2026-11-26T10:00", HOLIDAY) == (False, None)
    assert ask("", "2026-11-28T10:00", HOLIDAY) == (None, None)


def test_a_long_closure_does_not_hide_the_reopening():
    months = [(date(2026, 1, 1), date(2027, 6, 30), "Works")]
    assert ask(SHOP, "2026-11-26T10:00", months) == (False, "2027-07-01T09:00")


def test_a_week_by_days():
    week = week_table("Mo-Fr 09:00-12:00,14:00-18:00; Sa 20:00-03:00", date(2026, 11, 26), HOLIDAY, PARIS, "FR")
    assert [len(day.spans) for day in week] == [0, 0, 1, 0, 2, 2, 2]
    assert [day.reason for day in week[:3]] == ["Stocktaking", "Stocktaking", ""]
    start, end = week[2].spans[0]
    assert (start, end) == (at("2026-11-28T20:00"), at("2026-11-29T03:00"))


@given(text=st.text(max_size=60), minutes=st.integers(0, 60 * 24 * 400))
@settings(max_examples=200, deadline=None)
def test_whatever_is_written_nothing_breaks(text, minutes):
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    found = status(text, (), moment, PARIS, "FR")
    assert found.until is None or found.until > moment
    if not is_readable(text, "FR"):
        assert found == OpenStatus(None)


RULE = st.builds(
    "{} {:02d}:{:02d}-{:02d}:{:02d}".format,
    st.sampled_from(["Mo-Fr", "Mo-Su", "Sa,Su", "We", "PH", "Dec 24-31", "week 1-53/2 Mo"]),
    st.integers(0, 23),
    st.sampled_from([0, 15, 30]),
    st.integers(0, 26),
    st.sampled_from([0, 30]),
)


@given(rules=st.lists(RULE, min_size=1, max_size=3), minutes=st.integers(0, 60 * 24 * 400))
@settings(max_examples=150, deadline=None)
def test_the_state_agrees_with_the_spans_of_the_day(rules, minutes):
    text = "; ".join(rules)
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    found = status(text, (), moment, PARIS, "FR")
    if found.is_open is None:
        return
    today = moment.astimezone(PARIS).date()
    spans = [s for d in (today - timedelta(days=1), today) for s in day_spans(text, d, (), PARIS, "FR")]
    assert found.is_open == any(start <= moment < end for start, end in spans)


def test_a_thousand_shops_in_a_moment():
    moment = at("2026-11-26T10:00")
    hours = [f"Mo-Sa {h:02d}:{m:02d}-19:00; PH off" for h in range(6, 11) for m in (0, 15, 30, 45)]
    began = clock.perf_counter()
    for n in range(1000):
        status(hours[n % len(hours)], (), moment, PARIS, "FR", Point(2.3 + n / 10_000, 48.8))
    assert clock.perf_counter() - began < 1.5


@pytest.mark.parametrize(
    ("is_open", "until", "english", "french_tone"),
    [
        (True, None, "Open", "sun"),
        (True, "2026-11-26T19:00", "Open until 19:00", "sun"),
        (True, "2026-11-27T02:00", "Open until 2:00", "sun"),
        (True, "2026-11-28T12:00", "Open until Saturday 12:00", "sun"),
        (True, "2026-11-26T10:20", "Closes soon, at 10:20", "wait"),
        (False, "2026-11-26T10:30", "Opens soon, at 10:30", "wait"),
        (False, "2026-11-26T14:00", "Opens at 14:00", "calm"),
        (False, "2026-11-27T09:00", "Opens tomorrow at 9:00", "calm"),
        (False, "2026-12-01T09:00", "Opens Tuesday at 9:00", "calm"),
        (False, "2026-12-24T09:00", "Opens Thursday 24 December at 9:00", "calm"),
        (False, None, "Closed", "calm"),
        (None, None, "Hours not known", "calm"),
    ],
)
def test_hours_as_people_say_them(is_open, until, english, french_tone):
    found = OpenStatus(is_open, at(until) if until else None)
    with translation.override("en"):
        phrase = say_status(found, at("2026-11-26T10:00"), PARIS)
    assert (phrase.text, phrase.tone) == (english, french_tone)


@pytest.mark.parametrize(
    ("hours", "moment", "closures", "expected"),
    [
        (SHOP, "2026-11-26T10:00", ["2026-11-26 2206-11-27"], (False, "2206-11-28T09:00")),  # a mistyped year
        (SHOP, "2026-11-26T10:00", ["2026-11-01 2999-12-31"], (False, "3000-01-01T09:00")),
        (SHOP, "2026-11-26T10:00", ["2026-11-27 2999-12-31"], (True, "2026-11-26T12:30")),
        (SHOP, "2026-11-26T20:00", ["2026-11-27 2999-12-31"], (False, "3000-01-01T09:00")),
        (SHOP, "2026-11-26T10:00", ["2026-11-20 2026-12-10", "2026-12-11 2027-01-31"], (False, "2027-02-02T09:00")),
        (SHOP, "2026-11-26T10:00", ["2026-12-05 2027-01-31", "2026-11-20 2026-12-10"], (False, "2027-02-02T09:00")),
        (SHOP, "2026-11-26T10:00", ["2026-11-20 2026-12-10", "2026-12-13 2027-01-31"], (False, "2026-12-11T09:00")),
        (SHOP, "2026-11-26T10:00", ["2026-11-16 2026-11-26"], (False, "2026-11-27T09:00")),
        (SHOP, "2026-11-26T10:00", ["2026-11-26 2026-12-06"], (False, "2026-12-08T09:00")),
        ("24/7", "2026-11-26T10:00", ["2026-11-27 2026-12-10"], (True, "2026-11-27T00:00")),
        ("24/7", "2026-11-26T10:00", ["2026-11-20 2026-12-10"], (False, "2026-12-11T00:00")),
        ("Fr 22:00-05:00", "2026-11-28T02:00", ["2026-11-28 2026-12-10"], (True, "2026-11-28T05:00")),
        ("Th 22:00-05:00", "2026-11-26T12:00", ["2026-11-20 2026-12-03"], (False, "2026-12-10T22:00")),
        ("2026 Nov 01-2026 Nov 30 09:00-17:00", "2026-11-26T10:00", ["2026-11-20 2999-01-01"], (False, None)),
    ],
)
def test_long_closures_are_not_walked_through(hours, moment, closures, expected):
    days = [(*map(date.fromisoformat, closed.split()), "") for closed in closures]
    began = clock.perf_counter()
    assert ask(hours, moment, days) == expected
    assert clock.perf_counter() - began < 1


def test_the_end_of_the_calendar_harms_nothing():
    closures = [(date(2026, 11, 1), date.max, "Closed")]
    found = status(SHOP, closures, at("2026-11-26T10:00"), PARIS, "FR")
    assert (found.is_open, found.reason) == (False, "Closed")
    assert day_spans(SHOP, date(2026, 11, 26), closures, PARIS, "FR") == []
