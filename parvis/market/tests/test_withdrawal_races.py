"""A refund takes its locks in the order of ``docs/locking.md``: the line of a fund, then the series of credit notes."""

import threading

import pytest
from django.db import connections, transaction

from parvis.core.tests.locks import wait_until_blocked
from parvis.demo import builders
from parvis.market.actions import refund_withdrawal
from parvis.market.models import FundLine, Series
from parvis.market.tests.test_vouchers import campaign_of, issue, line  # noqa: F401 - a fixture
from parvis.market.tests.test_withdrawals import ask, collected_with, loaded


@pytest.mark.django_db(transaction=True)
def test_no_number_is_held_while_a_refund_waits_for_a_fund(town, shop, line, at):  # noqa: F811
    """Else it and a sale that comes back at the same moment, paid by the same fund, would wait for each other."""
    book = builders.make_product(shop, "Roman", 1999, category="books", vat_bp=550)
    (voucher,) = issue(campaign_of(town, line, single_use=False), at)
    part = collected_with(voucher, book, at)
    first, second = (ask(loaded(part), 1, at, key=key) for key in ("w1", "w2"))
    refund_withdrawal(case=first, at=at)
    paid = []

    def pay_back():
        try:
            paid.append(refund_withdrawal(case=second, at=at))
        finally:
            connections.close_all()

    shopkeeper = threading.Thread(target=pay_back)
    with transaction.atomic():
        FundLine.objects.select_for_update().get(pk=line.pk)
        shopkeeper.start()
        wait_until_blocked()
        assert list(Series.objects.select_for_update(nowait=True).filter(shop=shop))
    shopkeeper.join()
    assert paid == [1999 - 500]
