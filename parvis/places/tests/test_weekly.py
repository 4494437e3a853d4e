"""Days and spans as the grid shows them, and as OpenStreetMap writes them."""

import pytest

from parvis.places.weekly import MIDNIGHT, Span, merged, read_days, read_times, write_day, write_days, write_week

NINE_TO_NOON = Span(9 * 60, 12 * 60)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("", (list(range(7)), False)),
        ("Mo-Fr", ([0, 1, 2, 3, 4], False)),
        ("Fr-Mo", ([4, 5, 6, 0], False)),
        ("Su,PH", ([6], True)),
        ("PH", ([], True)),
        ("Mo - We , Sa", ([0, 1, 2, 5], False)),
        ("Mo[1]", None),
        ("Mo-", None),
        ("SH", None),
        ("week 1", None),
    ],
)
def test_days(text, days):
    assert read_days(text) == days


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("09:00-12:00", (NINE_TO_NOON,)),
        ("14:00-19:00, 9:00-12:00", (NINE_TO_NOON, Span(14 * 60, 19 * 60))),
        ("09:00-10:00,10:00-12:00", (NINE_TO_NOON,)),
        ("18:00-02:00", (Span(18 * 60, MIDNIGHT + 120),)),
        ("18:00-26:00", (Span(18 * 60, MIDNIGHT + 120),)),
        ("18:00-00:00", (Span(18 * 60, MIDNIGHT),)),
        ("00:00-24:00", (Span(0, MIDNIGHT),)),
        ("00:00-00:00", (Span(0, MIDNIGHT),)),
        ("18:00-12:00", None),
        ("10:00-10:00", None),
        ("09:00+", None),
        ("sunrise-sunset", None),
        ("09:60-10:00", None),
        ("09:00", None),
    ],
)
def test_times(text, day):
    assert read_times(text) == day


def test_writing():
    assert write_days([0, 1, 2, 4]) == "Mo-We,Fr"
    assert write_day((Span(18 * 60, MIDNIGHT + 120),)) == "18:00-02:00"
    assert write_day(()) == "off"
    assert write_week([(NINE_TO_NOON,), None, (), (NINE_TO_NOON,), None, None, None]) == ["Mo,Th 09:00-12:00", "We off"]


def test_spans_that_touch_are_one():
    assert merged([Span(10 * 60, 12 * 60), Span(9 * 60, 11 * 60)]) == (NINE_TO_NOON,)


@pytest.mark.parametrize(("start", "end"), [(10, 10), (20, 10), (-1, 10), (MIDNIGHT, MIDNIGHT + 10), (600, 2200)])
def test_no_other_spans(start, end):
    with pytest.raises(ValueError, match="a span"):
        Span(start, end)
