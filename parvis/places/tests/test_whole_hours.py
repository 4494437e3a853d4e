"""An editor never loses a rule: every readable value comes apart and together again with the same meaning."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from parvis import demo
from parvis.places import seasons
from parvis.places.hours import is_readable, open_stretches
from parvis.places.weekly import CLOSED, EMPTY_WEEK, MIDNIGHT, Span
from parvis.places.whole_hours import Hours, Season, Special, means_the_same, read, write

ZONE = ZoneInfo("Europe/Paris")
# Other years than those on which ``read`` compares.
TWO_YEARS = (datetime(2025, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
EXTRACTS = ("geneva/geneva.osm.pbf", "redon/redon.osm", "paris9/paris9-2021.osm")


def quarters(text: str) -> set[int]:
    """Every quarter of an hour of two years in which it is open."""
    found: set[int] = set()
    for start, end in open_stretches(text, (), TWO_YEARS, ZONE, "FR"):
        found |= set(range(int(start.timestamp()) // 900, -(-int(end.timestamp()) // 900)))
    return found


@cache
def demo_values() -> list[str]:
    folder = Path(demo.__file__).parent / "data"
    files = [*sorted((folder / "places").glob("*.csv")), *sorted((folder / "shops").glob("*.csv"))]
    rows = [row for file in files for row in csv.DictReader(file.read_text().splitlines(), delimiter="|")]
    found = {row.get("opening_hours") or row.get("hours") or "" for row in rows} - {""}
    assert len(found) > 50
    return sorted(found)


def extract_values() -> Iterator[str]:
    osmium = pytest.importorskip("osmium")
    for name in EXTRACTS:
        path = Path(settings.DATA_DIR) / name
        if not path.exists():
            pytest.skip(f"the extract {name} is not here (see docs/settings.md, PARVIS_DATA)")
        for thing in osmium.FileProcessor(str(path)).with_filter(osmium.filter.KeyFilter("opening_hours")):
            yield thing.tags["opening_hours"]


@pytest.mark.parametrize("text", demo_values())
def test_the_demonstration_comes_back_the_same(text):
    document = read(text)
    assert document is not None
    assert quarters(write(document)) == quarters(text)
    assert read(write(document)) == document


@pytest.mark.timeout(300)
def test_the_values_of_three_real_towns_come_back_the_same():
    """Also how much of them the grid draws, so that a loss would be seen."""
    readable = whole = 0
    for text in sorted(set(extract_values())):
        document = read(text)
        if document is None:
            assert not is_readable(text)
            continue
        readable += 1
        whole += not document.undrawn
        assert means_the_same(text, write(document)), text
    assert readable > 1000
    assert whole / readable > 0.95


times = st.sampled_from(
    [
        "09:00-12:30", "09:00-12:30,14:00-19:00", "10:00-24:00", "18:00-00:00", "7:30-13:00", "off", "closed",
        "18:00-02:00", "08:00-10:00,11:00-13:00,15:00-18:00", "22:00-05:00", "17:00+", "sunrise-sunset",
        '10:00-12:00 "on appointment"', "10:00-14:00 open",
    ]
)  # fmt: skip
day_words = st.sampled_from(
    ["Mo", "Mo-Fr", "Sa,Su", "We-Sa", "Fr-Mo", "Tu,Th-Sa", "", "PH", "Su,PH", "PH,Mo-Su", "Sa[1]", "We[2,4]", "SH"]
)
parts_of_the_year = st.sampled_from(
    ["", "", "", "Apr-Sep", "Apr-Sep:", "Oct-Mar", "Jul 14-Aug 20", "Dec 24-Jan 02", "Mar,Oct", "Dec 25", "Aug",
     "2026 Dec 20", "2025 May-2026 Apr", "week 10-20", "easter"]
)  # fmt: skip
one_rule = st.tuples(parts_of_the_year, day_words, times).map(lambda r: " ".join(filter(None, r)))
ands = st.lists(one_rule, min_size=1, max_size=3).map(", ".join)
values = st.tuples(
    st.lists(st.one_of(one_rule, one_rule, ands), min_size=1, max_size=5).map("; ".join),
    st.sampled_from(["", "", "", ' || "call us"', " || Mo 10:00-11:00"]),
).map("".join)


def test_an_evening_on_the_eve_of_a_season_keeps_its_small_hours():
    """The first of April is a Tuesday in 2025 and 2031 only: in other years nothing told the two apart."""
    text = "Mo 18:00-02:00, Apr-Sep Mo-Fr 09:00-12:30"
    document = read(text)
    assert document is not None
    assert quarters(write(document)) == quarters(text)


@given(values)
@effort(max_examples=100, deadline=None)
def test_generated_values_come_back_the_same(text):
    document = read(text)
    if document is None:
        assert not is_readable(text)
        return
    assert quarters(write(document)) == quarters(text)


@given(values, st.integers(0, 6), st.sampled_from([CLOSED, (Span(600, 720),), (Span(1080, MIDNIGHT + 120),)]))
@effort(max_examples=60, deadline=None)
def test_an_edited_week_loses_no_rule(text, number, day):
    """Every rule that no grid draws is still there, in its order, after all that is drawn."""
    document = read(text)
    if document is None:
        return
    week = tuple(day if n == number else held for n, held in enumerate(document.week))
    written = write(replace(document, week=week))
    again = read(written)
    assert again is not None
    kept = [*document.other, *([document.otherwise] if document.otherwise else [])]
    position = 0
    for rule in kept:
        position = written.index(rule, position) + len(rule)
    assert means_the_same(written, write(again))


@given(st.text(alphabet='MoTuWeThFrSaPHAprof-,;:| 0123456789"', max_size=40))
@effort(max_examples=200, deadline=None)
def test_no_text_breaks_it(text):
    document = read(text)
    assert document is None or is_readable(write(document)) or document == Hours()


DAY = (Span(9 * 60, 12 * 60),)


@pytest.mark.parametrize(
    ("text", "document"),
    [
        ("", Hours()),
        ("off", Hours()),
        ("24/7", Hours(((Span(0, MIDNIGHT),),) * 7)),
        ("Mo-Su 09:00-12:00; PH off", Hours((DAY,) * 7, CLOSED)),
        ("Mo-Sa 09:00-12:00; Su,PH off", Hours((*(DAY,) * 6, CLOSED), CLOSED)),
        ("Mo-Su 09:00-12:00; PH 10:00-11:00", Hours((DAY,) * 7, (Span(600, 660),))),
        # a rule after it opens these holidays again, so holidays are as on other days
        ("PH off; Mo-Su 09:00-12:00", Hours((DAY,) * 7)),
        ("Aug off", Hours(seasons=(Season("Aug", (CLOSED,) * 7),))),
        (
            "Mo-Su 09:00-12:00; Apr-Sep Su off",
            Hours((DAY,) * 7, seasons=(Season("Apr-Sep", (None,) * 6 + (CLOSED,)),)),
        ),
        ("Mo-Su 09:00-12:00; Dec 25 off", Hours((DAY,) * 7, other=("Dec 25 off",))),
        ('Mo-Su 09:00-12:00 || "call us"', Hours((DAY,) * 7, otherwise='"call us"')),
        ('"a; b"', Hours(other=('"a; b"',))),
    ],
)
def test_known_values(text, document):
    assert read(text) == document


def test_what_nobody_understands_is_no_document():
    assert read("le matin") is None


@pytest.mark.parametrize(
    ("text", "undrawn"),
    [
        ("week 1-53/2 Sa 10:00-12:00; Tu-We 15:00-17:00", ["week 1-53/2 Sa 10:00-12:00"]),  # other days: drawn around
        ("Dec 25 off; Mo-Su 09:00-12:00", ["Dec 25 off", "Mo-Su 09:00-12:00"]),  # turned round it would mean less
        ("Mo-Fr 09:00-12:00; Mo[1] off; Mo 10:00-11:00", ["Mo[1] off", "Mo 10:00-11:00"]),
    ],
)
def test_rules_are_never_turned_round(text, undrawn):
    assert read(text).undrawn == undrawn


def test_one_evening_does_not_end_where_the_next_day_begins():
    """After a semicolon a rule for Sunday would take away what Saturday's evening left on it."""
    evening = (Span(18 * 60, MIDNIGHT + 120),)
    text = write(Hours((CLOSED,) * 5 + (evening, DAY)))
    assert text == "Sa 18:00-02:00, Su 09:00-12:00"
    saturday_night = datetime(2026, 11, 29, 1, tzinfo=ZONE)
    assert any(start <= saturday_night < end for start, end in open_stretches(text, (), TWO_YEARS, ZONE, "FR"))


