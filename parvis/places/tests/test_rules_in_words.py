"""The rules of ``opening_hours`` said as sentences; what has no words is kept as written."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from parvis.places.rules_in_words import say_rules

SAID = {
    "Mo-Fr 09:00-12:30,14:00-19:00; Aug off": ["Monday to Friday: 9:00–12:30, 14:00–19:00", "August: closed"],
    "Th[4] 09:00-12:00": ["the 4th Thursday of the month: 9:00–12:00"],
    "Th[2,4] 09:00-12:00": ["the 2nd and 4th Thursday of the month: 9:00–12:00"],
    "Su[-1] 10:00-12:00": ["the last Sunday of the month: 10:00–12:00"],
    "24/7": ["day and night, every day"],
    "08:00-20:00": ["every day: 8:00–20:00"],
    "Mo-Su 08:00-20:00": ["every day: 8:00–20:00"],
    "Apr-Sep 07:30-20:00; Oct-Mar 07:30-19:00": ["April to September: 7:30–20:00", "October to March: 7:30–19:00"],
    "May 01-Sep 30 Mo-Sa 07:00-20:00; Su,PH 09:00-20:00": [
        "1\xa0May to 30\xa0September, Monday to Saturday: 7:00–20:00",
        "Sunday and public holidays: 9:00–20:00",
    ],
    "May 01-Sep 30: Mo-Sa: 07:00-20:00": ["1\xa0May to 30\xa0September, Monday to Saturday: 7:00–20:00"],
    'Mo-Sa 08:00-20:00 || "by appointment"': ["Monday to Saturday: 8:00–20:00", "otherwise: by appointment"],
    '2026 Dec 24-2027 Jan 03 off "holiday; back soon"': [
        "24\xa0December 2026 to 3\xa0January 2027: closed (holiday; back soon)"
    ],
    "Dec 24-26 off": ["24\xa0December to 26\xa0December: closed"],
    "PH off": ["public holidays: closed"],
    "SH Mo-Fr 10:00-18:00": ["school holidays, Monday to Friday: 10:00–18:00"],
    "Mo-Fr 09:00-12:00, We 14:00-18:00": ["Monday to Friday: 9:00–12:00", "Wednesday, also: 14:00–18:00"],
    "Tu-Su 18:00-02:00": ["Tuesday to Sunday: 18:00–2:00"],
    "Fr 18:00-24:00": ["Friday: 18:00–midnight"],
    "Mo,We-Fr 10:00+": ["Monday and Wednesday to Friday: from 10:00"],
    "sunrise-sunset": ["every day: sunrise–sunset"],
    "week 2-52/2 Mo 09:00-12:00": ["even weeks, Monday: 9:00–12:00"],
    "We 12:00-13:00 off": ["Wednesday: closed 12:00–13:00"],
    'Mo-Fr 09:00-12:00 "by appointment"': ["Monday to Friday: 9:00–12:00 (by appointment)"],
    'Mo-Fr "by appointment"': ["Monday to Friday: by appointment"],
    "easter off": ["Easter Sunday: closed"],
    "off": ["closed"],
    "Mo-Fr": ["Monday to Friday: all day"],
    "": [],
}
AS_WRITTEN = [
    "nonsense",
    "(sunrise-01:00)-22:00",
    "Mo[1]-Fr 10:00-12:00",
    "Feb 30 off",
    "Mo-Fr 99:00-99:99",
    "Mo-Fr 08:00-18:00/30",
    "week 1-53/3 Mo 09:00-12:00",
    "PH +1 day off",
    "Mo-Fr 10:00-12:00,",
    "Mo-PH 10:00-12:00",
]


@pytest.mark.parametrize("value", SAID)
def test_rules_as_sentences(value):
    with translation.override("en"):
        assert say_rules(value) == SAID[value]


@pytest.mark.parametrize("value", AS_WRITTEN)
def test_what_has_no_words_is_kept_as_written(value):
    with translation.override("en"):
        assert say_rules(value) == [value]


def test_one_strange_rule_spoils_only_its_own_line():
    with translation.override("en"):
        assert say_rules("Mo 09:00-12:00; fullmoon 20:00-22:00") == ["Monday: 9:00–12:00", "fullmoon 20:00-22:00"]


def test_clock_and_days_in_french():
    with translation.override("fr"):
        assert [line.replace("\xa0", " ").replace(" :", ":") for line in say_rules("Fr 09:00-12:30")] == [
            "vendredi: 9 h–12 h 30"
        ]


@given(text=st.text(alphabet='MoTuFrPSH[]-+,;:"|/ 0129JanweksthOf()', max_size=40))
def test_whatever_is_written_nothing_breaks(text):
    say_rules(text)


TIMES = st.lists(
    st.builds(
        "{:02d}:{:02d}-{:02d}:{:02d}".format,
        st.integers(0, 12),
        st.sampled_from([0, 15, 30]),
        st.integers(13, 24),
        st.just(0),
    ),
    min_size=1,
    max_size=3,
).map(",".join)
WHEN = st.sampled_from(
    ["", "Mo ", "Mo-Fr ", "Sa,Su ", "PH ", "Su,PH ", "Th[2,4] ", "Apr-Sep ", "Dec 24-31 Mo-Fr ", "week 1-53/2 Tu "]
)


@given(rules=st.lists(st.tuples(WHEN, st.one_of(TIMES, st.just("off"))), min_size=1, max_size=4))
def test_every_usual_rule_can_be_said(rules):
    said = say_rules("; ".join(f"{when}{times}" for when, times in rules))
    assert len(said) == len(rules)
    assert not any(line == f"{when}{times}" for line, (when, times) in zip(said, rules, strict=True) if times != "off")
