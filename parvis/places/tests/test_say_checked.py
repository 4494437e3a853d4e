"""The public line under each entry: when it was last checked, and by whom."""

from datetime import date, timedelta

import pytest
from django.utils import translation

from parvis.demo import builders
from parvis.places.actions.entries import check_place
from parvis.places.phrases import say_checked


@pytest.fixture
def place(town):
    return builders.make_shop(town).place


@pytest.mark.parametrize(
    ("ago", "checker", "words"),
    [
        (timedelta(0), "shop", "Last checked today by the shop."),
        (timedelta(hours=11), "town", "Last checked yesterday by the town."),  # 23:00 in Paris
        (timedelta(days=40), "shop", "Last checked on Oct. 17, 2026 by the shop."),
        (timedelta(days=40), "source", "Last checked on Oct. 17, 2026 by the source of the data."),
    ],
)
def test_who_and_when(place, at, ago, checker, words):
    check_place(place=place, at=at - ago, checker=checker)
    assert say_checked(place, at) == words


def test_in_french_the_sentence_is_translated_when_it_is_asked(place, at):
    check_place(place=place, at=at, checker="shop")
    with translation.override("fr"):
        assert say_checked(place, at)


def test_nobody_has_looked(place, at):
    assert say_checked(place, at) == "Nobody has checked this entry yet."
    place.source_date = date(2025, 1, 28)
    assert say_checked(place, at) == "Nobody has checked this entry since its source, on Jan. 28, 2025."
