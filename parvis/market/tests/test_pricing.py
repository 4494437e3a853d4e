"""Prices are pure functions of lines, and every part adds up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.market.pricing import Priced, bike_fee, total_of

RATES = st.sampled_from([0, 210, 550, 600, 1000, 2000, 2100])
AMOUNTS = st.builds(Priced, st.integers(0, 50_000), RATES)


def test_vat_is_rounded_once_per_rate():
    total = total_of([Priced(99, 550), Priced(99, 550), Priced(1200, 2000)], [Priced(390, 2000)])
    assert total.goods == 1398
    assert total.fees == 390
    assert total.vat == {550: 10, 2000: 265}
    assert total.net + total.vat_cents == total.cents == 1788


@given(st.lists(AMOUNTS, max_size=20), st.lists(AMOUNTS, max_size=3))
def test_net_and_vat_are_the_price(goods, fees):
    total = total_of(goods, fees)
    assert total.cents == sum(a.cents for a in goods + fees)
    assert total.net + total.vat_cents == total.cents
    assert 0 <= total.vat_cents <= total.cents


@given(st.lists(st.lists(AMOUNTS, max_size=8), max_size=5))
def test_totals_of_shops_add_up_to_the_order(shops):
    totals = [total_of(lines) for lines in shops]
    whole = sum(totals, total_of([]))
    assert whole.cents == sum(a.cents for lines in shops for a in lines)
    assert whole.vat_cents == sum(t.vat_cents for t in totals)


@pytest.mark.parametrize(
    ("goods", "free_from", "fee"), [(0, None, 0), (1, None, 390), (4999, 5000, 390), (5000, 5000, 0)]
)
def test_the_bikes_are_free_from_a_threshold(goods, free_from, fee):
    assert bike_fee(goods, fee_cents=390, free_from_cents=free_from) == fee
