"""Dates, hours and measures are said as people of each language say them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from parvis.core import words
from parvis.core.templatetags import parvis as tags


def said(language: str, say: Callable[..., str], *values: Any) -> str:
    """What is said, with ordinary spaces to be readable here."""
    with translation.override(language), timezone.override(ZoneInfo("Europe/Paris")):
        return say(*values).replace(words.NBSP, " ")


@pytest.mark.parametrize(
    ("language", "day", "expected"),
    [
        ("fr", date(2026, 11, 26), "jeudi 26 novembre"),
        ("fr", date(2026, 3, 1), "dimanche 1er mars"),
        ("nl", date(2026, 11, 26), "donderdag 26 november"),
        ("en", date(2026, 11, 26), "Thursday 26 November"),
        # half past eleven at night in Greenwich is already the next day in the town
        ("fr", datetime(2026, 11, 25, 23, 30, tzinfo=UTC), "jeudi 26 novembre"),
    ],
)
def test_days(language: str, day: date, expected: str) -> None:
    assert said(language, words.say_day, day) == expected


@pytest.mark.parametrize(
    ("language", "moment", "expected"),
    [
        ("fr", time(17, 0), "17 h"),
        ("fr", time(17, 5), "17 h 05"),
        ("fr", time(0, 0), "0 h"),
        ("nl", time(17, 30), "17:30"),
        ("en", time(9, 0), "9:00"),
        ("fr", datetime(2026, 11, 26, 16, 30, tzinfo=UTC), "17 h 30"),
    ],
)
def test_hours(language: str, moment: time | datetime, expected: str) -> None:
    assert said(language, words.say_clock, moment) == expected


@pytest.mark.parametrize(
    ("language", "expected"), [("fr", "17 h–19 h 30"), ("nl", "17:00–19:30"), ("en", "17:00–19:30")]
)
def test_spans(language: str, expected: str) -> None:
    assert said(language, words.say_span, time(17), time(19, 30)) == expected


@pytest.mark.parametrize(
    ("say", "value", "french", "english"),
    [
        (words.say_weight, 850, "850 g", "850 g"),
        (words.say_weight, 1200, "1,2 kg", "1.2 kg"),
        (words.say_weight, 12_000, "12 kg", "12 kg"),
        (words.say_distance, 349.6, "350 m", "350 m"),
        (words.say_distance, 3430, "3,4 km", "3.4 km"),
        (words.say_distance, 999.7, "1 km", "1 km"),
        (words.say_duration, 0, "0 min", "0 min"),
        (words.say_duration, 20, "1 min", "1 min"),
        (words.say_duration, 720, "12 min", "12 min"),
        (words.say_duration, 3900, "1 h 05", "1 h 05"),
        (words.say_duration, 7200, "2 h", "2 h"),
        (words.say_percent, 110, "110 %", "110%"),
        (words.say_rate, 550, "5,5 %", "5.5%"),
        (words.say_rate, 2000, "20 %", "20%"),
        (words.say_rate, 260, "2,6 %", "2.6%"),
    ],
)
def test_measures(say: Callable[..., str], value: float, french: str, english: str) -> None:
    assert said("fr", say, value) == french
    assert said("en", say, value) == english


def test_an_hour_is_een_uur_in_dutch() -> None:
    assert said("nl", words.say_duration, 3900) == "1 u 05"
    assert said("nl", words.say_duration, 720) == "12 min"
    assert said("nl", words.say_percent, 70) == "70%"


def test_what_a_word_is_about_stands_after_a_colon() -> None:
    with translation.override("fr"):
        assert words.say_labelled("Fermé", "14 juillet") == "Fermé\u00a0: 14 juillet"
    with translation.override("nl"):
        assert words.say_labelled("Dicht", "14 juli") == "Dicht: 14 juli"


def test_nothing_is_said_about_nothing() -> None:
    assert tags.day(None) == ""
    assert tags.clock(None) == ""
    assert said("fr", tags.clock, time(0)) == "0 h"
