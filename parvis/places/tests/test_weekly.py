"""The grid and OpenStreetMap's words say the same week, and what the grid cannot show is left alone."""

from datetime import datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from opening_hours import OpeningHours

from parvis.places.weekly import DAYS, MIDNIGHT, Span, Week, read, write

MONDAY = datetime(2026, 11, 23)  # a week without a public holiday in France


@st.composite
def days(draw):
    points = sorted(draw(st.sets(st.integers(0, MIDNIGHT // 15), min_size=4, max_size=4)))
    spans = [Span(points[0] * 15, points[1] * 15), Span(points[2] * 15, points[3] * 15)]
    return tuple(spans[: draw(st.integers(0, 2))])


weeks = st.builds(Week, st.lists(days(), min_size=7, max_size=7).map(tuple), st.booleans())


def open_at(week, minute):
    day, minute = divmod(minute, MIDNIGHT)
    return any(span.start <= minute < span.end for span in week.days[day])


@given(weeks)
@example(Week(((),) * 7))
@example(Week(((Span(0, MIDNIGHT),),) * 7))
def test_a_week_comes_back_as_it_was(week):
    again = read(write(week))
    assert again is not None
    assert again.days == week.days
    if any(week.days):
        assert again.not_on_holidays == week.not_on_holidays


@given(weeks)
def test_a_real_parser_reads_the_same_week(week):
    hours = OpeningHours(write(week), country="FR")
    for minute in range(0, 7 * MIDNIGHT, 45):
        assert hours.is_open(MONDAY + timedelta(minutes=minute)) == open_at(week, minute), minute


times = st.sampled_from(["09:00-12:30", "09:00-12:30,14:00-19:00", "10:00-24:00", "18:00-00:00", "7:30-13:00", "off"])
selectors = st.sampled_from(["Mo", "Mo-Fr", "Sa,Su", "We-Sa", "Fr-Mo", "Tu,Th-Sa", ""])
rules = st.lists(st.tuples(selectors, times).map(lambda r: " ".join(filter(None, r))), min_size=1, max_size=4)


@given(rules.map("; ".join))
def test_rules_written_by_others_mean_what_the_real_parser_says(text):
    week = read(text)
    assert week is not None, text
    hours = OpeningHours(text, country="FR")
    for minute in range(0, 7 * MIDNIGHT, 30):
        assert hours.is_open(MONDAY + timedelta(minutes=minute)) == open_at(week, minute), (text, minute)


@given(st.text(alphabet='MoTuWeThFrSaPHof-,;: 0123456789"', max_size=40))
def test_no_text_breaks_it(text):
    read(text)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Mo-Fr 09:00-12:30,14:00-19:00; Sa 09:00-19:00", "Mo-Fr 09:00-12:30,14:00-19:00; Sa 09:00-19:00"),
        ("Mo-Sa 08:00-20:00; PH off", "Mo-Sa 08:00-20:00; PH off"),
        ("Mo-Su 08:00-20:00; We off", "Mo-Tu,Th-Su 08:00-20:00"),
        ("24/7", "Mo-Su 00:00-24:00"),
        ("off", "off"),
    ],
)
def test_known_hours(text, written):
    assert write(read(text)) == written


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Mo-Fr 09:00-12:00; Dec 25 off",
        "Mo-Fr 22:00-02:00",
        "Mo 08:00-09:00,10:00-11:00,12:00-13:00",
        'Mo-Fr 09:00-18:00 "on appointment"',
        "Mo-Fr sunrise-sunset",
        "Mo[1] 09:00-12:00",
        "PH off; Mo-Fr 09:00-12:00",
        "Mo-Fr 09:00-12:00 || We 14:00-16:00",
        "Mo-Fr 09:00+",
        "Apr-Oct Mo-Fr 09:00-18:00",
        "whenever",
    ],
)
def test_what_the_grid_cannot_show_is_left_alone(text):
    assert read(text) is None


def test_days_have_their_names():
    assert len(DAYS) == 7