def test_nights_of_a_season():
    evening = (Span(18 * 60, MIDNIGHT + 120),)
    hours = Hours((DAY,) * 7, seasons=(Season("Apr-Sep", (None,) * 5 + (evening, DAY)),))
    assert write(hours) == "Mo-Su 09:00-12:00; Apr-Sep Sa-Su off, Apr-Sep Sa 18:00-02:00, Apr-Sep Su 09:00-12:00"
    assert read(write(hours)) == hours


def test_one_date():
    hours = read("Mo-Fr 09:00-12:00; Dec 25 off").with_special(date(2026, 12, 20), (Span(600, 1080),))
    assert write(hours) == "Mo-Fr 09:00-12:00; Dec 25 off; 2026 Dec 20 10:00-18:00"
    assert hours.specials == [Special(date(2026, 12, 20), (Span(600, 1080),), "2026 Dec 20 10:00-18:00")]
    assert hours.undrawn == ["Dec 25 off"]
    again = hours.with_special(date(2026, 12, 20), DAY)
    assert write(again) == "Mo-Fr 09:00-12:00; Dec 25 off; 2026 Dec 20 09:00-12:00"
    assert again.without(["2026 Dec 20 09:00-12:00"]) == read("Mo-Fr 09:00-12:00; Dec 25 off")


