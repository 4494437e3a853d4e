"""Accounts that were mistyped are caught; pages show them masked."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parvis.people.iban import LENGTHS, BadIban, masked, read_iban

# The examples of SWIFT's IBAN registry.
REGISTRY = [
    "FR14 2004 1010 0505 0001 3M02 606",
    "BE68 5390 0754 7034",
    "CH93 0076 2011 6238 5295 7",
    "NL91 ABNA 0417 1643 00",
    "DE89 3704 0044 0532 0130 00",
    "LU28 0019 4006 4475 0000",
    "MT84 MALT 0110 0001 2345 MTLC AST0 01S",
    "NO93 8601 1117 947",
]


@pytest.mark.parametrize("text", REGISTRY)
def test_the_registrys_examples_are_right(text):
    assert read_iban(text) == text.replace(" ", "")
    assert read_iban(f"  iban: {text.lower()} ".replace(" ", "-", 1).replace("iban:", "IBAN")) == text.replace(" ", "")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "letters"),
        ("2004 1010", "letters"),
        ("FR1420041010050500013M0260", "length"),
        ("FR14200410100505000013M02606", "length"),
        ("FR1420041010050500013M02607", "key"),
        ("FR1420041010050500013M0266O", "key"),
        ("US64SVBKUS6S3300958879", "country"),
        ("FR14 2004 1010 0505 0001 3M02 6é6", "letters"),
    ],
)
def test_what_is_wrong_is_named(text, reason):
    with pytest.raises(BadIban) as wrong:
        read_iban(text)
    assert wrong.value.reason == reason


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # on a busy machine too
@given(st.sampled_from(REGISTRY), st.data())
def test_one_wrong_figure_or_two_swapped_are_always_found(text, data):
    """Modulo 97 finds each single error and each swap of neighbours among digits."""
    iban = text.replace(" ", "")
    place = data.draw(st.sampled_from([i for i, c in enumerate(iban) if i > 3 and c.isdigit()]))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != iban[place]]))
    with pytest.raises(BadIban):
        read_iban(iban[:place] + other + iban[place + 1 :])
    if place + 1 < len(iban) and iban[place + 1].isdigit() and iban[place] != iban[place + 1]:
        with pytest.raises(BadIban):
            read_iban(iban[:place] + iban[place + 1] + iban[place] + iban[place + 2 :])


def test_masked_it_cannot_be_used():
    assert masked("FR1420041010050500013M02606") == "FR14 •••• 2606"
    assert all(len(iban.replace(" ", "")) == LENGTHS[iban[:2]] for iban in REGISTRY)
