"""Amounts as people type them."""

from contextlib import suppress

import pytest
from django import forms
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from parvis.core.amounts import AmountField, parse_amount, show_amount


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("4,20", 420),
        ("4.2", 420),
        ("4", 400),
        ("€ 4.20", 420),
        ("4,20 €", 420),
        ("4€20", 420),
        ("4 € 20", 420),
        ("CHF 4.50", 450),
        ("5.-", 500),
        ("Fr. 5.-", 500),
        ("0,05", 5),
        ("0", 0),
        (" 12,5 ", 1250),
        ("1 234,50", 123450),
        ("1\u202f234,50\u00a0€", 123450),
        ("1.234,50", 123450),
        ("1,234.50", 123450),
        ("1'234.50", 123450),
        ("12 EUR", 1200),
    ],
)
def test_amounts_people_type(typed, cents):
    assert parse_amount(typed) == cents


UNCLEAR = ["4,2,0", "4,205", "1.234", "1,234", "4..2", "4;20", "1.23.456,00"]
NONSENSE = ["", "cher", "-4", "1e3", "4,20 $", "€", "100000", "nan", "9" * 5000]


@pytest.mark.parametrize("typed", UNCLEAR + NONSENSE)
def test_no_amounts(typed):
    with pytest.raises(ValueError):  # noqa: PT011 - any sentence will do: the field has its own
        parse_amount(typed)


@given(st.integers(0, 9_999_999), st.sampled_from(["fr", "nl", "en"]))
def test_what_is_shown_is_understood(cents, language):
    with translation.override(language):
        assert parse_amount(show_amount(cents)) == cents


@given(st.text(max_size=30))
def test_nothing_breaks_it(typed):
    with suppress(ValueError):
        assert 0 <= parse_amount(typed) <= 9_999_999


class Form(forms.Form):
    price = AmountField(required=False)


def test_the_field_keeps_what_was_typed():
    form = Form({"price": "cher"})
    assert not form.is_valid()
    assert 'value="cher"' in str(form["price"])
    with translation.override("fr"):
        assert 'value="4,20"' in str(Form(initial={"price": 420})["price"])
    assert Form({"price": ""}).is_valid()
    assert Form({"price": "4,2"}, initial={"price": 420}).changed_data == []
    assert Form({"price": "4,3"}, initial={"price": 420}).changed_data == ["price"]