def test_removing_names_a_rule_once():
    hours = Hours(other=("a", "b", "a"), otherwise="c")
    assert hours.without(["a", "c"]) == Hours(other=("b", "a"))
    assert hours.without(["nothing"]) == hours


@pytest.mark.parametrize(
    ("selector", "written"),
    [
        ("Apr-Sep", "Apr-Sep"),
        ("Apr 01-Sep 30", "Apr-Sep"),
        ("Apr 15-Oct 15", "Apr 15-Oct 15"),
        ("Aug", "Aug"),
        ("Jul 5-14", "Jul 05-Jul 14"),
        ("Oct-Mar", "Oct-Mar"),
        ("Feb 01-29", "Feb"),
    ],
)
def test_parts_of_the_year(selector, written):
    period = seasons.single(selector)
    assert period is not None
    assert seasons.write_period(period) == written
    assert seasons.days_of(selector) == seasons.days_of(written)
    assert means_the_same(f"{selector} 09:00-12:00", f"{written} 09:00-12:00")


def test_parts_that_boxes_cannot_show():
    assert seasons.single("Mar,Oct") is None
    assert len(seasons.days_of("Mar,Oct")) == 62
    assert seasons.periods("Feb 30-Mar 02") == ()
    assert len(seasons.days_of("Dec 24-Jan 02")) == 10


def test_an_empty_document_is_closed_when_it_is_written():
    assert write(Hours()) == "off"
    assert read("off").week == EMPTY_WEEK
    assert timedelta(minutes=MIDNIGHT) == timedelta(days=1)
