"""The town's help in the demonstration: vouchers that were used today, a fund of 200 000 € that adds up."""

import pytest

from parvis.demo import builders
from parvis.demo.support import LINES, PROMISES, VOUCHERS, bring_support, voucher_for, voucher_to_try
from parvis.market import ledger
from parvis.market.fund_figures import funds_of
from parvis.market.models import Voucher, VoucherUse


def test_vouchers_were_used_in_todays_orders(ivry):
    used = VoucherUse.objects.filter(town=ivry, kind="used")
    assert used.exists()
    assert used.filter(part__events__kind="done").exists()
    assert ledger.town_sum(ivry) == 0
    assert voucher_to_try(ivry)


def test_the_fund_of_ixelles_is_200_000_euros(db, noon):
    town = builders.make_town("ixelles", name="Ixelles", country="BE", timezone="Europe/Brussels")
    for _twice in range(2):
        bring_support(town, at=noon)
    (state,) = funds_of(town)
    assert state.agrees
    assert state.allotted == sum(cents for _name, _about, cents in LINES) == 200_000_00
    promised = sum(cents - paid for *_names, cents, paid in PROMISES)
    assert state.sum_of("promised") == promised + VOUCHERS * (1000 + 2000)
    assert Voucher.objects.filter(town=town).count() == 2 * VOUCHERS


@pytest.mark.parametrize(("goods", "number", "value"), [(4000, 3, 1000), (3999, 3, 2000), (4000, 4, None)])
def test_one_buyer_in_three_has_a_voucher(town, noon, goods, number, value):
    bring_support(town, at=noon)
    code = voucher_for(town, goods, number).replace("-", "")
    assert (Voucher.objects.get(code=code).value_cents if code else None) == value
