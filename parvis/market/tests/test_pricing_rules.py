"""Vouchers, delivery, commission and discounts: pure functions that add up, tried with whatever comes."""

import doctest
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.market.pricing import (
    FeeRule,
    Priced,
    Terms,
    commission,
    commission_on,
    delivery,
    discounted,
    discounts,
    paid_now,
    share_fee,
    shares_of,
    total_of,
    vouchers,
)
from parvis.market.pricing.vouchers import Refused

DAY = date(2026, 12, 1)
RATES = st.sampled_from([0, 210, 550, 600, 1000, 2000, 2100])
CENTS = st.integers(0, 50_000)
GOODS = st.dictionaries(st.sampled_from("abcdefgh"), CENTS, max_size=8)


@pytest.mark.parametrize("module", [commission, delivery, discounts, vouchers])
def test_the_examples_of_the_docstrings_hold(module):
    found = doctest.testmod(module)
    assert found.attempted
    assert not found.failed


def test_ten_euros_in_three_are_ten_euros():
    shares = share_fee(FeeRule(buyer=0, shops=1000, cost=1000), [500, 500, 500])
    assert shares.shops == (334, 333, 333)
    assert shares.cents == 1000


@given(st.lists(CENTS, max_size=8), CENTS, CENTS, CENTS, st.none() | CENTS, st.booleans())
def test_a_delivery_is_borne_to_the_cent(goods, buyer, shops, cost, free_from, by_shops):
    shares = share_fee(FeeRule(buyer, shops, cost, free_from, by_shops), goods)
    assert min((shares.buyer, shares.town, *shares.shops)) >= 0
    if sum(goods) == 0:
        assert shares.cents == 0
    elif shares.is_free:
        assert shares.buyer == 0
        assert sum(shares.shops) == shops + (buyer if by_shops else 0)
    else:
        assert (shares.buyer, sum(shares.shops)) == (buyer, shops)
    if sum(goods) and cost >= shares.buyer + sum(shares.shops):
        assert shares.cents == cost


def test_nobody_is_paid_for_being_delivered_to():
    with pytest.raises(ValueError, match="nobody"):
        FeeRule(buyer=-1)


@given(st.integers(0, 20_000), GOODS, st.frozensets(st.sampled_from("abcdefgh")))
def test_a_voucher_pays_what_is_left_on_it_and_no_more_than_the_goods(left, goods, shops):
    terms = Terms(left, DAY, DAY, shops=shops)
    shares = shares_of(terms, goods)
    taken = {shop: cents for shop, cents in goods.items() if not shops or shop in shops}
    assert sum(shares.values()) == min(left, sum(taken.values()))
    assert all(0 < cents <= taken[shop] for shop, cents in shares.items())


@given(st.lists(st.integers(0, 3000), max_size=3), st.integers(0, 9000), st.integers(0, 12_000))
def test_what_is_not_sold_in_the_end_is_given_back_in_proportion(paid, rest, now):
    then = sum(paid) + rest
    pays = paid_now(paid, goods_then=then, goods_now=now)
    assert sum(pays) <= now or now >= then
    assert all(0 <= new <= old for new, old in zip(pays, paid, strict=True))
    if now >= then:
        assert pays == paid
    elif then:
        assert abs(sum(pays) - sum(paid) * now / then) <= 0.5


def test_a_voucher_is_not_turned_into_cash():
    """10 on 40, then 30 given back: the voucher still pays a quarter of what is left."""
    assert paid_now([1000], goods_then=4000, goods_now=1000) == [250]
    assert paid_now([1000], goods_then=4000, goods_now=0) == [0]


@pytest.mark.parametrize(
    ("change", "goods", "why"),
    [
        ({}, {"a": 4000}, None),
        ({}, {"a": 2000, "b": 2000}, None),
        ({}, {"a": 3999}, Refused.BELOW_MINIMUM),
        ({}, {"a": 3999, "z": 5000}, Refused.BELOW_MINIMUM),
        ({}, {"z": 9000}, Refused.NO_SHOP),
        ({}, {}, Refused.NO_SHOP),
        ({"left": 0}, {"a": 4000}, Refused.USED_UP),
        ({"first_day": DAY + timedelta(days=1)}, {"a": 4000}, Refused.NOT_YET),
        ({"last_day": DAY - timedelta(days=1)}, {"a": 4000}, Refused.ENDED),
    ],
)
def test_a_voucher_says_why_it_does_not_serve(change, goods, why):
    terms = Terms(
        **({"left": 1000, "first_day": DAY, "last_day": DAY, "minimum": 4000, "shops": frozenset("ab")} | change)
    )
    assert terms.refusal(goods, DAY) == why


@given(st.lists(st.builds(Priced, CENTS, RATES), max_size=12), CENTS)
def test_a_shops_own_discount_lowers_price_and_vat(goods, discount):
    cheaper = discounted(goods, discount)
    whole = sum(line.cents for line in goods)
    assert sum(line.cents for line in cheaper) == whole - min(discount, whole)
    assert [line.vat_bp for line in cheaper] == [line.vat_bp for line in goods]
    assert all(0 <= new.cents <= old.cents for new, old in zip(cheaper, goods, strict=True))
    assert total_of(cheaper).vat_cents <= total_of(goods).vat_cents


@given(CENTS, st.integers(0, 3000), RATES)
def test_a_commission_has_its_own_vat(net, rate, vat):
    fee = commission_on(net, rate_bp=rate, vat_bp=vat)
    assert abs(fee.net - net * rate / 10_000) <= 0.5
    assert fee.cents == fee.net + fee.vat
    assert abs(fee.vat - fee.net * vat / 10_000) <= 0.5
