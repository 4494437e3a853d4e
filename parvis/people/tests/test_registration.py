"""Numbers of three registers: right ones of public bodies and firms, and every kind of wrong one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.people.registration import BadRegistration, read_registration


@pytest.mark.parametrize(
    ("text", "country", "number", "spaced"),
    [
        ("732 829 320 00074", "FR", "73282932000074", "732 829 320 00074"),  # the example of INSEE's own page
        ("73282932000074", "FR", "73282932000074", "732 829 320 00074"),
        ("356 000 000 00048", "FR", "35600000000048", "356 000 000 00048"),  # La Poste's seat obeys Luhn
        ("35600000049837", "FR", "35600000049837", "356 000 000 49837"),  # a post office: digits add up to 5 × 9
        ("0403.170.701", "BE", "0403170701", "0403.170.701"),
        ("BE 0403 170 701", "BE", "0403170701", "0403.170.701"),
        ("403.170.701", "BE", "0403170701", "0403.170.701"),
        ("CHE-109.322.551", "CH", "CHE109322551", "CHE-109.322.551"),
        ("CHE-109.322.551 TVA", "CH", "CHE109322551", "CHE-109.322.551"),
        ("che109322551mwst", "CH", "CHE109322551", "CHE-109.322.551"),
    ],
)
def test_right_numbers(text, country, number, spaced):
    found = read_registration(text, country)
    assert (found.number, found.spaced) == (number, spaced)
    assert number[-6:] in found.register_url.replace(".", "")
    assert read_registration(found.spaced, country) == found


@pytest.mark.parametrize(
    ("text", "country", "reason"),
    [
        ("", "FR", "length"),
        ("732829320", "FR", "length"),
        ("73282932000075", "FR", "key"),
        ("73282932100074", "FR", "key"),
        ("35600000049838", "FR", "key"),
        ("00000000000000", "FR", "key"),
        ("7328293200007A", "FR", "letters"),
        ("٧٣٢٨٢٩٣٢٠٠٠٠٧٤", "FR", "letters"),
        ("0403.170.702", "BE", "key"),
        ("2403.170.701", "BE", "key"),
        ("0000.000.097", "BE", "key"),
        ("0403170", "BE", "length"),
        ("CHE-109.322.552", "CH", "key"),
        ("CHE-109.322", "CH", "length"),
        ("732 829 320 00074", "DE", "country"),
        ("DROP TABLE", "FR", "letters"),
    ],
)
def test_wrong_numbers(text, country, reason):
    with pytest.raises(BadRegistration) as wrong:
        read_registration(text, country)
    assert wrong.value.reason == reason


@given(number=st.sampled_from(["73282932000074", "0403170701", "109322551"]), data=st.data())
def test_one_wrong_digit_is_always_found(number, data):
    country = {14: "FR", 10: "BE", 9: "CH"}[len(number)]
    at = data.draw(st.integers(0, len(number) - 1))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != number[at]]))
    with pytest.raises(BadRegistration):
        read_registration(number[:at] + digit + number[at + 1 :], country)


@given(st.text(max_size=40), st.sampled_from(["FR", "BE", "CH"]))
def test_nothing_else_is_raised(text, country):
    try:
        found = read_registration(text, country)
    except BadRegistration:
        return
    assert len(found.number) <= 20
