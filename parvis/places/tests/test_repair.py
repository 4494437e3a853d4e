"""Common mistakes of real values, mended and said; what can be read, or means two things, is left alone."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from parvis.places.hours import is_readable
from parvis.places.repair import Repaired, repair

MENDED = [
    ("9:00–18:00", "FR", "9:00-18:00"),
    ("Mo–Fr 08:00–18:00", "FR", "Mo-Fr 08:00-18:00"),
    ("Mo-Fr: 8-12", "FR", "Mo-Fr 08:00-12:00"),
    ("Lu-Ve 9h-18h", "FR", "Mo-Fr 09:00-18:00"),
    ("Lun-Ven 09:00-12:00; Sam 9:00-11:00", "FR", "Mo-Fr 09:00-12:00; Sa 9:00-11:00"),
    ("Me-Ve 14:00-17:00", "CH", "We-Fr 14:00-17:00"),  # French and Italian agree
    ("Mon-Fri 9am-5pm", "FR", "Mo-Fr 09:00-17:00"),
    ("10am-12pm,1pm-8pm", "FR", "10:00-12:00,13:00-20:00"),
    ("12am-6am", "FR", "00:00-06:00"),
    ("9h30-18h", "FR", "09:30-18:00"),
    ("ma-vr 9u-18u", "BE", "Mo-Fr 09:00-18:00"),
    ("Montag-Freitag 8:00 bis 12:00 Uhr", "CH", "Mo-Fr 8:00-12:00"),
    ("Mo-Fr08:00-12:00", "FR", "Mo-Fr 08:00-12:00"),
    ("Mo - Fr 08:00-17:30", "CH", "Mo-Fr 08:00-17:30"),
    ("Mo-Su 11:30-14:30 18:00-22:00", "CH", "Mo-Su 11:30-14:30,18:00-22:00"),
    ("Mo-Sa 12:00-14:00 | 18:30-22:30", "CH", "Mo-Sa 12:00-14:00,18:30-22:30"),
    ("Mo-Fr 08:30-18:00 Sa 09:00-11:00", "CH", "Mo-Fr 08:30-18:00; Sa 09:00-11:00"),
    ("Mo-Fr 10:00-14:00,15:00-19.00", "CH", "Mo-Fr 10:00-14:00,15:00-19:00"),
    ("Mo-Sa 07:00-19:00;", "FR", "Mo-Sa 07:00-19:00"),
    ("Mo-Fr 08:00-18:00; jours fériés fermé", "FR", "Mo-Fr 08:00-18:00; PH off"),
    ("24h/24, 7j/7", "FR", "24/7"),
    ("Mo-Fr 09:00-17:00; Dec 24, 25, 31 off", "CH", "Mo-Fr 09:00-17:00; Dec 24,Dec 25,Dec 31 off"),
    ("Mo-Fr 10:00-17:00  “on  appointment”", "CH", 'Mo-Fr 10:00-17:00 "on appointment"'),
    ("du lundi au samedi de 9h à 19h", "FR", "Mo-Sa 09:00-19:00"),
]
LEFT = [
    ("Di 09:00-12:00", "CH"),  # Sunday in French, Tuesday in German
    ("ma 09:00-12:00", "BE"),  # Tuesday in French, Monday in Dutch
    ("Mo-Fi 07:00-21:00", "CH"),
    ("daily", "CH"),
    ("7j/7", "FR"),
    ("Mo-Fr 0800-1800", "FR"),
    ("Ouverture sur rendez-vous", "FR"),
    ("Mo,Th,weekend 10:00-12:00", "FR"),
    ("nonsense", "FR"),
    ("", "FR"),
    ("9" * 2000, "FR"),
]


@pytest.mark.parametrize(("value", "country", "mended"), MENDED)
def test_common_mistakes_are_mended_and_said(value, country, mended):
    found = repair(value, country)
    assert found.value == mended
    assert found.notes
    assert is_readable(found.value, country)


@pytest.mark.parametrize(("value", "country"), LEFT)
def test_what_is_not_sure_is_left(value, country):
    assert repair(value, country) == Repaired(value)


@pytest.mark.parametrize(
    "value",
    ["Mo-Fr 08:00-12:00, 14:00-18:00", "mo-fr 08:00-18:00", "24/7", "Mo-Fr 8:00-12:00 closed", "Th[4] 09:00-12:00"],
)
def test_what_can_be_read_is_never_changed(value):
    assert repair(value, "FR") == Repaired(value)


def test_words_in_quotes_are_somebody_s_own():
    found = repair('Lu-Ve 9h-18h "fermé le lundi 9h–12h"', "FR")
    assert found.value == 'Mo-Fr 09:00-18:00 "fermé le lundi 9h–12h"'


def test_each_mistake_has_its_sentence():
    with translation.override("en"):
        assert repair("Lu-Ve 9h-18h", "FR").notes == (
            "Times were written without a colon.",
            "Days were written in another way.",
        )


@given(
    value=st.text(alphabet='MoTuLuVeDi019 :-–,;h.ampm|"[]fermé/', max_size=40),
    country=st.sampled_from(["FR", "CH", "BE"]),
)
def test_a_value_is_read_afterwards_or_left_as_it_was(value, country):
    found = repair(value, country)
    if found.notes:
        assert is_readable(found.value, country)
        assert not is_readable(value, country)
    else:
        assert found.value == value


def test_days_without_hours_are_not_mended_into_day_and_night():
    assert repair("lundi au samedi", "FR").value == "lundi au samedi"
